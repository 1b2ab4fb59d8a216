# How things look at the prompt, and what other cmdlets make of them.

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module -Force
    $sandbox = Start-Sandbox
    Connect-Sandbox $sandbox
    $plan = Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly 6>$null
    $runs = Join-Path $TestDrive runs
    $results = Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath $runs
    $replicas = Get-JiraReplica -Jql 'project = SHOP'
    $ran = Get-JiraAdoRun $results[-1].RunId -RunPath $runs
    $of = @{
        replica    = $replicas
        link       = $replicas | Get-JiraIssueLinks -IncludeParent
        desired    = $replicas | Get-JiraIssueLinks -IncludeParent | Convert-LinkType
        relation   = 1 | Get-AdoRelation
        change     = $plan
        result     = $results | Select-Object -SkipLast 1
        summary    = $results[-1]
        correlation = Get-JiraAdoCorrelation
        coverage   = $replicas | Test-LinkTypeMapping
        'type coverage' = $replicas | Test-IssueTypeMapping
        're-plan'  = Invoke-JiraAdoSync -Jql 'project = SHOP' -TypeMapping @{ Bug = 'Task' } -LinkTypeMapping @{ blocks = 'Predecessor'; 'relates to' = 'Related' } -PlanOnly 6>$null
        run        = Get-JiraAdoRun -RunPath $runs
        'run change' = $ran
        undo       = Get-JiraAdoRun -RunPath $runs | Undo-JiraAdoRun -WhatIf 6>$null | Select-Object -SkipLast 1
        orphan     = Get-JiraAdoOrphan -Jql 'project = SHOP AND key != SHOP-2'
        jira       = Connect-JiraSite $sandbox.jira ([pscredential]::new($sandbox.jiraUser, (Secret $sandbox.jiraToken)))
        ado        = Connect-AdoProject $sandbox.organization $sandbox.project (Secret $sandbox.adoToken)
    }
    $colours = "`e\[[0-9;]*m"
    # As it is shown, without colours.
    function Shown($Objects, [int] $Width = 120) { ($Objects | Out-String -Width $Width) -replace $colours }
    function Completed([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
}

AfterAll {
    Disconnect-JiraAdo
    Stop-Sandbox $sandbox
}

Describe 'Views' {
    It 'shows a plan with its signs' {
        $text = Shown $plan
        $text | Should -Match '\+ Create +SHOP-1 +User Story +Customers can pay by card'
        $text | Should -Match '\+ Create +SHOP-2 +Successor SHOP-1 +blocks'
    }

    It 'shows a run as one table, and its summary at the end' {
        $text = Shown (Invoke-JiraAdoSync -Jql 'project = SHOP')
        $text | Should -Match '= Keep +SHOP-2 +Successor +SHOP-1'
        $text | Should -Match 'Outcome +: NoChange'
        ([regex]::Matches($text, 'Becomes')).Count | Should -Be 1
    }

    It 'shows tables in a script that has shown its connections before' {
        $text = Shown ($of.jira, $of.ado + $plan)
        $text | Should -Match 'Deployment +: Cloud'
        $text | Should -Match '\+ Create +SHOP-2 +Successor SHOP-1 +blocks'
    }

    It 'shows runs, and what one has changed' {
        Shown (Get-JiraAdoRun -RunPath $runs) | Should -Match "$($of.summary.RunId) .* Changed +\d+ +Fabrikam"
        Shown (Get-JiraAdoRun $of.summary.RunId -RunPath $runs) | Should -Match 'Create +1 +SHOP-1 +.*System\.Title'
    }

    It 'groups by action' {
        $text = ($plan | Sort-Object Action | Format-Table -View ByAction | Out-String -Width 120) -replace $colours
        $text | Should -Match 'Action: Create'
    }

    BeforeDiscovery {
        $everything = 'replica', 'link', 'desired', 'relation', 'change', 're-plan', 'result', 'summary', 'correlation', 'coverage',
            'type coverage', 'run', 'run change', 'undo', 'orphan', 'jira', 'ado'
    }

    It 'has a table, a list and a wide view of <_> that show no type names' -ForEach $everything {
        $table = ($of[$_] | Format-Table | Out-String -Width 120) -replace $colours
        $list = ($of[$_] | Format-List | Out-String -Width 120) -replace $colours
        $wide = ($of[$_] | Format-Wide | Out-String -Width 120) -replace $colours
        # Connections and summaries are lists wherever they are shown: they are beside tables of others.
        $table | Should -Match '---|^\s+\w+ +: '
        $list | Should -Match ' : '
        $wide | Should -Match '\w'
        $table + $list + $wide | Should -Not -Match 'System\.(Collections|String|Object)|JiraAdoSync\.[A-Z]|<>| \{ '
    }

    It 'has no colours where there are to be none' {
        $before = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'PlainText'
            ($plan | Out-String) | Should -Not -Match "`e"
        }
        finally {
            $PSStyle.OutputRendering = $before
        }
    }

    It 'shows no secret of a connection' {
        (Shown $of.jira) + (Shown $of.ado) + ($of.jira, $of.ado | Format-List * | Out-String) + ($of.jira, $of.ado | ConvertTo-Json -WarningAction SilentlyContinue) |
            Should -Not -Match "$($sandbox.jiraToken)|$($sandbox.adoToken)"
    }
}

Describe 'Conversions' {
    BeforeDiscovery {
        $everything = 'replica', 'link', 'desired', 'relation', 'change', 're-plan', 'result', 'summary', 'correlation', 'coverage',
            'type coverage', 'run', 'run change', 'undo', 'orphan', 'jira', 'ado'
    }

    It 'converts <_> to JSON and back, with words and no type names' -ForEach $everything {
        $of[$_] | Should -Not -BeNullOrEmpty
        $text = $of[$_] | ConvertTo-Json -WarningAction SilentlyContinue
        $text | Should -Not -Match '"(Action|Outcome|Kind)": \d|"Line"|System\.(Collections|String|Object)|JiraAdoSync\.[A-Z]|<>'
        @($text | ConvertFrom-Json).Count | Should -Be @($of[$_]).Count
    }

    It 'shows counts, words and lists in JSON' {
        $summary = $of.summary | ConvertTo-Json | ConvertFrom-Json
        $summary.WorkItems.Create | Should -Be 6
        $summary.Outcome | Should -Be 'Changed'
        $results = $of.result | ConvertTo-Json | ConvertFrom-Json
        $results[0].Action | Should -Be 'Create'
        $results[0].Fields | Should -Contain 'System.Title'
    }

    It 'exports <_> as CSV, words and no type names' -ForEach $everything {
        # A table has the columns of the first object.
        foreach ($alike in $of[$_] | Group-Object { $_.GetType() }) {
            $text = $alike.Group | ConvertTo-Csv
            $text.Count | Should -BeGreaterThan 1
            $text -join "`n" | Should -Not -Match 'System\.(Collections|String|Object)|JiraAdoSync\.[A-Z]|<>| \{ '
        }
    }

    It 'exports what lists and tables hold' {
        $row = $of.summary | ConvertTo-Csv | ConvertFrom-Csv
        $row.WorkItems | Should -Be 'Create = 6'
        $row.Outcome | Should -Be 'Changed'
        $rows = $of.change | Where-Object Key -EQ SHOP-1 | ConvertTo-Csv | ConvertFrom-Csv
        $rows.Fields | Should -BeLike 'System.Title = Customers can pay by card; *'
        ($of.replica | Where-Object Key -EQ SHOP-1 | ConvertTo-Csv | ConvertFrom-Csv).Links |
            Should -Be 'SHOP-2 blocks SHOP-1; SHOP-3 blocks SHOP-1; SHOP-4 relates to SHOP-1'
        $rows = $of.result | Where-Object Relation | ConvertTo-Csv | ConvertFrom-Csv
        $rows.Count | Should -Be 5
        $rows[0].Action | Should -Be 'Create'
    }

    It 'keeps the parts of lists and tables for scripts' {
        $of.summary.WorkItems['Create'] | Should -Be 6
        $of.summary.WorkItems.Create | Should -Be 6
        ($of.change | Where-Object Key -EQ SHOP-1).Fields['system.title'] | Should -Be 'Customers can pay by card'
        ($of.replica | Where-Object Key -EQ SHOP-1).Links.Count | Should -Be 3
    }
}

Describe 'Tab' {
    It 'knows keys, work items, projects and queries of this session' {
        Completed 'Get-JiraAdoCorrelation -Key SHOP-' | Should -Contain 'SHOP-1'
        Completed 'Get-AdoRelation -WorkItemId ' | Should -Contain '1'
        Completed 'Connect-AdoProject -Project ' | Should -Be 'Fabrikam'
        Completed 'Invoke-JiraAdoSync -Jql ' | Should -Contain "'project = SHOP'"
    }

    It 'offers mappings of the link types that were read, and of the relations that there are' {
        $offers = Completed 'Convert-LinkType -Mapping '
        $offers[0] | Should -Be "@{ 'blocks' = 'Successor'; 'relates to' = 'Related' }"
        $offers | Should -Contain "@{ 'blocks' = 'Predecessor' }"
        & ([scriptblock]::Create($offers[0])) | Should -BeOfType hashtable
    }

    It 'offers mappings of issue types' {
        Completed 'Sync-AdoWorkItem -TypeMapping ' | Should -Contain "@{ 'Story' = 'User Story' }"
    }

    It 'offers the values of choices' {
        Completed 'Invoke-JiraAdoSync -OnConflict ' | Should -Be 'Degrade', 'Fail', 'Skip'
    }

    It 'knows the runs of this machine, the newest first' {
        $summary = (Invoke-JiraAdoSync -Jql 'project = SHOP')[-1]
        @(Completed 'Undo-JiraAdoRun ')[0] | Should -Be $summary.RunId
    }

    It 'asks no service' {
        $stats = [uri]::new([uri] $sandbox.jira, '/sandbox/stats')
        $before = (Invoke-RestMethod $stats).total
        $null = Completed 'Invoke-JiraAdoSync -LinkTypeMapping '
        $null = Completed 'Get-JiraReplica -Key '
        (Invoke-RestMethod $stats).total | Should -Be $before
    }
}
