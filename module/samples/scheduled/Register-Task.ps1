# Registers a task of the Windows Task Scheduler that syncs every 15 minutes, as the user who runs this, with the secrets in
# that user's SecretManagement vault:
#
#   Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore
#   Register-SecretVault JiraAdoSync -ModuleName Microsoft.PowerShell.SecretStore
#   Set-SecretStoreConfiguration -Authentication None -Interaction None   # the user's own account protects it
#   Set-Secret Jira (Get-Credential) -Vault JiraAdoSync                   # e-mail address and API token
#   Set-Secret AzureDevOps (Read-Host -AsSecureString) -Vault JiraAdoSync # personal access token
#   ./Register-Task.ps1 -JiraUri https://contoso.atlassian.net -OrganizationUri https://dev.azure.com/contoso `
#       -Project Fabrikam -Jql 'project = SHOP'
#
# The task's last result is sync.ps1's exit code: 0 done, 2 something was left for the next run, 1 failed.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [uri] $JiraUri,
    [Parameter(Mandatory)] [uri] $OrganizationUri,
    [Parameter(Mandatory)] [string] $Project,
    [Parameter(Mandatory)] [string] $Jql,
    [string] $Vault = 'JiraAdoSync',
    [string] $TaskName = 'JiraAdoSync',
    [timespan] $Every = '00:15'
)

$script = Join-Path (Split-Path $PSScriptRoot) sync.ps1
$logs = Join-Path $env:LOCALAPPDATA JiraAdoSync logs
$arguments = @(
    '-NoProfile', '-NonInteractive', '-File', "`"$script`"", '-JiraUri', $JiraUri, '-OrganizationUri', $OrganizationUri
    '-Project', "`"$Project`"", '-Jql', "`"$Jql`"", '-Vault', $Vault, '-Transcript', "`"$logs`""
) -join ' '
if ($PSCmdlet.ShouldProcess($TaskName, "Register a task that runs: pwsh $arguments")) {
    Register-ScheduledTask -TaskName $TaskName -Force `
        -Action (New-ScheduledTaskAction -Execute (Get-Command pwsh).Source -Argument $arguments) `
        -Trigger (New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval $Every) `
        -Settings (New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit '02:00' -StartWhenAvailable)
}
