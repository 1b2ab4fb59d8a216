# What every suite here needs: the staged module, and the sandbox as a process of its own. Dot-source it in BeforeAll.

$root = Split-Path $PSScriptRoot
$module = Join-Path $root output JiraAdoSync JiraAdoSync.psd1
# Records of runs are kept apart from those of whoever else is at work on the machine.
if ($TestDrive -and -not $IsWindows) { $env:XDG_DATA_HOME = "$TestDrive" }

# The shell that this runs in, as a command. The `pwsh` of a .NET tool is a launcher whose child is the shell, a dotnet with
# pwsh.dll: that is started here, so that whoever kills the process has killed the shell.
$shell = @((Get-Process -Id $PID).Path)
if ((Split-Path $shell[0] -LeafBase) -ne 'pwsh') { $shell += Join-Path $PSHOME pwsh.dll }

# No `dotnet run`, which would be a launcher, too.
function Start-Sandbox([string[]] $Arguments = @()) {
    $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
    $configuration = $env:JIRAADOSYNC_CONFIGURATION ? $env:JIRAADOSYNC_CONFIGURATION : 'Debug'
    $program = Join-Path $root src JiraAdoSync.Sandbox bin $configuration net10.0 JiraAdoSync.Sandbox.dll
    foreach ($argument in @($program, 'serve') + $Arguments) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    # What it logs is read and dropped: a full pipe would block it.
    $process.BeginErrorReadLine()
    $ready = $process.StandardOutput.ReadLine() | ConvertFrom-Json
    $ready | Add-Member Process $process -PassThru
}

function Stop-Sandbox($Sandbox) {
    $Sandbox.Process.Kill($true)
    $Sandbox.Process.WaitForExit()
}

function Get-FreePort {
    $socket = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $socket.Start()
    $socket.LocalEndpoint.Port
    $socket.Stop()
}

function Secret([string] $Text) { ConvertTo-SecureString $Text -AsPlainText -Force }

function Connect-Sandbox($Sandbox, [switch] $AllowWrite) {
    $credential = [pscredential]::new($Sandbox.jiraUser, (Secret $Sandbox.jiraToken))
    $null = Connect-JiraSite $Sandbox.jira $credential -AllowWrite:$AllowWrite
    $null = Connect-AdoProject $Sandbox.organization $Sandbox.project (Secret $Sandbox.adoToken)
}

# Back to the seed, as on the first day.
function Reset-Sandbox($Sandbox) {
    $null = Invoke-RestMethod ([uri]::new([uri] $Sandbox.jira, '/sandbox/reset')) -Method Post
    Disconnect-JiraAdo
    Connect-Sandbox $Sandbox
}

# Runs code as it is printed somewhere, with the sandbox instead of the services that it names.
function Invoke-Printed([string] $Code, $Sandbox) {
    $credential = [pscredential]::new($Sandbox.jiraUser, (Secret $Sandbox.jiraToken))
    $token = Secret $Sandbox.adoToken
    function Get-Credential { $credential }
    function Read-Host { $token }
    $here = $Code.Replace('https://contoso.atlassian.net', $Sandbox.jira).Replace('https://dev.azure.com/contoso', $Sandbox.organization)
    $here = $here.Replace('http://localhost:11434/v1', [uri]::new([uri] $Sandbox.jira, '/v1').AbsoluteUri)
    # A watcher ends.
    $PSDefaultParameterValues = @{ 'Watch-JiraAdoSync:StopAfter' = '0:0:2' }
    $here = $here.Replace('http://localhost:8080/', "http://localhost:$(Get-FreePort)/") -replace '-StopAfter [\d:]+', '-StopAfter 0:0:2'
    # As the only one of parallel jobs.
    $here = $here.Replace('$env:SYSTEM_JOBPOSITIONINPHASE', '1').Replace('$env:SYSTEM_TOTALJOBSINPHASE', '1')
    & ([scriptblock]::Create($here))
}

# Starts a pwsh of its own; the process is the shell itself.
function Start-Pwsh([string[]] $Arguments, [hashtable] $Environment = @{}, [string[]] $Command = $shell) {
    $start = [Diagnostics.ProcessStartInfo]::new($Command[0])
    foreach ($argument in @($Command | Select-Object -Skip 1) + @('-NoProfile', '-NonInteractive') + $Arguments) {
        $start.ArgumentList.Add($argument)
    }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.WorkingDirectory = $root
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    [Diagnostics.Process]::Start($start)
}

# Runs a script in a pwsh of its own and returns what it wrote and how it ended.
function Invoke-Pwsh([string[]] $Arguments, [hashtable] $Environment = @{}) {
    $process = Start-Pwsh $Arguments $Environment
    $process.StandardInput.Close()
    $errors = $process.StandardError.ReadToEndAsync()
    $output = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    [pscustomobject]@{ Output = $output; Errors = $errors.Result; ExitCode = $process.ExitCode }
}
