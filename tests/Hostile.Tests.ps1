# What comes from Jira and from services is printed by jobs of Azure Pipelines, and never obeyed by their agent: it obeys
# ##vso[...] and ##[...] wherever in a line they stand.

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    $evil = '##vso[evil.do a=b]c ##[evil]'
    $type = @{ id = '10001'; name = "Story $evil"; subtask = $false }
    $status = @{ id = '1'; name = "To Do $evil"; statusCategory = @{ id = 2; key = 'new'; name = 'To Do' } }
    $link = @{ id = '201'; name = "Blocks $evil"; inward = "is blocked by $evil"; outward = "blocks $evil" }
    $seed = Join-Path $TestDrive seed.jsonl
    1..3 | ForEach-Object {
        $ends = @{ 1 = @{ outwardIssue = @{ id = '1002'; key = 'SHOP-2' } }; 2 = @{ inwardIssue = @{ id = '1001'; key = 'SHOP-1' } } }[$_]
        $links = @(if ($ends) { @{ id = '501'; type = $link } + $ends })
        @{
            id = "$(1000 + $_)"; key = "SHOP-$_"
            fields = @{
                summary = "$evil $_"; issuetype = $type; status = $status; issuelinks = $links; subtasks = @()
                project = @{ id = '10000'; key = 'SHOP'; name = "Shop $evil" }
                labels = @('##vso[evil]'); components = @(@{ id = '1'; name = $evil })
                created = '2026-03-01T09:00:00.000+0000'; updated = '2026-03-01T09:00:00.000+0000'
            }
        } | ConvertTo-Json -Depth 9 -Compress
    } | Set-Content $seed
    $sandbox = Start-Sandbox --seed, $seed
    $prelude = @"
`$ProgressPreference = 'SilentlyContinue'
Import-Module '$module'
`$sandbox = '$($sandbox | Select-Object * -ExcludeProperty Process | ConvertTo-Json -Compress)' | ConvertFrom-Json
. '$(Join-Path $PSScriptRoot Sandbox.ps1)'
Connect-Sandbox `$sandbox
`$types = @{ TypeMapping = @{ 'Story $evil' = 'User Story' } }
`$map = @{ 'blocks $evil' = 'Successor' }

"@

    function Invoke-Job([string] $Code) {
        Invoke-Pwsh '-Command', ($prelude + $Code) @{ TF_BUILD = 'True'; AGENT_TEMPDIRECTORY = "$TestDrive" }
    }

    # Lines in which an agent would find a command that is none of ours.
    function Get-Command-Of-Others([string] $Text) {
        $Text -split '\r?\n' | Where-Object { $_ -match '##vso\[|##\[' -and $_ -notmatch '^##vso\[task\.(logissue|setprogress|uploadsummary|setvariable|complete)[ \]](?!.*(##vso\[|##\[))' }
    }

    function Set-Fault([hashtable[]] $Rules) {
        $body = ConvertTo-Json @($Rules) -Depth 9
        $null = Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/faults')) -Method Put -Body $body -ContentType application/json
    }
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'A job of Azure Pipelines' {
    AfterEach { Set-Fault @() }

    It 'obeys nothing that <_> prints' -ForEach @(
        '$r = Get-JiraReplica -Jql "project = SHOP"; $r; $r | Format-List; $r | Format-Wide'
        '$l = Get-JiraReplica -Jql "project = SHOP" | Get-JiraIssueLinks; $l; $l | Format-Wide; $l | Convert-LinkType -Mapping $map'
        'Get-JiraReplica -Jql "project = SHOP" | Test-LinkTypeMapping; Get-JiraReplica -Jql "project = SHOP" | Test-IssueTypeMapping'
        'Invoke-JiraAdoSync -Jql "project = SHOP"'
        'Invoke-JiraAdoSync -Jql "project = SHOP" -LinkTypeMapping $map @types -WhatIf -Verbose -Debug'
        'Invoke-JiraAdoSync -Jql "project = SHOP" -LinkTypeMapping $map @types -PlanOnly'
        'Invoke-JiraAdoSync -Jql "project = SHOP" -LinkTypeMapping $map @types -FieldMapping @{ "Area Path" = "Components" }'
        'Invoke-JiraAdoSync -Jql "project = SHOP" -LinkTypeMapping $map @types -Verbose -Debug; 1..3 | Get-AdoRelation | Out-Host; Get-JiraAdoRun | Select-Object -First 1 | Get-JiraAdoRun | Out-Host'
        'Get-JiraAdoRun | Select-Object -First 1 | Undo-JiraAdoRun -WhatIf | Out-Host; Get-JiraAdoOrphan -Jql "key = SHOP-1" | Out-Host; Get-JiraAdoOrphan -Jql "key = SHOP-1" | Format-List'
        'Get-JiraReplica -Jql "project = SHOP"; Invoke-JiraAdoSync -Jql "project = SHOP" -LinkTypeMapping $map @types; Get-JiraAdoOrphan -Jql "key = SHOP-1"; Get-JiraAdoRun | Select-Object -First 1 | Undo-JiraAdoRun -WhatIf'
        '$r = Get-JiraReplica -Jql "project = SHOP"; $r; $r | Get-JiraIssueLinks; $r | Test-LinkTypeMapping; $r | Get-JiraIssueLinks | Convert-LinkType -Mapping $map'
        'Get-JiraAdoRun; Get-JiraReplica -Jql "project = SHOP"; Get-JiraAdoCorrelation; 1..3 | Get-AdoRelation; Get-JiraAdoRun | Select-Object -First 1 | Get-JiraAdoRun'
        '$e = "##" + "vso[evil]"; Get-JiraReplica -Key $e; Get-JiraReplica -Jql "project = $e"; Undo-JiraAdoRun $e'
    ) {
        $job = Invoke-Job $_
        $job.Output + $job.Errors | Should -Match '## ?vso'
        Get-Command-Of-Others $job.Output | Should -BeNullOrEmpty
        Get-Command-Of-Others $job.Errors | Should -BeNullOrEmpty
    }

    It 'obeys nothing that a service says of an error' {
        $words = '##vso[evil.do]x ##[evil]'
        $body = @{ message = $words; errorMessages = @($words) } | ConvertTo-Json
        Set-Fault @{ kind = 'status'; status = 400; body = $body; method = 'POST' }
        $job = Invoke-Job @'
Get-JiraReplica -Jql 'project = SHOP'
1, 2 | Get-AdoRelation
try { Get-JiraReplica -Jql 'project = SHOP' -ErrorAction Stop } catch { Write-Host $_.Exception.Message; Write-Host $_; $_ | Format-List * -Force; Get-Error }
'@
        $job.Output + $job.Errors | Should -Match 'evil'
        Get-Command-Of-Others $job.Output | Should -BeNullOrEmpty
        Get-Command-Of-Others $job.Errors | Should -BeNullOrEmpty
    }
}
