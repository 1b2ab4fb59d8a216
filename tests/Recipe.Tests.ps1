# The product as its user sees it: real PowerShell, the staged module, the sandbox as a process of its own.

BeforeAll {
    $root = Split-Path $PSScriptRoot
    Import-Module (Join-Path $root output JiraAdoSync JiraAdoSync.psd1) -Force

    function Start-Sandbox([string[]] $Arguments = @()) {
        $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
        foreach ($argument in @('run', '--no-build', '--project', (Join-Path $root src JiraAdoSync.Sandbox), '--', 'serve') + $Arguments) {
            $start.ArgumentList.Add($argument)
        }
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($start)
        # What it logs is read and dropped: a full pipe would block it.
        $process.BeginErrorReadLine()
        $ready = $process.StandardOutput.ReadLine() | ConvertFrom-Json
        $ready | Add-Member Process $process -PassThru
    }

    function Connect-Sandbox($Sandbox) {
        $password = ConvertTo-SecureString $Sandbox.jiraToken -AsPlainText -Force
        $null = Connect-JiraSite $Sandbox.jira ([pscredential]::new($Sandbox.jiraUser, $password))
        $null = Connect-AdoProject $Sandbox.organization $Sandbox.project (ConvertTo-SecureString $Sandbox.adoToken -AsPlainText -Force)
    }

    $sandbox = Start-Sandbox
    Connect-Sandbox $sandbox
}

AfterAll {
    Disconnect-JiraAdo
    $sandbox.Process.Kill($true)
    $sandbox.Process.WaitForExit()
}

Describe 'The recipe' {
    It 'plans before it writes' {
        $plan = Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly
        $plan.Count | Should -Be 11
        $plan.Action | Sort-Object -Unique | Should -Be 'Create'
    }

    It 'says what it would do under -WhatIf, and does nothing' {
        $results = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem -WhatIf
        $results.Count | Should -Be 6
        $results.IsApplied | Sort-Object -Unique | Should -Be $false
    }

    It 'makes the graph stand' {
        $results = Invoke-JiraAdoSync -Jql 'project = SHOP'
        $results[-1].Outcome | Should -Be 'Changed'
        $results[-1].Relations.Create | Should -Be 5
        $results | Where-Object Action -EQ 'Fail' | Should -BeNullOrEmpty
    }

    It 'changes nothing the second time' {
        (Invoke-JiraAdoSync -Jql 'project = SHOP')[-1].Outcome | Should -Be 'NoChange'
    }

    It 'composes with objects that merely have a Key' {
        $issues = [pscustomobject]@{ Key = 'SHOP-2'; Summary = 'as another module returns it' }, [pscustomobject]@{ Key = 'SHOP-4' }
        $links = $issues | Get-JiraIssueLinks
        $links | ForEach-Object { "$_" } | Should -Be 'SHOP-2 blocks SHOP-1', 'SHOP-4 relates to SHOP-1'
    }

    It 'shows tables that a person can read' {
        $text = Invoke-JiraAdoSync -Jql 'project = SHOP' | Out-String -Width 120
        $text | Should -Match 'Keep\s+SHOP-2\s+Successor\s+SHOP-1'
        $text | Should -Match 'Outcome\s+: NoChange'
    }

    It 'gives results that convert to JSON and CSV' {
        $results = Invoke-JiraAdoSync -Jql 'project = SHOP'
        ($results[-1] | ConvertTo-Json | ConvertFrom-Json).WorkItems.Keep | Should -Be 6
        ($results | Where-Object Relation | ConvertTo-Csv | ConvertFrom-Csv).Count | Should -Be 5
    }

    It 'does not end the pipeline for one key that is not there' {
        $replicas = 'SHOP-1', 'NONE-1', 'SHOP-2' | Get-JiraReplica -ErrorVariable errors -ErrorAction SilentlyContinue
        $replicas.Key | Should -Be 'SHOP-1', 'SHOP-2'
        $errors.FullyQualifiedErrorId | Should -Be 'IssueNotFound,JiraAdoSync.Commands.GetJiraReplicaCommand'
    }

    It 'runs the sample script as it stands' {
        $password = ConvertTo-SecureString $sandbox.jiraToken -AsPlainText -Force
        $output = & (Join-Path $root module samples recipe-story.ps1) -JiraUri $sandbox.jira `
            -JiraCredential ([pscredential]::new($sandbox.jiraUser, $password)) -OrganizationUri $sandbox.organization `
            -Project $sandbox.project -AdoToken (ConvertTo-SecureString $sandbox.adoToken -AsPlainText -Force) -Jql 'project = SHOP'
        ($output | Out-String) | Should -Match 'Predecessor  Issue'
    }
}
