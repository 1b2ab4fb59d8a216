#!/usr/bin/env pwsh
# A sync that nobody watches: for cron, a systemd timer, the Windows Task Scheduler, or a step of any pipeline.
#
#   pwsh -NoProfile -File sync.ps1 -JiraUri https://contoso.atlassian.net -OrganizationUri https://dev.azure.com/contoso `
#       -Project Fabrikam -Jql 'project = SHOP' -Report report.html
#
# Credentials come from a vault of SecretManagement (-Vault): a credential named "Jira" and a secure string named
# "AzureDevOps"; without it, from the environment: JIRA_USER, JIRA_TOKEN, ADO_TOKEN.
#
# Exit code: 0 NoChange or Changed; 2 Partial: something was left, and the next run tries again; 1 Failed.
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [uri] $JiraUri,
    [Parameter(Mandatory)] [uri] $OrganizationUri,
    [Parameter(Mandatory)] [string] $Project,
    [Parameter(Mandatory)] [string] $Jql,
    [string] $Vault,
    # Further parameters of Invoke-JiraAdoSync, as in -Options @{ Prune = $true; Unmapped = 'Warn' }.
    [hashtable] $Options = @{},
    # An HTML or Markdown file to write the report to.
    [string] $Report,
    # A folder for transcripts. Nothing that the module says holds a secret.
    [string] $Transcript
)

$ErrorActionPreference = 'Continue'
# One line a message, without colours: it goes to a log.
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'
$exitCode = 1

function Secret([string] $Name) {
    if (-not $Name) { throw 'A credential is missing. Set JIRA_USER, JIRA_TOKEN and ADO_TOKEN, or give -Vault.' }
    ConvertTo-SecureString $Name -AsPlainText -Force
}

try {
    if ($Transcript) {
        $null = New-Item $Transcript -ItemType Directory -Force
        $null = Start-Transcript (Join-Path $Transcript "jiraadosync-$(Get-Date -Format 'yyyyMMdd-HHmmss').log")
    }
    Import-Module (Join-Path (Split-Path $PSScriptRoot) JiraAdoSync.psd1) -ErrorAction Stop
    if ($Vault) {
        $jira = Get-Secret Jira -Vault $Vault -ErrorAction Stop
        $token = Get-Secret AzureDevOps -Vault $Vault -ErrorAction Stop
    }
    else {
        $jira = [pscredential]::new($env:JIRA_USER, (Secret $env:JIRA_TOKEN))
        $token = Secret $env:ADO_TOKEN
    }
    $null = Connect-JiraSite $JiraUri $jira -ErrorAction Stop
    $null = Connect-AdoProject $OrganizationUri $Project $token -ErrorAction Stop

    $results = @(Invoke-JiraAdoSync -Jql $Jql @Options)
    $summary = $results[-1]
    if ($Report) { $results | Export-JiraAdoReport $Report }
    # What is as it was needs no line in a log.
    $results | Where-Object { $_ -eq $summary -or $_.Action -notin 'Keep', 'Adopt', 'Merge' } | Out-String -Width 160
    $exitCode = @{ NoChange = 0; Changed = 0; Partial = 2; Failed = 1 }["$($summary.Outcome)"]
}
catch {
    Write-Error $_
}
finally {
    if (Get-Command Disconnect-JiraAdo -ErrorAction Ignore) { Disconnect-JiraAdo }
    if ($Transcript) { $null = Stop-Transcript }
}
exit $exitCode
