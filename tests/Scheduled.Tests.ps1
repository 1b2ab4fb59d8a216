# The script that nobody watches, run as a scheduler runs it.

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module -Force
    $sandbox = Start-Sandbox
    $script = Join-Path (Split-Path $module) samples sync.ps1
    $secrets = @{ JIRA_USER = $sandbox.jiraUser; JIRA_TOKEN = $sandbox.jiraToken; ADO_TOKEN = $sandbox.adoToken }

    function Sync([string[]] $More = @(), [hashtable] $Environment = $secrets) {
        Invoke-Pwsh (@('-File', $script, '-JiraUri', $sandbox.jira, '-OrganizationUri', $sandbox.organization, '-Project', $sandbox.project,
                '-Jql', 'project = SHOP') + $More) $Environment
    }

    # An empty project in which work items are created, and nothing can be written to them afterwards.
    function Start-Trouble {
        $null = Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/reset')) -Method Post
        $rule = @{
            service = 'ado'; route = '/{organization}/_apis/wit/$batch'; skip = 1; kind = 'status'; status = 400
            headers = @{ 'Content-Type' = 'application/json' }
            body = '{"message":"TF401349: An unexpected error has occurred.","typeKey":"x","eventId":3000}'
        }
        $null = Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/faults')) -Method Put -ContentType application/json -Body (ConvertTo-Json @($rule))
    }

    function Stop-Trouble { $null = Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/faults')) -Method Delete }
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'sync.ps1' {
    It 'syncs, writes its report and a transcript without a secret, and ends with 0' {
        $run = Sync '-Report', "$TestDrive/report.html", '-Transcript', "$TestDrive/logs"
        $run.ExitCode | Should -Be 0 -Because $run.Errors
        $run.Output | Should -Match 'Outcome +: Changed'
        $run.Output | Should -Not -Match "`e"
        Get-Content "$TestDrive/report.html" -Raw | Should -Match 'SHOP-1'
        $transcript = Get-Content (Get-ChildItem "$TestDrive/logs") -Raw
        $transcript | Should -Match 'Create'
        $transcript + $run.Output + $run.Errors | Should -Not -Match "$($sandbox.jiraToken)|$($sandbox.adoToken)"
    }

    It 'is configured by a profile, with its secrets in the environment' {
        $file = Join-Path $TestDrive sync.psd1
        Connect-Sandbox $sandbox
        $null = New-JiraAdoProfile $file 'project = SHOP' -Force
        $run = Invoke-Pwsh '-File', $script, '-Profile', $file $secrets
        $run.ExitCode | Should -Be 0 -Because ($run.Errors + $run.Output)
        $run.Output | Should -Match 'Outcome +: (NoChange|Changed)'
        $run.Output + $run.Errors | Should -Not -Match "$($sandbox.jiraToken)|$($sandbox.adoToken)"
        $run = Invoke-Pwsh '-File', $script, '-Profile', $file @{ JIRA_USER = ''; JIRA_TOKEN = ''; ADO_TOKEN = '' }
        $run.ExitCode | Should -Be 1
        $run.Errors + $run.Output | Should -Match 'JIRA_TOKEN'
    }

    It 'writes to Jira only where it is allowed to' {
        $file = Join-Path $TestDrive both.psd1
        Set-Content $file "@{ JiraSite = '$($sandbox.jira)'; AdoOrganization = '$($sandbox.organization)'; AdoProject = '$($sandbox.project)'
            Jql = 'project = SHOP'; Direction = 'Both' }"
        $run = Invoke-Pwsh '-File', $script, '-Profile', $file $secrets
        $run.ExitCode | Should -Be 1
        $run.Errors | Should -Match 'AllowWrite'
        $run = Invoke-Pwsh '-File', $script, '-Profile', $file, '-AllowWrite' $secrets
        $run.ExitCode | Should -Be 0 -Because ($run.Errors + $run.Output)
    }

    It 'takes a personal access token of Data Center' {
        $server = Start-Sandbox '--jira', 'datacenter'
        try {
            $token = @{ JIRA_USER = ''; JIRA_TOKEN = $server.jiraToken; ADO_TOKEN = $server.adoToken }
            $file = Join-Path $TestDrive server.psd1
            Set-Content $file "@{ JiraSite = '$($server.jira)'; AdoOrganization = '$($server.organization)'; AdoProject = '$($server.project)'; Jql = 'project = SHOP' }"
            $run = Invoke-Pwsh '-File', $script, '-Profile', $file $token
            $run.ExitCode | Should -Be 0 -Because ($run.Errors + $run.Output)
            $run.Output | Should -Match 'Outcome +: Changed'
            $sites = '-JiraUri', $server.jira, '-OrganizationUri', $server.organization, '-Project', $server.project, '-Jql', 'project = SHOP'
            $run = Invoke-Pwsh (@('-File', $script) + $sites) $token
            $run.ExitCode | Should -Be 0 -Because ($run.Errors + $run.Output)
            $run.Output | Should -Match 'Outcome +: NoChange'
        }
        finally { Stop-Sandbox $server }
    }

    It 'ends with 0 and says little where nothing changed' {
        $run = Sync
        $run.ExitCode | Should -Be 0
        $run.Output | Should -Match 'NoChange'
        $run.Output | Should -Not -Match 'SHOP-2'
    }

    It 'ends with 2 where something was left, and the next run does it' {
        Start-Trouble
        try { $run = Sync }
        finally { Stop-Trouble }
        $run.ExitCode | Should -Be 2 -Because $run.Errors
        $run.Output | Should -Match 'Outcome +: Partial'
        (Sync).ExitCode | Should -Be 0
        (Sync).Output | Should -Match 'NoChange'
    }

    It 'takes its secrets from a vault of SecretManagement' {
        # The vault's one cmdlet, as it answers.
        $vault = New-Item (Join-Path $TestDrive modules Vault Vault.psm1) -Force -Value @'
            function Get-Secret([string] $Name, [string] $Vault) {
                if ($Vault -ne 'Safe') { throw "There is no vault '$Vault'." }
                if ($Name -eq 'AzureDevOps') { return ConvertTo-SecureString $env:TEST_ADO -AsPlainText }
                [pscredential]::new($env:TEST_USER, (ConvertTo-SecureString $env:TEST_JIRA -AsPlainText))
            }
'@
        $null = New-Item (Join-Path $vault.Directory Vault.psd1) -Value "@{ RootModule = 'Vault.psm1'; ModuleVersion = '1.0'; FunctionsToExport = 'Get-Secret' }"
        $environment = @{
            PSModulePath = "$(Split-Path $vault.Directory)$([IO.Path]::PathSeparator)$env:PSModulePath"
            TEST_USER = $sandbox.jiraUser; TEST_JIRA = $sandbox.jiraToken; TEST_ADO = $sandbox.adoToken
        }
        $run = Sync '-Vault', 'Safe' $environment
        $run.ExitCode | Should -Be 0 -Because $run.Errors
        $run = Sync '-Vault', 'Other' $environment
        $run.ExitCode | Should -Be 1
        $run.Errors | Should -Match "no vault 'Other'"
    }

    It 'ends with 1 where it may not in, and names what is wrong' {
        $run = Sync -Environment @{ JIRA_USER = $sandbox.jiraUser; JIRA_TOKEN = 'wrong'; ADO_TOKEN = $sandbox.adoToken }
        $run.ExitCode | Should -Be 1
        $run.Errors + $run.Output | Should -Match 'credential|token|account'
        $run = Sync -Environment @{ JIRA_USER = ''; JIRA_TOKEN = ''; ADO_TOKEN = '' }
        $run.ExitCode | Should -Be 1
        $run.Errors + $run.Output | Should -Match 'JIRA_TOKEN'
    }
}

Describe 'A job of Azure Pipelines' {
    BeforeAll {
        $job = @{
            TF_BUILD = 'True'; AGENT_TEMPDIRECTORY = "$TestDrive"; SYSTEM_COLLECTIONURI = $sandbox.organization
            SYSTEM_TEAMPROJECT = $sandbox.project; SYSTEM_ACCESSTOKEN = $sandbox.adoToken
        }
        $sync = @"
            Import-Module '$module'
            `$null = Connect-JiraSite $($sandbox.jira) ([pscredential]::new('$($sandbox.jiraUser)', (ConvertTo-SecureString '$($sandbox.jiraToken)' -AsPlainText -Force)))
            `$null = Connect-AdoProject
            `$null = Invoke-JiraAdoSync -Jql 'project = SHOP'
"@
    }

    It 'is done with issues where something was left' {
        $job.AGENT_TEMPDIRECTORY = "$(New-Item "$TestDrive/trouble" -ItemType Directory)"
        Start-Trouble
        try { $run = Invoke-Pwsh '-Command', $sync $job }
        finally { Stop-Trouble }
        $run.Output | Should -Match '##vso\[task\.setvariable variable=outcome;isoutput=true\]Partial'
        $run.Output | Should -Match '##vso\[task\.complete result=SucceededWithIssues'
        (Invoke-Pwsh '-Command', $sync $job).Output | Should -Not -Match 'task\.complete'
    }

    It 'shows how far the run is, in the way of its log' {
        $job.AGENT_TEMPDIRECTORY = "$(New-Item "$TestDrive/progress" -ItemType Directory)"
        Start-Trouble
        Stop-Trouble
        $run = Invoke-Pwsh '-Command', $sync $job
        $lines = $run.Output -split "`n" -match '##vso\[task\.setprogress'
        $lines | Should -Not -BeNullOrEmpty
        $lines | Should -Match '^##vso\[task\.setprogress value=\d+;?\]Writing (work items|relations): \d+ of \d+'
        ($lines -replace '\].*' -join ' ') | Should -Not -Match '(value=\d+) \S+ \1\b'
        $run.Output + $run.Errors | Should -Not -Match "`e|Reading issues"
    }

    It 'gets logging commands, its outcome, and the credentials of the job' {
        $job.AGENT_TEMPDIRECTORY = "$TestDrive"
        $code = @"
            $sync
            Get-JiraReplica -Key 'NONE-1'
            Get-JiraReplica -Key 'NONE-2' -ErrorAction SilentlyContinue
"@
        $run = Invoke-Pwsh '-Command', $code $job
        $run.Output | Should -Match '##vso\[task\.setvariable variable=outcome;isoutput=true\]NoChange'
        $run.Output | Should -Match '##vso\[task\.uploadsummary\].*\.md'
        $run.Output | Should -Match '##vso\[task\.logissue type=error\].*NONE-1'
        $run.Output | Should -Not -Match '##vso.*NONE-2'
        Get-Content (Get-ChildItem $TestDrive -Filter 'JiraAdoSync run*.md') -Raw | Should -Match '# JiraAdoSync: NoChange'
    }
}

Describe 'The step that installs the module' {
    BeforeAll {
        $template = Get-Content (Join-Path (Split-Path $script) pipelines steps-install.yml) -Raw
        $template -match '(?s)- pwsh: \|\n(?<code>.*?)\n    displayName' | Should -BeTrue
        $code = $Matches.code -replace '(?m)^      '
        function Install([hashtable] $Environment) { Invoke-Pwsh '-Command', $code $Environment }
    }

    It 'takes it from a path, for the steps that follow' {
        $run = Install @{ MODULE_PATH = Split-Path $module }
        $run.ExitCode | Should -Be 0 -Because $run.Errors
        $run.Output -match '##vso\[task\.setvariable variable=PSModulePath\](?<path>.*)' | Should -BeTrue
        (Invoke-Pwsh '-Command', '(Get-Module JiraAdoSync -ListAvailable).Name' @{ PSModulePath = $Matches.path }).Output.Trim() | Should -Be JiraAdoSync
    }

    It 'says what is missing where there is neither a path nor a feed nor the module' {
        $run = Install @{ PSModulePath = "$TestDrive" }
        $run.ExitCode | Should -Be 1
        $run.Errors + $run.Output | Should -Match 'feed or modulePath'
    }
}

Describe 'Schedules' {
    BeforeAll {
        $scheduled = Join-Path (Split-Path $script) scheduled
        # Instead of pwsh: prints its arguments, and ends with the given code.
        $bin = New-Item (Join-Path $TestDrive bin) -ItemType Directory
        Set-Content (Join-Path $bin pwsh) "#!/bin/sh`nprintf '%s|' `"`$JIRA_USER`" `"`$JIRA_TOKEN`" `"`$ADO_TOKEN`" `"`$@`"; exit `${PWSH_ENDS:-0}"
        if (-not $IsWindows) { chmod +x (Join-Path $bin pwsh) }
        function Invoke-Line([string] $Line, [hashtable] $Environment) {
            $start = [Diagnostics.ProcessStartInfo]::new('/bin/sh')
            '-c', $Line | ForEach-Object { $start.ArgumentList.Add($_) }
            $start.Environment['PATH'] = "$bin`:$env:PATH"
            foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
            $start.RedirectStandardOutput = $true
            $process = [Diagnostics.Process]::Start($start)
            $output = $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
            [pscustomobject]@{ Output = $output; ExitCode = $process.ExitCode }
        }
    }

    It 'runs from a crontab, and says something only where something is wrong' -Skip:$IsWindows {
        $line = Get-Content (Join-Path $scheduled crontab) | Where-Object { $_ -like '`*/15 *' }
        $line -match '%' | Should -BeFalse -Because 'cron makes line breaks of them'
        $command = ($line -split ' ', 6)[5].Replace('/tmp/jiraadosync.lock', (Join-Path $TestDrive lock))
        $null = New-Item (Join-Path $TestDrive home .config jiraadosync.env) -Force -Value "JIRA_USER=me`nJIRA_TOKEN='a b'`nADO_TOKEN=c`n"
        $environment = @{ HOME = Join-Path $TestDrive home }
        (Invoke-Line $command $environment).Output | Should -BeNullOrEmpty
        $failed = Invoke-Line $command ($environment + @{ PWSH_ENDS = '2' })
        $failed.Output | Should -BeLike "me|a b|c|-NoProfile|-NonInteractive|-File|*/samples/sync.ps1|-Profile|*/.config/jiraadosync.psd1|*"
        (Invoke-Line "flock '$(Join-Path $TestDrive lock)' sh -c 'eval `"`$JIRAADOSYNC_LINE`"'" ($environment + @{ JIRAADOSYNC_LINE = $command; PWSH_ENDS = '2' })).Output |
            Should -BeNullOrEmpty -Because 'a run that is still on is no error'
    }

    It 'runs from a systemd unit with its credentials' -Skip:$IsWindows {
        $unit = (Get-Content (Join-Path $scheduled jiraadosync.service) -Raw) -replace '\\\n\s*', ' '
        $unit -match "(?m)^ExecStart=/bin/sh -c '(?<line>.*)'$" | Should -BeTrue
        $line = $Matches.line
        $null = New-Item (Join-Path $TestDrive creds jira-token) -Force -Value 'j t'
        $null = New-Item (Join-Path $TestDrive creds ado-token) -Force -Value 'a'
        $run = Invoke-Line $line @{ CREDENTIALS_DIRECTORY = Join-Path $TestDrive creds; JIRA_USER = 'me'; PWSH_ENDS = '2' }
        $run.ExitCode | Should -Be 2
        $run.Output | Should -BeLike 'me|j t|a|-NoProfile|-NonInteractive|-File|*/samples/sync.ps1|-Profile|/etc/jiraadosync/sync.psd1|'
        if (Get-Command systemd-analyze -ErrorAction Ignore) {
            Copy-Item (Join-Path $scheduled 'jiraadosync.*') $TestDrive
            systemd-analyze verify (Join-Path $TestDrive jiraadosync.service) (Join-Path $TestDrive jiraadosync.timer) 2>&1 | Should -BeNullOrEmpty
        }
    }

    It 'registers a task for Windows' {
        function New-ScheduledTaskAction($Execute, $Argument) { "$Argument" }
        function New-ScheduledTaskTrigger([switch] $Once, [datetime] $At, [timespan] $RepetitionInterval) { $RepetitionInterval }
        function New-ScheduledTaskSettingsSet($MultipleInstances, [timespan] $ExecutionTimeLimit, [switch] $StartWhenAvailable) { $ExecutionTimeLimit }
        function Register-ScheduledTask($TaskName, [switch] $Force, $Action, $Trigger, $Settings) { "$TaskName every $Trigger, $Settings at most: $Action" }
        $before = $env:LOCALAPPDATA
        $env:LOCALAPPDATA = "$TestDrive"
        try {
            $given = @{ Profile = (New-Item (Join-Path $TestDrive 'my sync.psd1') -Value '@{}').FullName }
            $task = & (Join-Path $scheduled Register-Task.ps1) @given
            $task | Should -BeLike 'JiraAdoSync every 00:15:00, 02:00:00 at most: -NoProfile -NonInteractive -File "*sync.ps1" -Profile "*my sync.psd1" -Transcript *'
            & (Join-Path $scheduled Register-Task.ps1) @given -WhatIf | Should -BeNullOrEmpty
        }
        finally {
            $env:LOCALAPPDATA = $before
        }
    }
}
