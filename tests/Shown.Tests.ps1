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
        Shown (Get-JiraAdoRun -RunPath $runs) | Should -Match "$($of.summary.RunId) .* Changed +\d+ +Invoke-JiraAdoSync"
        Shown (Get-JiraAdoRun $of.summary.RunId -RunPath $runs) | Should -Match 'Create +1 +SHOP-1 +.*System\.Title'
    }

    It 'groups by action' {
        $text = ($plan | Sort-Object Action | Format-Table -View ByAction | Out-String -Width 120) -replace $colours
        $text | Should -Match 'Action: Create'
    }

    It 'has a list of <_> that tells no type names' -ForEach 'replica', 'change', 'result', 'summary', 'link', 'correlation' {
        $text = ($of[$_] | Select-Object -First 1 | Format-List | Out-String -Width 120) -replace $colours
        $text | Should -Match ' : '
        $text | Should -Not -Match 'System\.|JiraAdoSync\.'
    }

    It 'has a wide view of <_>' -ForEach 'replica', 'change', 'result', 'link', 'correlation', 'desired', 'relation' {
        ($of[$_] | Format-Wide | Out-String) | Should -Match 'SHOP|Predecessor|Hyperlink'
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
    It 'converts <_> to JSON and back' -ForEach 'replica', 'link', 'desired', 'relation', 'change', 'result', 'summary', 'correlation', 'coverage', 'jira', 'ado' {
        $back = $of[$_] | ConvertTo-Json -Depth 6 -EnumsAsStrings -WarningAction SilentlyContinue | ConvertFrom-Json
        @($back).Count | Should -Be @($of[$_]).Count
    }

    It 'tells counts and words in JSON' {
        ($of.summary | ConvertTo-Json -EnumsAsStrings | ConvertFrom-Json).WorkItems.Create | Should -Be 6
        ($of.summary | ConvertTo-Json -EnumsAsStrings | ConvertFrom-Json).Outcome | Should -Be 'Changed'
        ($of.result | ConvertTo-Json -EnumsAsStrings | ConvertFrom-Json)[0].Action | Should -Be 'Create'
    }

    It 'exports the scalars of <_> as CSV, words and not type names' -ForEach 'link', 'desired', 'relation', 'correlation', 'coverage' {
        $text = $of[$_] | ConvertTo-Csv
        $text.Count | Should -BeGreaterThan 1
        $text -join "`n" | Should -Not -Match 'System\.Collections|JiraAdoSync\.[A-Z]'
    }

    It 'exports results as CSV' {
        $rows = $of.result | Where-Object Relation | Select-Object Action, Source, Relation, Target, Detail | ConvertTo-Csv | ConvertFrom-Csv
        $rows.Count | Should -Be 5
        $rows[0].Action | Should -Be 'Create'
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

    It 'asks no service' {
        $stats = [uri]::new([uri] $sandbox.jira, '/sandbox/stats')
        $before = (Invoke-RestMethod $stats).total
        $null = Completed 'Invoke-JiraAdoSync -LinkTypeMapping '
        $null = Completed 'Get-JiraReplica -Key '
        (Invoke-RestMethod $stats).total | Should -Be $before
    }
}
