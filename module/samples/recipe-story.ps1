# The recipe's story: what Jira has, the plan, the run, what Azure DevOps has then, and a second run.
#
#   ./recipe-story.ps1 -JiraUri https://contoso.atlassian.net -JiraCredential (Get-Credential) `
#       -OrganizationUri https://dev.azure.com/contoso -Project Fabrikam -AdoToken (Read-Host -AsSecureString) `
#       -Jql 'project = SHOP'
#
# It writes work items and relations to the project. Try it on a project that is made for trying.
param(
    [Parameter(Mandatory)] [uri] $JiraUri,
    [Parameter(Mandatory)] [pscredential] $JiraCredential,
    [Parameter(Mandatory)] [uri] $OrganizationUri,
    [Parameter(Mandatory)] [string] $Project,
    [Parameter(Mandatory)] [securestring] $AdoToken,
    [Parameter(Mandatory)] [string] $Jql
)

function heading($Text) { '', "$($PSStyle.Bold)$Text$($PSStyle.Reset)" }

# Draws a work item with its relations, and its children below it.
function tree($Id, $Indent = '') {
    $item = $items[$Id]
    "$Indent$($PSStyle.Bold)$($item.WorkItemType) $Id$($PSStyle.Reset)  $($item.Summary)"
    $relations = $items.Contains($Id) ? (Get-AdoRelation $Id | Where-Object TargetWorkItemId) : @()
    foreach ($relation in $relations | Where-Object Name -notin Parent, Child) {
        $other = $items[$relation.TargetWorkItemId]
        "$Indent    $($PSStyle.Foreground.Cyan)$($relation.Name)$($PSStyle.Reset)  $($other.WorkItemType) $($other.WorkItemId)"
    }
    foreach ($child in $relations | Where-Object Name -eq Child) { tree $child.TargetWorkItemId "$Indent    " }
}

Connect-JiraSite -Uri $JiraUri -Credential $JiraCredential
Connect-AdoProject -OrganizationUri $OrganizationUri -Project $Project -Token $AdoToken

heading '1. What Jira has'
$replicas = @(Get-JiraReplica -Jql $Jql)
$replicas
$replicas | Get-JiraIssueLinks -IncludeParent

heading '2. The plan: nothing is written yet'
Invoke-JiraAdoSync -Jql $Jql -PlanOnly

heading '3. The run'
$results = @(Invoke-JiraAdoSync -Jql $Jql)
$results

heading '4. What Azure DevOps has'
$items = @{}
foreach ($result in $results | Where-Object WorkItemType) { $items[$result.WorkItemId] = $result }
$children = @(Get-AdoRelation @($items.Keys) | Where-Object Name -eq Child | ForEach-Object TargetWorkItemId)
foreach ($id in $results.WorkItemId | Where-Object { $items.Contains($_) -and $_ -notin $children }) { tree $id }

heading '5. A second run changes nothing'
Invoke-JiraAdoSync -Jql $Jql | Where-Object Outcome
