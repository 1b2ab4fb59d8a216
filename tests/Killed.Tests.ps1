# Runs that somebody kills, in a shell as users have it: the real process ends, and the next run completes the work.

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module -Force
    $sandbox = Start-Sandbox
    Connect-Sandbox $sandbox

    # Stops at its first result, until it is read from: there it is killed. Says first which process it is.
    $halfway = @"
        "process `$PID"
        Import-Module '$module'
        `$null = Connect-JiraSite $($sandbox.jira) ([pscredential]::new('$($sandbox.jiraUser)', (ConvertTo-SecureString '$($sandbox.jiraToken)' -AsPlainText)))
        `$null = Connect-AdoProject $($sandbox.organization) $($sandbox.project) (ConvertTo-SecureString '$($sandbox.adoToken)' -AsPlainText)
        Invoke-JiraAdoSync -Jql 'project = SHOP' | ForEach-Object { "result `$(`$_.Action)"; `$null = [Console]::In.ReadLine() }
"@

    function Read-Until($Process, [string] $Pattern) {
        while ($null -ne ($line = $Process.StandardOutput.ReadLine())) { if ($line -match $Pattern) { return $Matches[1] } }
        throw "The shell ended and never wrote '$Pattern'. $($Process.StandardError.ReadToEnd())"
    }

    # Kills a shell in the middle of a run; returns the id of the process in which the run was.
    function Stop-Halfway([string[]] $Command) {
        $process = Start-Pwsh '-Command', $halfway @{} $Command
        $id = [int] (Read-Until $process '^process (\d+)')
        Read-Until $process '^result (\w+)' | Should -Be 'Create'
        $process.Kill($true)
        $process.WaitForExit()
        [pscustomobject]@{ Started = $process.Id; Ran = $id }
    }

    # Waits for the end of a process that is no child of this one.
    function Test-Ended([int] $Id) {
        try { [Diagnostics.Process]::GetProcessById($Id).WaitForExit(60000) } catch [ArgumentException] { $true }
    }
}

AfterAll {
    Disconnect-JiraAdo
    Stop-Sandbox $sandbox
}

Describe 'A run that is killed' {
    BeforeEach { Reset-Sandbox $sandbox }

    It 'is in the process that is started here' {
        $killed = Stop-Halfway $shell
        $killed.Ran | Should -Be $killed.Started
        Test-Ended $killed.Ran | Should -BeTrue
    }

    It 'ends with the launcher of the tool that it was started by' {
        $killed = Stop-Halfway 'dotnet', 'pwsh'
        $killed.Ran | Should -Not -Be $killed.Started -Because 'the tool is a launcher'
        Test-Ended $killed.Ran | Should -BeTrue
    }

    It 'is completed by the next one, which makes nothing twice' {
        $null = Stop-Halfway $shell
        $next = Invoke-JiraAdoSync -Jql 'project = SHOP'
        $next[-1].Outcome | Should -BeIn 'Changed', 'NoChange'
        $next | Where-Object WorkItemType | Select-Object -ExpandProperty WorkItemId -Unique | Should -HaveCount 6
        (Invoke-JiraAdoSync -Jql 'project = SHOP')[-1].Outcome | Should -Be 'NoChange'
        Get-JiraAdoOrphan -Jql 'project = SHOP' | Should -BeNullOrEmpty
    }
}
