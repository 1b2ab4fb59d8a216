#!/usr/bin/env pwsh
# A sync that nobody watches: for cron, a systemd timer, the Windows Task Scheduler, or a step of any pipeline.
#
#   pwsh -NoProfile -File sync.ps1 -Profile sync.psd1 -Report report.html
#
# New-JiraAdoProfile writes the profile: both sites, the query, and every mapping. Secrets come from where Connect-JiraAdo
# finds them: a vault of SecretManagement (secrets JiraAdoSync.Jira and JiraAdoSync.Ado, or the names that the profile has
# as JiraSecret and AdoSecret), or the environment: JIRA_TOKEN and ADO_TOKEN. For Jira Cloud the profile's JiraUser, or
# JIRA_USER, is the account's e-mail address; for a personal access token of Data Center there is neither.
#
# Without a profile the sites and the query are parameters, and -Vault names the vault of a credential "Jira" and a secure
# string "AzureDevOps":
#
#   pwsh -NoProfile -File sync.ps1 -JiraUri https://contoso.atlassian.net -OrganizationUri https://dev.azure.com/contoso `
#       -Project Fabrikam -Jql 'project = SHOP'
#
# Further parameters of Invoke-JiraAdoSync are the text of a hashtable, since a file gets texts only from a shell:
#
#   pwsh -NoProfile -File sync.ps1 -Profile sync.psd1 -Options '@{ Prune = $true; Unmapped = "Warn" }'
#
# Exit code: 0 NoChange or Changed; 2 Partial: something was left, and the next run tries again; 1 Failed.
[CmdletBinding(DefaultParameterSetName = 'Profile')]
param(
    [Parameter(Mandatory, ParameterSetName = 'Profile')] [Alias('Profile')] [string] $ProfilePath,
    [Parameter(Mandatory, ParameterSetName = 'Sites')] [uri] $JiraUri,
    [Parameter(Mandatory, ParameterSetName = 'Sites')] [uri] $OrganizationUri,
    [Parameter(Mandatory, ParameterSetName = 'Sites')] [string] $Project,
    [Parameter(Mandatory, ParameterSetName = 'Sites')] [string] $Jql,
    [Parameter(ParameterSetName = 'Sites')] [string] $Vault,
    # Lets the run write to Jira, where its direction is AdoToJira or Both.
    [switch] $AllowWrite,
    # Further parameters of Invoke-JiraAdoSync: a hashtable, or the text of one, of which nothing is run.
    [object] $Options = @{},
    # An HTML or Markdown file to write the report to.
    [string] $Report,
    # A folder for transcripts. Nothing that the module says holds a secret.
    [string] $Transcript
)

$ErrorActionPreference = 'Continue'
# One line a message, without colours: it is written to a log.
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'
$exitCode = 1

function Secret([string] $Name) {
    if (-not $Name) { throw 'A credential is missing. Set JIRA_TOKEN, ADO_TOKEN and for Jira Cloud JIRA_USER, or give -Vault.' }
    ConvertTo-SecureString $Name -AsPlainText -Force
}

function Table([object] $Value) {
    if ($Value -is [hashtable]) { return $Value.Clone() }
    try {
        $text = "$Value".Trim()
        $wrong = $null
        $table = [Management.Automation.Language.Parser]::ParseInput($text, [ref] $null, [ref] $wrong).Find(
            { $args[0] -is [Management.Automation.Language.HashtableAst] }, $false)
        if (-not $wrong -and $table.Extent.Text -eq $text) { return $table.SafeGetValue() }
    }
    catch { Write-Debug $_ }
    throw "-Options is no hashtable of values: $Value"
}

function Connect-Site {
    if ($Vault) {
        $jira = Get-Secret Jira -Vault $Vault -ErrorAction Stop
        $token = Get-Secret AzureDevOps -Vault $Vault -ErrorAction Stop
    }
    else {
        $jira = Secret $env:JIRA_TOKEN
        if ($env:JIRA_USER) { $jira = [pscredential]::new($env:JIRA_USER, $jira) }
        $token = Secret $env:ADO_TOKEN
    }
    # Without a user it is a personal access token of Data Center.
    $as = $jira -is [pscredential] ? @{ Credential = $jira } : @{ Token = $jira }
    Connect-JiraSite $JiraUri @as -AllowWrite:$AllowWrite -ErrorAction Stop
    Connect-AdoProject $OrganizationUri $Project $token -ErrorAction Stop
}

try {
    $further = Table $Options
    if ($Transcript) {
        $null = New-Item $Transcript -ItemType Directory -Force
        $null = Start-Transcript (Join-Path $Transcript "jiraadosync-$(Get-Date -Format 'yyyyMMdd-HHmmss').log")
    }
    Import-Module (Join-Path (Split-Path $PSScriptRoot) JiraAdoSync.psd1) -ErrorAction Stop
    if ($ProfilePath) {
        $null = Connect-JiraAdo $ProfilePath -AllowWrite:$AllowWrite -ErrorAction Stop
        $further.Profile = $ProfilePath
    }
    else {
        $null = Connect-Site
        $further.Jql = $Jql
    }

    $results = @(Invoke-JiraAdoSync @further)
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
