# Every documented invocation of a sample runs as it is documented, with the sandbox instead of the services and the
# shell of these tests instead of `pwsh`: the headers of the scripts, the crontab, the systemd unit, the task of Windows,
# and the steps of the pipelines. What a sample documents is read from it, so that what is added is run, too.

BeforeDiscovery {
    $samples = Join-Path (Split-Path $PSScriptRoot) module samples
    $headers = foreach ($file in Get-ChildItem $samples -Filter *.ps1) {
        # A command is indented by three blanks, and continues where a line ends in a backtick.
        $number = 0
        [regex]::Matches((Get-Content $file -Raw), '(?m)^#   (?<code>(pwsh|\./).*?(`\n#.*?)*)$') | ForEach-Object {
            $number++
            @{ Name = "$($file.Name) $number"; Code = $_.Groups['code'].Value -replace '(?m)^# *' }
        }
    }
    # A block of PowerShell is what is indented further than its key; a short one is on the key's line.
    $steps = foreach ($file in Get-ChildItem (Join-Path $samples pipelines) -Filter *.yml) {
        $lines = Get-Content $file
        $number = 0
        for ($i = 0; $i -lt $lines.Count; $i++) {
            if ($lines[$i] -notmatch '^(?<indent> *(- )?)(script|pwsh): (?<text>(?!true$).*)$') { continue }
            $indent = $Matches.indent.Length
            $text = $Matches.text
            if ($text -eq '|') {
                $text = while ($i + 1 -lt $lines.Count -and $lines[$i + 1] -match "^( {$($indent + 1),}|\s*$)") { $lines[++$i] }
                $text = $text -join "`n"
            }
            $number++
            @{ Name = "$($file.Name) $number"; Code = $text }
        }
    }
    $plan = ($steps | Where-Object { $_.Code -match '-PlanOnly' }).Code
    $steps | ForEach-Object { $_.Plan = $plan }
    # What may be put into a step, as the templates say and do it.
    $step = @($steps | Where-Object { $_.Code -match 'parameters.options' })[0].Code
    $options = Get-ChildItem (Join-Path $samples pipelines) -Filter *.yml | Get-Content |
        ForEach-Object { if ($_ -match '(options: |, such as: )(?<text>-.*)$') { @{ Options = $Matches.text; Step = $step } } }
}

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module -Force
    $sandbox = Start-Sandbox
    $samples = Join-Path (Split-Path $module) samples
    $secrets = @{ JIRA_USER = $sandbox.jiraUser; JIRA_TOKEN = $sandbox.jiraToken; ADO_TOKEN = $sandbox.adoToken }
    $bin = New-Item (Join-Path $TestDrive bin) -ItemType Directory
    Set-Content (Join-Path $bin pwsh) "#!/bin/sh`nexec $(($shell | ForEach-Object { "'$_'" }) -join ' ') `"`$@`""
    if (-not $IsWindows) { chmod +x (Join-Path $bin pwsh) }

    $profilePath = Join-Path $TestDrive sync.psd1
    Connect-Sandbox $sandbox
    $null = New-JiraAdoProfile $profilePath 'project = SHOP'

    # The addresses and folders of this machine.
    function Here([string] $Text) {
        $Text.Replace('https://contoso.atlassian.net', $sandbox.jira).Replace('https://dev.azure.com/contoso', $sandbox.organization).
            Replace('-Profile sync.psd1', "-Profile '$profilePath'").Replace('/etc/jiraadosync/sync.psd1', $profilePath).
            Replace('/usr/local/share/powershell/Modules/JiraAdoSync', (Split-Path $module)).
            Replace('$HOME/.local/share/powershell/Modules/JiraAdoSync', (Split-Path $module)).
            Replace('http://localhost:8080/', "http://localhost:$(Get-FreePort)/") -replace '-StopAfter [\d:]+', '-StopAfter 0:0:3'
    }

    function Invoke-Line([string] $Line, [hashtable] $Environment, [string[]] $Command = @('/bin/sh', '-c')) {
        $start = [Diagnostics.ProcessStartInfo]::new($Command[0])
        @($Command | Select-Object -Skip 1) + $Line | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.WorkingDirectory = $samples
        $start.Environment['PATH'] = "$bin`:$env:PATH"
        foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($start)
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        [pscustomobject]@{ Output = $output; Errors = $errors.Result; ExitCode = $process.ExitCode }
    }

    function WorkItems { @(Get-JiraReplica -Jql 'project = SHOP' | Get-JiraAdoCorrelation).Count }
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'The headers of the scripts' {
    BeforeEach { Reset-Sandbox $sandbox }

    It '<Name>' -ForEach $headers -Skip:$IsWindows {
        if ($Code -match 'Register-Task') { return }
        if ($Code -match 'Get-Credential') {
            Push-Location $samples
            try { Invoke-Printed $Code $sandbox 6>&1 | Out-String | Should -Match 'SHOP|User Story' }
            finally { Pop-Location }
            return
        }
        $run = Invoke-Line (Here $Code) $secrets @((Join-Path $bin pwsh), '-NoProfile', '-Command')
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Match 'Outcome *: Changed'
        Remove-Item (Join-Path $samples report.html) -ErrorAction Ignore
    }

    It 'documents -Options, which runs nothing' -Skip:$IsWindows {
        $line = Here 'pwsh -NoProfile -File sync.ps1 -Profile sync.psd1 -Options '
        $run = Invoke-Line "$line'@{ WhatIf = `$true }'" $secrets
        $run.Output | Should -Match 'What if: .*Create User Story'
        $run.ExitCode | Should -Be 0 -Because $run.Errors
        foreach ($bad in '@{ Prune = (Remove-Item x) }', '@{ Prune = $true }; Remove-Item x', 'Prune', '@{') {
            $run = Invoke-Line "$line'$bad'" $secrets
            $run.ExitCode | Should -Be 1
            $run.Errors + $run.Output | Should -Match '-Options is no hashtable of values'
        }
    }
}

Describe 'Schedules' {
    BeforeEach { Reset-Sandbox $sandbox }

    It 'runs the line of the crontab' -Skip:$IsWindows {
        $line = (Get-Content (Join-Path $samples scheduled crontab) | Where-Object { $_ -like '`*/15 *' }).Split(' ', 6)[5]
        $null = New-Item (Join-Path $TestDrive home .config jiraadosync.env) -Force -Value ($secrets.Keys.ForEach({ "$_='$($secrets[$_])'`n" }) -join '')
        Copy-Item $profilePath (Join-Path $TestDrive home .config jiraadosync.psd1)
        $run = Invoke-Line (Here $line).Replace('/tmp/jiraadosync.lock', (Join-Path $TestDrive lock)) @{ HOME = Join-Path $TestDrive home }
        $run.Output + $run.Errors | Should -BeNullOrEmpty
        @(Get-AdoRelation 1).Count | Should -BeGreaterThan 0
    }

    It 'runs the command of the systemd unit' -Skip:$IsWindows {
        $unit = (Get-Content (Join-Path $samples scheduled jiraadosync.service) -Raw) -replace '\\\n\s*', ' '
        $unit -match "(?m)^ExecStart=/bin/sh -c '(?<line>.*)'$" | Should -BeTrue
        $null = New-Item (Join-Path $TestDrive creds jira-token) -Force -Value $sandbox.jiraToken
        $null = New-Item (Join-Path $TestDrive creds ado-token) -Force -Value $sandbox.adoToken
        $run = Invoke-Line (Here $Matches.line) @{ CREDENTIALS_DIRECTORY = Join-Path $TestDrive creds; JIRA_USER = $sandbox.jiraUser }
        $run.ExitCode | Should -Be 0 -Because $run.Errors
        $run.Output | Should -Match 'Outcome +: Changed'
    }

    It 'runs the command line of the task of Windows' -Skip:$IsWindows {
        function New-ScheduledTaskAction($Execute, $Argument) { $Argument }
        function New-ScheduledTaskTrigger([switch] $Once, [datetime] $At, [timespan] $RepetitionInterval) { }
        function New-ScheduledTaskSettingsSet($MultipleInstances, [timespan] $ExecutionTimeLimit, [switch] $StartWhenAvailable) { }
        function Register-ScheduledTask($TaskName, [switch] $Force, $Action, $Trigger, $Settings) { $Action }
        function Get-Command { [pscustomobject]@{ Source = 'pwsh.exe' } }
        $before = $env:LOCALAPPDATA
        $env:LOCALAPPDATA = "$TestDrive"
        try {
            $arguments = & (Join-Path $samples scheduled Register-Task.ps1) -Profile $profilePath
        }
        finally { $env:LOCALAPPDATA = $before }
        Remove-Item Function:Get-Command
        # As Windows splits a command line.
        $start = [Diagnostics.ProcessStartInfo]::new((Join-Path $bin pwsh), $arguments)
        foreach ($name in $secrets.Keys) { $start.Environment[$name] = $secrets[$name] }
        $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardOutput.ReadToEnd() | Should -Match 'Outcome +: Changed'
        $process.WaitForExit()
        $process.ExitCode | Should -Be 0
    }
}

Describe 'A sync that runs by itself' {
    BeforeEach { Reset-Sandbox $sandbox }

    BeforeAll {
        # The command of a sample, with an end.
        function Invoke-Watch([string] $Line, [hashtable] $Environment = @{}) {
            $both = $secrets.Clone()
            foreach ($name in $Environment.Keys) { $both[$name] = $Environment[$name] }
            $run = Invoke-Line "$((Here $Line).Replace('http://*:8080/', "http://*:$(Get-FreePort)/")) -StopAfter 0:0:3" $both
            $run.ExitCode | Should -Be 0 -Because ($run.Errors + $run.Output)
            $run.Errors | Should -BeNullOrEmpty
            $run.Output + $run.Errors | Should -Not -Match "$($sandbox.jiraToken)|$($sandbox.adoToken)"
            $run.Output
        }
    }

    It 'runs the command of the systemd unit, with its credentials in files' -Skip:$IsWindows {
        $unit = (Get-Content (Join-Path $samples watching jiraadosync-watch.service) -Raw) -replace '\\\n\s*', ' '
        $unit -match "(?m)^ExecStart=/bin/sh -c '(?<line>.*)'$" | Should -BeTrue
        $line = $Matches.line -replace '^exec '
        $files = @{}
        [regex]::Matches($unit, '(?<name>\w+_FILE)=%d/(?<file>\S+)') | ForEach-Object {
            $text = $_.Groups['file'].Value -match '^jira' ? $sandbox.jiraToken : $sandbox.adoToken
            $files[$_.Groups['name'].Value] = (New-Item (Join-Path $TestDrive creds $_.Groups['file'].Value) -Force -Value $text).FullName
        }
        $files.Count | Should -Be 4
        Invoke-Watch $line ($files + @{ JIRA_TOKEN = ''; ADO_TOKEN = '' }) | Should -Match '(?m)^\S+Z Outcome: Changed, run \S+, WorkItems Create 6'
    }

    It 'runs the command of the container' -Skip:$IsWindows {
        $file = (Get-Content (Join-Path $samples watching Containerfile) -Raw) -replace '\\\n\s*', ' '
        $file -match '(?m)^ENTRYPOINT (?<words>\[.*\])' | Should -BeTrue
        $words = $Matches.words | ConvertFrom-Json
        Invoke-Watch (($words | ForEach-Object { "'$_'" }) -join ' ') | Should -Match 'Outcome: Changed'
    }

    It 'runs the command line of the task of Windows, and keeps two weeks of logs' -Skip:$IsWindows {
        function New-ScheduledTaskAction($Execute, $Argument) { $Argument }
        function New-ScheduledTaskTrigger([switch] $AtStartup) { }
        function New-ScheduledTaskPrincipal($UserId, $LogonType) { }
        function New-ScheduledTaskSettingsSet($MultipleInstances, [timespan] $ExecutionTimeLimit, $RestartCount, [timespan] $RestartInterval) { }
        function Register-ScheduledTask($TaskName, [switch] $Force, $Action, $Trigger, $Principal, $Settings) { $Action }
        function Get-Command { [pscustomobject]@{ Source = 'pwsh.exe' } }
        $before = $env:LOCALAPPDATA
        $env:LOCALAPPDATA = "$TestDrive"
        try { $arguments = & (Join-Path $samples watching Register-Watch.ps1) -Profile $profilePath -Listen http://localhost:8080/ }
        finally { $env:LOCALAPPDATA = $before }
        Remove-Item Function:Get-Command
        $arguments -match '-Log "(?<logs>[^"]*)"' | Should -BeTrue
        $logs = $Matches.logs
        1..20 | ForEach-Object { $null = New-Item (Join-Path $logs "watch-202001$($_.ToString('00')).log") -Force }
        Invoke-Watch "pwsh $arguments" | Should -BeNullOrEmpty
        $files = Get-ChildItem $logs | Sort-Object Name -Descending
        $files.Count | Should -Be 14
        Get-Content $files[0] -Raw | Should -Match '(?s)Started: .*Outcome: Changed.*Stopped'
    }

    It 'is killed in the middle, and the next start completes what was left' -Skip:$IsWindows {
        $start = [Diagnostics.ProcessStartInfo]::new($shell[0])
        @($shell | Select-Object -Skip 1) + '-NoProfile', '-NonInteractive', '-File', (Join-Path $samples watch.ps1), '-Profile', $profilePath |
            ForEach-Object { $start.ArgumentList.Add($_) }
        foreach ($name in $secrets.Keys) { $start.Environment[$name] = $secrets[$name] }
        $start.RedirectStandardOutput = $true
        # Each write takes long enough to be killed in.
        $rule = @{ service = 'ado'; route = '/{organization}/_apis/wit/$batch'; kind = 'delay'; delayMs = 60000; skip = 1 }
        $null = Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/faults')) -Method Put -ContentType application/json -Body (ConvertTo-Json @($rule))
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardOutput.ReadLine() | Should -Match 'Started'
        while (-not ((Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/stats'))).routes | Where-Object { $_.route -like '*$batch' })) { [Threading.Thread]::Yield() }
        $process.Kill($true)
        $process.WaitForExit()
        $null = Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/faults')) -Method Delete
        Invoke-Watch "pwsh -NoProfile -File watch.ps1 -Profile sync.psd1" | Should -Match 'Outcome: Changed'
        (Invoke-JiraAdoSync 'project = SHOP')[-1].Outcome | Should -Be NoChange
        WorkItems | Should -Be 6
    }

    It 'says what is missing, and ends with 1' -Skip:$IsWindows {
        $run = Invoke-Line (Here 'pwsh -NoProfile -NonInteractive -File watch.ps1 -Profile sync.psd1') @{ JIRA_TOKEN = ''; ADO_TOKEN = '' }
        $run.ExitCode | Should -Be 1
        $run.Output | Should -Match 'Error: SecretMissing'
    }

    It 'is a unit that systemd reads' -Skip:(-not (Get-Command systemd-analyze -ErrorAction Ignore)) {
        systemd-analyze verify (Join-Path $samples watching jiraadosync-watch.service) 2>&1 | Should -BeNullOrEmpty
    }
}

Describe 'Pipelines' {
    BeforeEach { Reset-Sandbox $sandbox }

    BeforeAll {
        $job = @{
            TF_BUILD = 'True'; AGENT_TEMPDIRECTORY = "$TestDrive"; BUILD_ARTIFACTSTAGINGDIRECTORY = "$TestDrive"
            PIPELINE_WORKSPACE = "$TestDrive"; SYSTEM_COLLECTIONURI = $sandbox.organization; SYSTEM_TEAMPROJECT = $sandbox.project
            SYSTEM_ACCESSTOKEN = $sandbox.adoToken; SYSTEM_JOBPOSITIONINPHASE = '1'; SYSTEM_TOTALJOBSINPHASE = '1'
            JIRA_URI = $sandbox.jira; JIRAURI = $sandbox.jira; JIRA_USER = $sandbox.jiraUser; JIRA_TOKEN = $sandbox.jiraToken
            JQL = 'project = SHOP'; MODULE_VERSION = ''; MODULE_FEED = ''; MODULE_PATH = ''
            ADO_TOKEN = $sandbox.adoToken
            PSModulePath = "$(Split-Path (Split-Path $module))$([IO.Path]::PathSeparator)$env:PSModulePath"
        }

        # As an agent runs a step: a file, whose errors do not end it.
        function Invoke-Step([string] $Code, [string] $Options = '') {
            $code = $Code.Replace('${{ parameters.options }}', $Options).Replace('$(sync.outcome)', 'Changed') -replace '-StopAfter [\d:]+', '-StopAfter 0:0:3'
            $code | Should -Not -Match '\$\{\{|\$\(\w+\.\w+\)'
            # The Gallery is not asked: the module is there.
            $file = New-Item (Join-Path $TestDrive "step $([guid]::NewGuid()).ps1") -Value "function Install-PSResource { }`nSet-Location '$TestDrive'`n$code"
            Invoke-Pwsh '-Command', ". '$file'" $job
        }
    }

    It '<Name>' -ForEach $steps {
        if ($Code -match 'Invoke-JiraAdoPlan') {
            # It applies what the stage before it planned.
            $planned = Invoke-Step $Plan
            $planned.Output -match 'variable=planHash;isoutput=true\](?<hash>\w+)' | Should -BeTrue -Because $planned.Errors
            $job.PLANHASH = $Matches.hash
            $null = New-Item (Join-Path $TestDrive plan) -ItemType Directory -Force
            Copy-Item (Join-Path $TestDrive plan.json) (Join-Path $TestDrive plan)
        }
        Copy-Item $profilePath (Join-Path $TestDrive sync.psd1) -ErrorAction Ignore
        $run = Invoke-Step $Code
        $run.ExitCode | Should -Be 0 -Because ($run.Errors + $run.Output)
        $run.Errors | Should -BeNullOrEmpty
        if ($Code -match 'Watch-JiraAdoSync') { $run.Output | Should -Match 'Outcome +: .*Changed' }
        if ($Code -match 'Invoke-JiraAdo(Sync|Plan)' -and $Code -notmatch '-PlanOnly') { $run.Output | Should -Match 'Outcome +: .*Changed' }
    }

    # On Windows it would install for the user who runs the tests.
    It 'installs the module from a feed, with the version that is asked for' -Skip:$IsWindows {
        $feed = New-Item (Join-Path $TestDrive feed) -ItemType Directory
        $configuration = $env:JIRAADOSYNC_CONFIGURATION ? $env:JIRAADOSYNC_CONFIGURATION : 'Debug'
        $program = Join-Path $root src JiraAdoSync.Package bin $configuration net10.0 JiraAdoSync.Package.dll
        dotnet $program (Split-Path $module) $feed | Should -BeLike '*.nupkg'
        $text = Get-Content (Join-Path $samples pipelines steps-install.yml) -Raw
        $text -match '(?s)- pwsh: \|\n(?<code>.*?)\n    displayName' | Should -BeTrue
        $step = "$($Matches.code)`nGet-Module JiraAdoSync -ListAvailable | ForEach-Object { `"found `$(`$_.Version) in `$(`$_.ModuleBase)`" }"
        $version = (Test-ModuleManifest $module).Version

        # An agent that has nothing of ours.
        function Invoke-Install([string] $Agent, [string] $From, [string] $Version) {
            $folder = New-Item (Join-Path $TestDrive $Agent) -ItemType Directory
            $share = New-Item (Join-Path $folder .local share) -ItemType Directory
            Invoke-Pwsh @('-Command', $step) @{
                HOME = "$folder"; XDG_DATA_HOME = "$share"; PSModulePath = ''; SYSTEM_ACCESSTOKEN = 'secret'
                MODULE_PATH = ''; MODULE_FEED = $From; MODULE_VERSION = $Version
            }
        }

        foreach ($wanted in '', "$version") {
            $run = Invoke-Install "agent $wanted" $feed $wanted
            $run.Errors | Should -BeNullOrEmpty
            $run.Output | Should -Match "found $version in $([regex]::Escape("$TestDrive"))"
        }
        $run = Invoke-Install 'agent of another version' $feed '99.0.0'
        $run.ExitCode | Should -Not -Be 0
        $run.Output | Should -Not -Match 'found'
        # Without any of the three it says what to do.
        (Invoke-Install 'agent without a feed' '' '').Errors | Should -Match 'This agent has no module JiraAdoSync'
    }

    It 'takes the options <Options>' -ForEach $options {
        $run = Invoke-Step $Step $Options
        $run.ExitCode | Should -Be 0 -Because ($run.Errors + $run.Output)
        $run.Errors | Should -BeNullOrEmpty
    }
}
