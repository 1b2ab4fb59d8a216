# What index.js runs, with the task's inputs in the environment. The module lies beside it.
$ErrorActionPreference = 'Continue'
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'

function Table($Json) {
    if (-not $Json) { return $null }
    $table = $Json | ConvertFrom-Json -AsHashtable
    # A list of candidates is a list of strings there.
    foreach ($key in @($table.Keys)) { if ($table[$key] -is [array]) { $table[$key] = [string[]] $table[$key] } }
    $table
}

try {
    Import-Module (Join-Path $PSScriptRoot JiraAdoSync) -ErrorAction Stop
    $keys = @{ AllowWrite = $env:ALLOW_WRITE -eq 'true'; ErrorAction = 'Stop' }
    $secret = ConvertTo-SecureString $env:JIRA_TOKEN -AsPlainText -Force
    $null = if ($env:JIRA_USER) {
        Connect-JiraSite $env:JIRA_URI ([pscredential]::new($env:JIRA_USER, $secret)) @keys
    }
    else {
        Connect-JiraSite $env:JIRA_URI -Token $secret @keys
    }
    $token = ConvertTo-SecureString $env:ADO_TOKEN -AsPlainText -Force
    $null = Connect-AdoProject $env:ADO_ORGANIZATION $env:ADO_PROJECT $token -ErrorAction Stop
    $env:JIRA_TOKEN = $env:ADO_TOKEN = $null

    $options = @{ Jql = $env:JQL; Unmapped = $env:UNMAPPED; OnConflict = $env:ON_CONFLICT }
    if ($env:LINK_TYPE_MAPPING) { $options.LinkTypeMapping = Table $env:LINK_TYPE_MAPPING }
    if ($env:TYPE_MAPPING) { $options.TypeMapping = Table $env:TYPE_MAPPING }
    if ($env:DIRECTION) { $options.Direction = $env:DIRECTION }
    if ($env:WIQL) { $options.Wiql = $env:WIQL }
    if ($env:JIRA_PROJECT) { $options.JiraProject = $env:JIRA_PROJECT }
    if ($env:PRUNE -eq 'true') { $options.Prune = $true }
    if ($env:PLAN_ONLY -eq 'true') { $options.PlanOnly = $true }
    $results = @(Invoke-JiraAdoSync @options)
    $results | Export-JiraAdoReport $env:REPORT
    $results | Where-Object { $_.PSObject.TypeNames[0] -like '*SyncSummary' -or $_.Action -notin 'Keep', 'Adopt', 'Merge' } |
        Out-String -Width 160
}
catch {
    Write-Error $_
    exit 1
}
