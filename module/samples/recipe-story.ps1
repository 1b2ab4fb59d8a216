# The recipe's story: what Jira has, the plan, the run, what Azure DevOps has then, and a second run.
#
#   ./recipe-story.ps1 -JiraUri https://contoso.atlassian.net -JiraCredential (Get-Credential) `
#       -OrganizationUri https://dev.azure.com/contoso -Project Fabrikam -AdoToken (Read-Host -AsSecureString) `
#       -Jql 'project = SHOP'
#
# It writes work items and relations to the project: try it on one that is made for trying.
param(
    [Parameter(Mandatory)] [uri] $JiraUri,
    [Parameter(Mandatory)] [pscredential] $JiraCredential,
    [Parameter(Mandatory)] [uri] $OrganizationUri,
    [Parameter(Mandatory)] [string] $Project,
    [Parameter(Mandatory)] [securestring] $AdoToken,
    [Parameter(Mandatory)] [string] $Jql
)

function title($Text) { "`n$($PSStyle.Bold)$Text$($PSStyle.Reset)" | Out-Default }

# Draws a work item with its relations, and its children below it.
function tree($Id, $Indent = '', $As = '') {
    "$Indent$As$($PSStyle.Bold)$($items[$Id].WorkItemType) $Id$($PSStyle.Reset)  $($items[$Id].Summary)"
    $relations = @(Get-AdoRelation $Id | Where-Object TargetWorkItemId)
    foreach ($relation in $relations | Where-Object Name -notin Parent, Child) {
        $other = $items[$relation.TargetWorkItemId]
        "$Indent    $($relation.Name)  $($other.WorkItemType) $($other.WorkItemId)  ($($other.Summary))"
    }
    foreach ($child in $relations | Where-Object Name -eq Child) { tree $child.TargetWorkItemId "$Indent    " 'Child  ' }
}

title 'Connected to'
Connect-JiraSite -Uri $JiraUri -Credential $JiraCredential | Out-Default
Connect-AdoProject -OrganizationUri $OrganizationUri -Project $Project -Token $AdoToken | Out-Default

title '1. What Jira has'
$replicas = @(Get-JiraReplica -Jql $Jql)
$replicas | Out-Default
$replicas | Get-JiraIssueLinks -IncludeParent | Out-Default

title '2. The plan: nothing is written yet'
Invoke-JiraAdoSync -Jql $Jql -PlanOnly -OutVariable plan | Out-Default
"Azure DevOps has work items for $(@($plan | Where-Object WorkItemId).Count) of these $($replicas.Count) issues." | Out-Default

title '3. The run'
$results = @(Invoke-JiraAdoSync -Jql $Jql)
$results | Out-Default

title '4. What Azure DevOps has'
$items = @{}
foreach ($result in $results | Where-Object WorkItemType) { $items[$result.WorkItemId] = $result }
$children = @(Get-AdoRelation @($items.Keys) | Where-Object Name -eq Child | ForEach-Object TargetWorkItemId)
foreach ($result in $results | Where-Object { $_.WorkItemType -and $_.WorkItemId -notin $children }) { tree $result.WorkItemId }

title '5. A second run changes nothing'
Invoke-JiraAdoSync -Jql $Jql | Where-Object Outcome
