# What people get wrong, and what their sessions are like: odd values, empty pipelines, other cultures, several runspaces.

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

Describe 'Wrong values' {
    # A connection that fails leaves none.
    BeforeEach { Connect-Sandbox $sandbox }

    It 'names what is wrong with <Code>' -ForEach @(
        @{ Code = 'Connect-JiraSite contoso ([pscredential]::Empty)'; Id = 'AddressInvalid'; Says = 'https://' }
        @{ Code = 'Connect-JiraSite $sandbox.jira ([pscredential]::Empty)'; Id = 'AuthenticationFailed'; Says = 'token' }
        @{ Code = 'Connect-AdoProject $sandbox.organization Fabrikam $null'; Id = 'ParameterMissing'; Says = '-Token' }
        @{ Code = 'Connect-AdoProject $sandbox.organization Fab* (Secret $sandbox.adoToken)'; Id = 'NotFound'; Says = 'Fab\*' }
        @{ Code = 'Connect-AdoProject "$($sandbox.organization)/Fabrikam" Fabrikam (Secret $sandbox.adoToken)'; Id = 'AddressInvalid'; Says = 'without the project' }
        @{ Code = 'Invoke-JiraAdoSync'; Id = 'ParameterMissing'; Says = '-Jql' }
        @{ Code = 'Invoke-JiraAdoSync -Jql $null'; Id = 'ParameterMissing'; Says = '-Jql' }
        @{ Code = 'Invoke-JiraAdoSync -Jql "project = = SHOP"'; Id = 'RequestFailed'; Says = 'JQL' }
        @{ Code = 'Invoke-JiraAdoSync -Jql "order by key"'; Id = 'RequestFailed'; Says = 'Unbounded' }
        @{ Code = 'Invoke-JiraAdoSync -Jql "project = SHOP" -SliceIndex 3 -SliceCount 2'; Id = 'SliceInvalid'; Says = '3 of 2' }
        @{ Code = 'Invoke-JiraAdoSync -Jql "project = SHOP" -UpdatedSince 2026-01-01 -StatePath x'; Id = 'ParameterConflict'; Says = '-UpdatedSince' }
        @{ Code = 'Invoke-JiraAdoSync -Profile nowhere.psd1'; Id = 'ProfileInvalid'; Says = 'nowhere' }
        @{ Code = 'Invoke-JiraAdoPlan nowhere.json'; Id = 'PlanFileInvalid'; Says = 'nowhere' }
        @{ Code = 'Undo-JiraAdoRun nope -Confirm:$false'; Id = 'RunNotFound'; Says = 'Get-JiraAdoRun' }
        @{ Code = 'Get-Date | Export-JiraAdoReport TestDrive:/x.html'; Id = 'ReportInputInvalid'; Says = 'DateTime' }
        @{ Code = 'Get-JiraReplica -Key "SHOP-*"'; Id = 'IssueNotFound'; Says = 'SHOP-\*' }
        @{ Code = '"x" | Get-AdoRelation'; Id = 'InputObjectNotBound'; Says = '' }
        @{ Code = 'Get-Date | Sync-AdoWorkItem'; Id = 'InputObjectNotBound'; Says = '' }
        @{ Code = 'Set-JiraAdoCorrelation -Key SHOP-1 -WorkItemId 0'; Id = 'ParameterArgumentValidationError'; Says = 'WorkItemId' }
    ) {
        $failed = try { & ([scriptblock]::Create($Code)) 2>&1 } catch { $_ }
        $failed = @($failed)[-1]
        $failed | Should -BeOfType Management.Automation.ErrorRecord
        ($failed.FullyQualifiedErrorId -split ',')[0] | Should -Be $Id
        $failed.Exception.Message | Should -Match $Says
    }

    It 'takes nothing for nothing: <_>' -ForEach @(
        '@() | Get-JiraReplica', '@() | Get-JiraIssueLinks', '@() | Convert-LinkType', '@() | Sync-AdoRelation', '@() | Sync-AdoWorkItem',
        '@() | Get-AdoRelation', '@() | Export-JiraAdoReport TestDrive:/nothing.html', 'Get-JiraAdoRun -RunPath TestDrive:/none'
    ) {
        @(& ([scriptblock]::Create($_)) 2>&1).Count | Should -Be 0
    }

    It 'takes what is given twice once' {
        ('SHOP-1', 'shop-1', 'SHOP-1' | Get-JiraReplica).Count | Should -Be 1
        $replica = Get-JiraReplica -Key SHOP-1
        @($replica, $replica | Sync-AdoWorkItem -WhatIf).Count | Should -Be 1
    }

    It 'takes ordered tables for mappings' {
        $mapping = [ordered] @{ blocks = 'Successor'; 'relates to' = 'Related' }
        $links = Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks
        ($links | Convert-LinkType -Mapping $mapping).Count | Should -Be 3
    }
}

Describe 'What only shows' {
    It 'writes nothing with -WhatIf: <Name>' -ForEach @(
        @{ Name = 'Invoke-JiraAdoSync'; Code = 'Invoke-JiraAdoSync -Jql "project = SHOP" -StatePath (Join-Path $TestDrive state) -RunPath (Join-Path $TestDrive run) -WhatIf' }
        @{ Name = 'Sync-AdoWorkItem'; Code = 'Get-JiraReplica -Jql "project = SHOP" | Sync-AdoWorkItem -WhatIf' }
        @{ Name = 'Sync-AdoRelation'; Code = 'Get-JiraReplica -Jql "project = SHOP" | Get-JiraIssueLinks | Convert-LinkType | Sync-AdoRelation -WhatIf' }
        @{ Name = 'New-JiraAdoProfile'; Code = 'New-JiraAdoProfile (Join-Path $TestDrive sync.psd1) -Jql "project = SHOP" -WhatIf' }
        @{ Name = 'Export-JiraAdoReport'; Code = 'Invoke-JiraAdoSync -Jql "project = SHOP" -PlanOnly 6>$null | Export-JiraAdoReport (Join-Path $TestDrive r.html) -WhatIf' }
        @{ Name = 'Export-JiraAdoPlan'; Code = 'Invoke-JiraAdoSync -Jql "project = SHOP" -PlanOnly 6>$null | Export-JiraAdoPlan (Join-Path $TestDrive p.json) -WhatIf' }
        @{ Name = 'Set-JiraAdoCorrelation'; Code = 'Set-JiraAdoCorrelation -Key SHOP-1 -WorkItemId 1 -WhatIf' }
        @{ Name = 'Export-JiraAdoCorrelation'; Code = 'Export-JiraAdoCorrelation (Join-Path $TestDrive c.csv) -WhatIf' }
        @{ Name = 'Clear-JiraAdoCorrelation'; Code = 'Clear-JiraAdoCorrelation -WhatIf' }
    ) {
        $stats = [uri]::new([uri] $sandbox.jira, '/sandbox/stats')
        $null = Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/stats/reset')) -Method Post
        $null = & ([scriptblock]::Create($Code))
        (Invoke-RestMethod $stats).routes.route | Should -Not -Contain '/{organization}/_apis/wit/$batch'
        Get-ChildItem $TestDrive | Should -BeNullOrEmpty
        Get-JiraAdoCorrelation | Should -BeNullOrEmpty
    }
}

Describe 'Sessions' {
    It 'does the same in the culture <_>' -ForEach 'tr-TR', 'de-DE', 'ar-SA', 'zh-CN' {
        Reset-Sandbox $sandbox
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = $_
            $sync = {
                Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath $TestDrive -FieldMapping @{
                    'story points' = { 1.5 }; 'START DATE' = 'created'; 'ITERATION path' = @{ Value = 'fabrikam' }
                } -LinkTypeMapping @{ 'BLOCKS' = 'SUCCESSOR'; 'RELATES TO' = 'rElated' } -TypeMapping @{ 'BUG' = 'BUG' }
            }
            $first = & $sync
            "$($first[-1].Outcome) $($first[-1].WorkItems) $($first[-1].Relations)" | Should -Be 'Changed Create = 6 Create = 5'
            (& $sync)[-1].Outcome | Should -Be 'NoChange'
            Get-JiraAdoRun -RunPath $TestDrive | Select-Object -First 1 | Out-String | Should -Match '20\d\d-\d\d-\d\d \d\d:\d\d:\d\d'
        }
        finally {
            [cultureinfo]::CurrentCulture = $before
        }
    }

    It 'has connections of its own in each runspace' {
        Reset-Sandbox $sandbox
        $outcomes = 1..3 | ForEach-Object -Parallel {
            Import-Module $using:module
            $here = $using:sandbox
            $before = try { Get-JiraReplica -Key SHOP-1 } catch { ($_.FullyQualifiedErrorId -split ',')[0] }
            $null = Connect-JiraSite $here.jira ([pscredential]::new($here.jiraUser, (ConvertTo-SecureString $here.jiraToken -AsPlainText)))
            "$before $((Get-JiraReplica -Key "SHOP-$_").Key)"
        }
        $outcomes | Sort-Object | Should -Be 'NotConnected SHOP-1', 'NotConnected SHOP-2', 'NotConnected SHOP-3'
        (Get-JiraReplica -Key SHOP-1).Key | Should -Be SHOP-1
    }
}
