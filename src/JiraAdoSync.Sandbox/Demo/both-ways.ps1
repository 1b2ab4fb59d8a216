# The demo's second act: people edit both sides, one run brings them in step, and a conflict is held, and then decided.
# DemoCommand runs it after samples/recipe-story.ps1, with the same parameters.
param(
    [Parameter(Mandatory)] [uri] $JiraUri,
    [Parameter(Mandatory)] [pscredential] $JiraCredential,
    [Parameter(Mandatory)] [uri] $OrganizationUri,
    [Parameter(Mandatory)] [string] $Project,
    [Parameter(Mandatory)] [securestring] $AdoToken,
    [Parameter(Mandatory)] [string] $Jql
)

function title($Text) { "`n$($PSStyle.Bold)$Text$($PSStyle.Reset)" | Out-Default }

# What a person does in a browser.
function Set-Summary($Key, $Summary) {
    "In Jira, somebody calls $Key '$Summary'." | Out-Default
    $null = Invoke-RestMethod "$JiraUri/rest/api/2/issue/$Key" -Method Put -Authentication Basic -Credential $JiraCredential `
        -AllowUnencryptedAuthentication -ContentType application/json -Body (@{ fields = @{ summary = $Summary } } | ConvertTo-Json)
}

function Set-Title($Id, $Title) {
    "In Azure DevOps, somebody calls work item $Id '$Title'." | Out-Default
    $token = [pscredential]::new('demo', $AdoToken)
    $body = ConvertTo-Json @(@{ op = 'add'; path = '/fields/System.Title'; value = $Title })
    $null = Invoke-RestMethod "$OrganizationUri/_apis/wit/workitems/${Id}?api-version=7.1" -Method Patch -Authentication Basic `
        -Credential $token -AllowUnencryptedAuthentication -ContentType application/json-patch+json -Body $body
}

# What both sides call the issues now.
function Show-Both {
    $items = Get-AdoWorkItem -Wiql '[System.Id] > 0'
    Get-JiraReplica -Key SHOP-1, SHOP-3, SHOP-4 | Sort-Object Key | Format-Table @{ Name = 'Issue'; Expression = 'Key' },
        @{ Name = 'Jira'; Expression = 'Summary' },
        @{ Name = 'Azure DevOps'; Expression = { $key = $_.Key; ($items | Where-Object Key -eq $key).Title } } | Out-Default
}

# The second key: without it a run in this direction stops before anything is read.
$null = Connect-JiraSite -Uri $JiraUri -Credential $JiraCredential -AllowWrite
$options = @{ Jql = $Jql; Direction = 'Both'; FieldMapping = @{ 'Assigned To' = $null } }
# The first run of both ways records what both sides have in common.
$null = Invoke-JiraAdoSync @options
$ids = @{}
Get-AdoWorkItem -Wiql '[System.Id] > 0' | Where-Object Key | ForEach-Object { $ids[$_.Key] = $_.WorkItemId }

title '6. Both ways: people edit both sides'
Set-Summary SHOP-4 'Totals are rounded to cents'
Set-Title $ids['SHOP-3'] 'Build the checkout page, with PayPal'
Set-Summary SHOP-1 'Customers can pay by card or by invoice'
Set-Title $ids['SHOP-1'] 'Customers can pay by card and with PayPal'

title '7. One run brings them in step; what both changed is held'
$results = @(Invoke-JiraAdoSync @options -WarningAction SilentlyContinue)
$results | Where-Object Action -ne Keep | Out-Default
$conflict = $results | Where-Object Action -eq Conflict
$conflict | Format-List | Out-Default

title '8. The conflict is decided: Azure DevOps is right'
$decide = $conflict.Decide -replace 'JiraWins', 'AdoWins'
"> $decide" | Out-Default
$null = & ([scriptblock]::Create($decide))
Show-Both
Invoke-JiraAdoSync @options | Where-Object Outcome
