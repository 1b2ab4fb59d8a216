# What Jira and other services send is printed by jobs of Azure Pipelines, and never obeyed by their agent: it obeys
# ##vso[...] and ##[...] wherever in a line they are.

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module
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

Describe 'A terminal' {
    BeforeAll {
        # Clears the screen, writes the clipboard, moves back and overwrites the question, turns the order of letters round.
        $attack = "`e[2J`e[1;1H`e]52;c;ZXZpbA==`a`r`nDelete nothing? [Y]`b`b`u{9B}999m`u{202E}txt.exe`u{2066}"
        $hostile = Join-Path $TestDrive hostile.jsonl
        $story = @{ id = '10001'; name = "Story $attack"; subtask = $false }
        $open = @{ id = '1'; name = "Open $attack"; statusCategory = @{ id = 2; key = 'new'; name = 'To Do' } }
        $blocks = @{ id = '201'; name = "Blocks $attack"; inward = "is blocked by $attack"; outward = "blocks $attack" }
        1..2 | ForEach-Object {
            $end = @{ 1 = @{ outwardIssue = @{ id = '1002'; key = 'SHOP-2' } }; 2 = @{ inwardIssue = @{ id = '1001'; key = 'SHOP-1' } } }[$_]
            @{
                id = "$(1000 + $_)"; key = "SHOP-$_"
                fields = @{
                    summary = "<script>alert(1)</script> $attack $_"; issuetype = $story; status = $open; subtasks = @()
                    issuelinks = @(@{ id = '501'; type = $blocks } + $end); project = @{ id = '10000'; key = 'SHOP'; name = 'Shop' }
                    labels = @('x'); components = @(@{ id = '1'; name = $attack })
                    created = '2026-03-01T09:00:00.000+0000'; updated = '2026-03-01T09:00:00.000+0000'
                }
            } | ConvertTo-Json -Depth 9 -Compress
        } | Set-Content $hostile
        $terminal = Start-Sandbox --seed, $hostile
        $map = @'
$types = @{ TypeMapping = @{ '*' = 'User Story' }; LinkTypeMapping = @{ '*' = 'Successor' } }

'@
        $start = $prelude.Replace(
            "$($sandbox | Select-Object * -ExcludeProperty Process | ConvertTo-Json -Compress)",
            "$($terminal | Select-Object * -ExcludeProperty Process | ConvertTo-Json -Compress)") + $map

        # What is left of a text when line ends, tabs and the colours of PowerShell itself are removed from it.
        function Get-Control([string] $Text) {
            [regex]::Matches(($Text -replace '\e\[[0-9;]*m' -replace '\r?\n|\t'), '[\x00-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069]').Value
        }
    }

    AfterAll { Stop-Sandbox $terminal }

    It 'obeys nothing that <_> prints' -ForEach @(
        '$r = Get-JiraReplica -Jql "project = SHOP"; $r; $r | Format-Table; $r | Format-List; $r | Format-Wide; $r | Format-Custom; $r | ForEach-Object ToString'
        '$l = Get-JiraReplica -Jql "project = SHOP" | Get-JiraIssueLinks; $l; $l | Format-List; $l | Format-Wide; $l | Convert-LinkType -Mapping $types.LinkTypeMapping | Format-List'
        'Get-JiraReplica -Jql "project = SHOP" | Test-LinkTypeMapping; Get-JiraReplica -Jql "project = SHOP" | Test-IssueTypeMapping'
        'Invoke-JiraAdoSync -Jql "project = SHOP"'
        'Invoke-JiraAdoSync -Jql "project = SHOP" @types -WhatIf -Verbose -Debug 3>&1 4>&1 5>&1 6>&1'
        'Invoke-JiraAdoSync -Jql "project = SHOP" @types -PlanOnly | Tee-Object -Variable p; $p | Format-List; $p | Format-Wide'
        'Get-JiraReplica -Key "`e[2Jx"; Get-JiraReplica -Jql "project = `e[2J"; Undo-JiraAdoRun "`e[2J"'
        'Invoke-JiraAdoSync -Jql "project = SHOP" @types -FieldMapping @{ "Area Path" = "Components" } -WarningAction Continue'
    ) {
        $run = Invoke-Pwsh '-Command', ($start + $_)
        $run.Output + $run.Errors | Should -Not -BeNullOrEmpty
        Get-Control $run.Output | Should -BeNullOrEmpty
        Get-Control $run.Errors | Should -BeNullOrEmpty
    }

    It 'asks its questions as they are' {
        $code = $start + 'Invoke-JiraAdoSync -Jql "project = SHOP" @types -Confirm'
        $begin = [Diagnostics.ProcessStartInfo]::new($shell[0])
        foreach ($argument in @($shell | Select-Object -Skip 1) + '-NoProfile', '-Command', $code) { $begin.ArgumentList.Add($argument) }
        $begin.RedirectStandardInput = $begin.RedirectStandardOutput = $begin.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($begin)
        1..20 | ForEach-Object { $process.StandardInput.WriteLine('n') }
        $process.StandardInput.Close()
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $output | Should -Match 'alert\(1\)'
        $output | Should -Match '\[Y\] Yes'
        Get-Control $output | Should -BeNullOrEmpty
        Get-Control $errors.Result | Should -BeNullOrEmpty
        (Invoke-RestMethod ([uri]::new([uri] $terminal.jira, '/sandbox/stats')) | ConvertTo-Json -Depth 9) | Should -Not -Match 'POST [^"]*\$batch'
    }

    It 'gets a summary of the job and reports in which texts are texts' {
        $folder = New-Item (Join-Path $TestDrive job) -ItemType Directory
        $job = Invoke-Pwsh '-Command', ($start + "`$r = Invoke-JiraAdoSync -Jql 'project = SHOP' @types -PlanOnly; `$r | Export-JiraAdoReport '$folder/r.md', '$folder/r.html', '$folder/r.csv'") @{
            TF_BUILD = 'True'; AGENT_TEMPDIRECTORY = "$folder"
        }
        $job.Output | Should -Match '##vso\[task.uploadsummary\]'
        $summaries = @(Get-ChildItem $folder -Filter *.md)
        $summaries.Count | Should -Be 2
        foreach ($file in Get-ChildItem $folder) {
            $text = [IO.File]::ReadAllText($file)
            $text | Should -Match 'alert\(1\)' -Because $file.Name
            if ($file.Extension -eq '.html') { $text = $text -replace '(?s)<script>.*?</script>|<style>.*?</style>' }
            Get-Control $text | Should -BeNullOrEmpty -Because $file.Name
            if ($file.Extension -ne '.csv') { $text | Should -Not -Match '<script>alert' -Because $file.Name }
        }
    }
}

Describe 'The templates' {
    BeforeAll {
        $configuration = $env:JIRAADOSYNC_CONFIGURATION ? $env:JIRAADOSYNC_CONFIGURATION : 'Debug'
        Add-Type -Path (Join-Path $root tests JiraAdoSync.Tests bin $configuration net10.0 YamlDotNet.dll)
        function Get-Pipeline([string] $Name) {
            $text = Get-Content (Join-Path $root module samples pipelines $Name) -Raw
            # What a template is given, the agent never sees.
            $given = @{ jiraUri = $boards.jira; jql = 'project = SHOP'; options = ''; name = 'sync' }
            $text = [regex]::Replace($text, '\$\{\{ parameters\.(\w+) \}\}', { $given[$args[0].Groups[1].Value] })
            $parsed = [YamlDotNet.Serialization.DeserializerBuilder]::new().Build().Deserialize([IO.StringReader]::new($text))
            [YamlDotNet.Serialization.SerializerBuilder]::new().JsonCompatible().Build().Serialize($parsed) | ConvertFrom-Json -AsHashtable
        }

        $boards = Start-Sandbox
        $pipeline = Get-Pipeline plan-and-approve.yml
        $workspace = New-Item (Join-Path $TestDrive workspace/plan) -ItemType Directory

        # Runs a step as the agent runs the task PowerShell@2: its script as a file, its variables in the environment.
        function Invoke-Step($Step, [hashtable] $Variables, [string] $JiraToken = $boards.jiraToken) {
            $known = @{ jiraUser = $boards.jiraUser; jiraToken = $JiraToken; 'System.AccessToken' = $boards.adoToken; 'Build.ArtifactStagingDirectory' = "$workspace" }
            $environment = @{
                TF_BUILD = 'True'; AGENT_TEMPDIRECTORY = "$TestDrive"; PIPELINE_WORKSPACE = Split-Path $workspace; BUILD_ARTIFACTSTAGINGDIRECTORY = "$workspace"
                SYSTEM_COLLECTIONURI = "$($boards.organization)/"; SYSTEM_TEAMPROJECT = $boards.project
                PSModulePath = (Split-Path (Split-Path $module)) + [IO.Path]::PathSeparator + $env:PSModulePath
            }
            foreach ($name in $Variables.Keys) { $environment[$name.ToUpperInvariant().Replace('.', '_')] = $Variables[$name] }
            foreach ($name in $Step.env.Keys) { $environment[$name] = [regex]::Replace($Step.env[$name], '\$\((.+?)\)', { $known[$args[0].Groups[1].Value] }) }
            $preference = $Step.inputs['errorActionPreference'] ? $Step.inputs['errorActionPreference'] : 'stop'
            $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
            "`$ErrorActionPreference = '$preference'", "Set-Location '$workspace'", $Step.inputs.script | Set-Content $file
            Invoke-Pwsh '-NoLogo', '-Command', ". '$file'" $environment
        }

        function Get-Step($Job, [string] $Name) {
            $steps = $Job.Contains('steps') ? $Job.steps : $Job.strategy.runOnce.deploy.steps
            @($steps | Where-Object { $_.Contains('name') -and $_.name -eq $Name })[0]
        }

        $variables = @{ jiraUri = $boards.jira; jql = 'project = SHOP' }
        $apply = @($pipeline.stages | Where-Object { $_.stage -eq 'apply' })[0]
        $step = Get-Step $apply.jobs[0] sync
        $path = Join-Path $workspace plan.json
    }

    AfterAll { Stop-Sandbox $boards }

    It 'hands the hash of the plan from stage to stage, and applies that plan and no other' {
        # The expression names a stage that this one waits for, its job, and a step by its name.
        $apply.variables.planHash -match "^\`$\[ stageDependencies\.(?<stage>\w+)\.(?<job>\w+)\.outputs\['(?<step>\w+)\.(?<variable>\w+)'\] \]`$" | Should -BeTrue
        $from = $Matches.Clone()
        $apply.dependsOn | Should -Be $from.stage
        $job = @(@($pipeline.stages | Where-Object { $_.stage -eq $from.stage })[0].jobs | Where-Object { $_.job -eq $from.job })[0]
        $plan = Get-Step $job $from.step
        $planned = Invoke-Step $plan $variables
        $planned.ExitCode | Should -Be 0 -Because $planned.Errors
        $planned.Output -match "(?m)^##vso\[task\.setvariable variable=$($from.variable);isoutput=true\](?<hash>[0-9a-f]{64})\r?`$" | Should -BeTrue -Because $planned.Output
        $hash = $Matches.hash
        (Get-Content $path -Raw | ConvertFrom-Json).sha256 | Should -Be $hash

        # Another plan instead of the one that was approved, with a hash that is right for it.
        $approved = Get-Content $path -Raw
        $null = Invoke-Step $plan @{ jiraUri = $boards.jira; jql = 'key = SHOP-1' }
        (Get-Content $path -Raw | ConvertFrom-Json).sha256 | Should -Not -Be $hash
        $refused = Invoke-Step $step ($variables + @{ planHash = $hash })
        $refused.ExitCode | Should -Not -Be 0
        $refused.Output + $refused.Errors | Should -Match 'another plan|approved'

        # An output variable that nobody set is empty; one that the agent did not know stays as it is written.
        Set-Content $path $approved -NoNewline
        foreach ($missing in '', '$(planHash)') {
            (Invoke-Step $step ($variables + @{ planHash = $missing })).ExitCode | Should -Not -Be 0
        }
        $null = Connect-Sandbox $boards
        @(Get-JiraReplica -Jql 'project = SHOP' | Get-JiraAdoCorrelation).Count | Should -Be 0

        $applied = Invoke-Step $step ($variables + @{ planHash = $hash })
        $applied.ExitCode | Should -Be 0 -Because ($applied.Output + $applied.Errors)
        $applied.Output | Should -Match 'Changed'
    }

    It 'fails where a sync can not even begin' {
        $sync = Get-Step (Get-Pipeline steps-sync.yml) sync
        $failed = Invoke-Step $sync @{} 'not-the-token'
        $failed.ExitCode | Should -Be 1
        $failed.Errors | Should -Match 'credentials'
        (Invoke-Step $sync @{}).ExitCode | Should -Be 0
    }
}
