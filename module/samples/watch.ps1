#!/usr/bin/env pwsh
# A sync that runs by itself: for a systemd service, a container, a task of Windows that starts with the machine, or a job of a
# pipeline. See docs/watching.md, and the folder watching beside this file.
#
#   pwsh -NoProfile -NonInteractive -File watch.ps1 -Profile sync.psd1 -StopAfter 00:55:00
#
# New-JiraAdoProfile writes the profile. Secrets come from where Connect-JiraAdo finds them: a vault of SecretManagement (secrets
# JiraAdoSync.Jira and JiraAdoSync.Ado, or the names that the profile has as JiraSecret and AdoSecret), or the environment:
# JIRA_TOKEN and ADO_TOKEN, and for Jira Cloud JIRA_USER. The secrets of webhooks are JIRA_HOOK_SECRET, which Jira signs with, and
# ADO_HOOK_SECRET, which Azure DevOps sends as X-Hook-Secret. In files that only the service can read: the same names with _FILE.
#
# Each run that changed something, and each warning and error, is a line of standard output, or with -Log of a file a day.
# Exit code: 0 where it was stopped, 1 where it can't work.
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [Alias('Profile')] [string] $ProfilePath,
    # Lets runs write to Jira, where the profile's Direction is AdoToJira or Both.
    [switch] $AllowWrite,
    # An address to listen on for webhooks, such as http://localhost:8080/; in a container http://*:8080/.
    [string] $Listen,
    [timespan] $PollInterval = '00:01',
    [timespan] $FullEvery = '06:00',
    # When it ends; without it, it does not.
    [timespan] $StopAfter,
    # Records of runs that are older, by which a run could be undone, are deleted at the start and once a day.
    [int] $KeepRunsForDays = 90,
    # A folder for logs: a file a day, of which the last fourteen are kept.
    [string] $Log
)

$ErrorActionPreference = 'Continue'
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'
$exitCode = 1

function Write-Log([string] $Text) {
    $line = "$([datetime]::UtcNow.ToString('s'))Z $($Text -replace '\s*\r?\n\s*', ' ')"
    if (-not $Log) { return $line }
    $file = Join-Path $Log "watch-$([datetime]::UtcNow.ToString('yyyyMMdd')).log"
    if (-not (Test-Path -LiteralPath $file)) {
        Get-ChildItem -LiteralPath $Log -Filter 'watch-*.log' | Sort-Object Name -Descending | Select-Object -Skip 13 | Remove-Item
    }
    Add-Content -LiteralPath $file $line
}

function Remove-OldRun {
    $today = [datetime]::UtcNow.Date
    if ($script:cleaned -eq $today) { return }
    $script:cleaned = $today
    Remove-JiraAdoRun -OlderThan $today.AddDays(-$KeepRunsForDays) -Confirm:$false
}

function Write-Run([object] $One) {
    Remove-OldRun
    if ($One -is [Management.Automation.ErrorRecord]) { return Write-Log "Error: $($One.FullyQualifiedErrorId): $One" }
    if ($One -is [Management.Automation.WarningRecord]) { return Write-Log "Warning: $One" }
    # What is as it was needs no line in a log.
    if ("$($One.Outcome)" -eq 'NoChange') { return }
    $counts = foreach ($kind in 'WorkItems', 'Relations', 'JiraIssues', 'JiraLinks') {
        foreach ($action in $One.$kind.Keys | Where-Object { $_ -notin 'Keep', 'Adopt', 'Merge' }) { "$kind $action $($One.$kind[$action])" }
    }
    Write-Log "Outcome: $($One.Outcome), run $($One.RunId)$($counts | ForEach-Object { ", $_" })$(if ($One.FailedKeys) { ", failed: $($One.FailedKeys)" })"
}

# A secret of the environment, or of a file that it names.
function Read-Secret([string] $Name) {
    $file = [Environment]::GetEnvironmentVariable("${Name}_FILE")
    $text = $file ? (Get-Content -LiteralPath $file -Raw -ErrorAction Stop).Trim() : [Environment]::GetEnvironmentVariable($Name)
    if ($text) { ConvertTo-SecureString $text -AsPlainText -Force }
}

try {
    if ($Log) { $null = New-Item $Log -ItemType Directory -Force }
    Import-Module (Join-Path (Split-Path $PSScriptRoot) JiraAdoSync.psd1) -ErrorAction Stop
    $given = @{ Profile = $ProfilePath; PollInterval = $PollInterval; FullEvery = $FullEvery }
    if ($StopAfter) { $given.StopAfter = $StopAfter }
    if ($Listen) {
        $given.Listen = $Listen
        if ($secret = Read-Secret JIRA_HOOK_SECRET) { $given.JiraHookSecret = $secret }
        if ($secret = Read-Secret ADO_HOOK_SECRET) { $given.AdoHookSecret = $secret }
    }

    foreach ($name in 'JIRA_TOKEN', 'ADO_TOKEN') {
        $file = [Environment]::GetEnvironmentVariable("${name}_FILE")
        if ($file) { [Environment]::SetEnvironmentVariable($name, (Get-Content -LiteralPath $file -Raw -ErrorAction Stop).Trim()) }
    }

    $null = Connect-JiraAdo $ProfilePath -AllowWrite:$AllowWrite -ErrorAction Stop
    Remove-OldRun
    Write-Log "Started: $(Get-JiraAdoConnection)"
    Watch-JiraAdoSync @given 2>&1 3>&1 | ForEach-Object { Write-Run $_ }
    Write-Log 'Stopped.'
    $exitCode = 0
}
catch {
    # Standard error has it too, where the log is a file.
    Write-Log "Error: $($_.FullyQualifiedErrorId): $_"
    Write-Error $_
}
finally {
    if (Get-Command Disconnect-JiraAdo -ErrorAction Ignore) { Disconnect-JiraAdo }
}
exit $exitCode
