# Registers a task of the Windows Task Scheduler that syncs every 15 minutes, as the user who runs this, by a profile as
# New-JiraAdoProfile writes it, with the secrets in that user's SecretManagement vault:
#
#   Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore
#   Register-SecretVault JiraAdoSync -ModuleName Microsoft.PowerShell.SecretStore
#   Set-SecretStoreConfiguration -Authentication None -Interaction None    # the user's own account protects it
#   Set-Secret JiraAdoSync.Jira (Get-Credential)                           # e-mail address and API token; for Data
#                                                                          # Center (Read-Host -AsSecureString)
#   Set-Secret JiraAdoSync.Ado (Read-Host -AsSecureString)                 # personal access token
#   ./Register-Task.ps1 -Profile sync.psd1
#
# The task's last result is sync.ps1's exit code: 0 done, 2 something was left for the next run, 1 failed.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [Alias('Profile')] [string] $ProfilePath,
    [string] $TaskName = 'JiraAdoSync',
    [timespan] $Every = '00:15'
)

$file = (Resolve-Path -LiteralPath $ProfilePath -ErrorAction Stop).ProviderPath
$script = Join-Path (Split-Path $PSScriptRoot) sync.ps1
$logs = Join-Path $env:LOCALAPPDATA JiraAdoSync logs
$arguments = @(
    '-NoProfile', '-NonInteractive', '-File', "`"$script`"", '-Profile', "`"$file`"", '-Transcript', "`"$logs`""
) -join ' '
if ($PSCmdlet.ShouldProcess($TaskName, "Register a task that runs: pwsh $arguments")) {
    Register-ScheduledTask -TaskName $TaskName -Force `
        -Action (New-ScheduledTaskAction -Execute (Get-Command pwsh).Source -Argument $arguments) `
        -Trigger (New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval $Every) `
        -Settings (New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit '02:00' -StartWhenAvailable)
}
