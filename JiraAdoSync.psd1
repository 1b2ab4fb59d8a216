@{
    RootModule           = 'JiraAdoSync.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '9cafef35-9b4c-402d-84b5-c12ff3f5465b'
    Author               = 'The JiraAdoSync authors'
    CompanyName          = 'The JiraAdoSync authors'
    Copyright            = '(c) 2026 The JiraAdoSync authors. MIT licence.'
    Description          = 'Recreates the graph of a Jira selection in Azure DevOps Boards, and keeps it up to date: issues as work items, issue links as relations of the right type and direction, sub-tasks and epics as a hierarchy.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    # Whose types the types file names: it is read before the module itself.
    RequiredAssemblies   = @('JiraAdoSync.Core.dll')
    TypesToProcess       = @('JiraAdoSync.types.ps1xml')
    FormatsToProcess     = @('JiraAdoSync.format.ps1xml')
    CmdletsToExport      = @(
        'Clear-JiraAdoCorrelation'
        'Compare-AdoRelation'
        'Compare-JiraAdoProfile'
        'Connect-AdoProject'
        'Connect-JiraAdo'
        'Connect-JiraSite'
        'Convert-LinkType'
        'Convert-RelationType'
        'Disconnect-JiraAdo'
        'Export-JiraAdoCorrelation'
        'Export-JiraAdoPlan'
        'Export-JiraAdoProfile'
        'Export-JiraAdoReport'
        'Get-AdoRelation'
        'Get-AdoWorkItem'
        'Get-JiraAdoConnection'
        'Get-JiraAdoCorrelation'
        'Get-JiraAdoOrphan'
        'Get-JiraAdoRun'
        'Get-JiraAdoWatch'
        'Get-JiraIssueLinks'
        'Get-JiraReplica'
        'Get-LinkTypeMapping'
        'Import-JiraAdoCorrelation'
        'Invoke-JiraAdoPlan'
        'Invoke-JiraAdoSync'
        'New-JiraAdoProfile'
        'Remove-JiraAdoRun'
        'Set-JiraAdoCorrelation'
        'Sync-AdoRelation'
        'Sync-AdoWorkItem'
        'Sync-JiraIssue'
        'Sync-JiraLink'
        'Test-IssueTypeMapping'
        'Test-JiraAdoSync'
        'Test-LinkTypeMapping'
        'Undo-JiraAdoRun'
        'Watch-JiraAdoSync'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Jira', 'AzureDevOps', 'AzureBoards', 'Sync', 'Migration', 'WorkItems', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ProjectUri   = 'https://jiraadosync.example/'
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'The first version. CHANGELOG.md in the project describes it.'
        }
    }
}
