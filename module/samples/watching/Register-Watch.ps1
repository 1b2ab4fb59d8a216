# Registers a task of the Windows Task Scheduler that starts with the machine and keeps two sites in step, as the user who runs
# this, without a window and without being signed in. It is Windows' own way to run a script as a service: sc.exe starts programs
# only that speak to the service manager, which pwsh does not. Secrets are in that user's SecretManagement vault, see
# ../scheduled/Register-Task.ps1. For webhooks set JIRA_HOOK_SECRET and ADO_HOOK_SECRET as variables of that user.
#
#   ./Register-Watch.ps1 -Profile sync.psd1 -Listen http://localhost:8080/
#   Start-ScheduledTask JiraAdoSyncWatch
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [Alias('Profile')] [string] $ProfilePath,
    [string] $Listen,
    [string] $TaskName = 'JiraAdoSyncWatch'
)

$file = (Resolve-Path -LiteralPath $ProfilePath -ErrorAction Stop).ProviderPath
$script = Join-Path (Split-Path $PSScriptRoot) watch.ps1
$logs = Join-Path $env:LOCALAPPDATA JiraAdoSync logs
$arguments = @('-NoProfile', '-NonInteractive', '-File', "`"$script`"", '-Profile', "`"$file`"", '-Log', "`"$logs`"")
if ($Listen) { $arguments += '-Listen', $Listen }
$arguments = $arguments -join ' '
if ($PSCmdlet.ShouldProcess($TaskName, "Register a task that runs: pwsh $arguments")) {
    # It is started again a minute after it ended, whatever the reason.
    Register-ScheduledTask -TaskName $TaskName -Force `
        -Action (New-ScheduledTaskAction -Execute (Get-Command pwsh).Source -Argument $arguments) `
        -Trigger (New-ScheduledTaskTrigger -AtStartup) `
        -Principal (New-ScheduledTaskPrincipal -UserId "$env:USERDOMAIN\$env:USERNAME" -LogonType S4U) `
        -Settings (New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit 0:0 `
            -RestartCount 999 -RestartInterval 0:1)
}
