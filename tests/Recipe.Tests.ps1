# The product as its user sees it: real PowerShell, the staged module, the sandbox as a process of its own.

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module -Force
    $sandbox = Start-Sandbox
    Connect-Sandbox $sandbox
}

AfterAll {
    Disconnect-JiraAdo
    Stop-Sandbox $sandbox
}

Describe 'The recipe' {
    It 'plans before it writes, and ends the plan with its counts' {
        $plan = Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly -InformationVariable said 6>$null
        $plan.Count | Should -Be 11
        $plan.Action | Sort-Object -Unique | Should -Be 'Create'
        "$said" | Should -Be 'Plan: 6 work items and 5 links to add. Nothing is written yet.'
    }

    It 'says what it would do under -WhatIf, and does nothing' {
        $results = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem -WhatIf
        $results.Count | Should -Be 6
        $results.IsApplied | Sort-Object -Unique | Should -Be $false
    }

    It 'creates the graph' {
        $results = Invoke-JiraAdoSync -Jql 'project = SHOP'
        $results[-1].Outcome | Should -Be 'Changed'
        $results[-1].Relations.Create | Should -Be 5
        $results | Where-Object Action -EQ 'Fail' | Should -BeNullOrEmpty
    }

    It 'changes nothing the second time' {
        (Invoke-JiraAdoSync -Jql 'project = SHOP')[-1].Outcome | Should -Be 'NoChange'
    }

    It 'composes with objects that merely have a Key, as JiraPS returns them' {
        $issues = [pscustomobject]@{ PSTypeName = 'JiraPS.Issue'; ID = '10001'; Key = 'SHOP-2'; Summary = 'as another module returns it'; Status = 'Done' },
            [pscustomobject]@{ PSTypeName = 'JiraPS.Issue'; ID = '10003'; Key = 'SHOP-4'; Summary = 'another'; Status = 'To Do' }
        $links = $issues | Get-JiraIssueLinks
        $links | ForEach-Object { "$_" } | Should -Be 'SHOP-2 blocks SHOP-1', 'SHOP-4 relates to SHOP-1'
        ($issues | Get-JiraReplica).Key | Sort-Object | Should -Be 'SHOP-2', 'SHOP-4'
    }

    It 'binds results to the next cmdlet by the names of their properties' {
        $relations = Invoke-JiraAdoSync -Jql 'project = SHOP' | Where-Object WorkItemType | Get-AdoRelation
        $relations | Where-Object TargetWorkItemId | Should -HaveCount 10
    }

    It 'does not end the pipeline for one key that is not there' {
        $replicas = 'SHOP-1', 'NONE-1', 'SHOP-2' | Get-JiraReplica -ErrorVariable errors -ErrorAction SilentlyContinue
        $replicas.Key | Should -Be 'SHOP-1', 'SHOP-2'
        $errors.FullyQualifiedErrorId | Should -Be 'IssueNotFound,JiraAdoSync.Commands.GetJiraReplicaCommand'
    }

    It 'names the entry of a mapping that is wrong, and the cmdlet to run where nothing is connected' {
        { Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks | Convert-LinkType -Mapping @{ blocks = 'Nonsense' } } |
            Should -Throw -ErrorId 'MappingInvalid,*' -ExpectedMessage '*Nonsense*'
        $apart = Invoke-Pwsh '-Command', "Import-Module '$module'; try { Get-JiraReplica SHOP-1 } catch { `$_.FullyQualifiedErrorId; `"`$_`" }"
        $apart.Output | Should -Match 'NotConnected'
        $apart.Output | Should -Match 'Connect-JiraSite'
    }

    It 'runs the sample script unchanged' {
        $output = & (Join-Path $root module samples recipe-story.ps1) -JiraUri $sandbox.jira `
            -JiraCredential ([pscredential]::new($sandbox.jiraUser, (Secret $sandbox.jiraToken))) -OrganizationUri $sandbox.organization `
            -Project $sandbox.project -AdoToken (Secret $sandbox.adoToken) -Jql 'project = SHOP' 6>$null
        ($output | Out-String) | Should -Match 'Predecessor  Issue'
    }
}
