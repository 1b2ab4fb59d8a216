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

    It 'is told how far the run is, in the way of its log' {
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
