# What an issue costs in a session in which everything is compiled, in the real pwsh: runs come again and again, a first one and
# one with nothing to do, and the last ones count. With -Against, another staged module is measured in turn with this one, each in
# processes of its own. Build with -c Release before.
#
#   dotnet pwsh -NoProfile -Command 'tests/JiraAdoSync.Benchmarks/Measure-Session.ps1 -Issues 1000,10000,30000'
param(
    [ValidateRange(1, 200000)] [int[]] $Issues = 1000,
    # How many pairs of runs a session makes; the last three count.
    [ValidateRange(3, 100)] [int] $Runs = 6,
    [int] $Latency = 0,
    # The folder of another staged module.
    [string] $Against,
    # How many sessions each module has.
    [ValidateRange(1, 100)] [int] $Sessions = 1
)

$ErrorActionPreference = 'Stop'
$env:JIRAADOSYNC_CONFIGURATION = 'Release'
. (Join-Path (Split-Path $PSScriptRoot) Sandbox.ps1)
. (Join-Path $PSScriptRoot Seed.ps1)
$folder = New-Item (Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())) -ItemType Directory
$modules = [ordered] @{ this = $module }
if ($Against) { $modules.other = Join-Path (Resolve-Path $Against) JiraAdoSync.psd1 }

# Writes a line a run: its name, and seconds of processor and wall time.
function Measure-Session([string] $Module, $Sandbox) {
    $session = @"
        Import-Module '$Module'
        `$jira = [pscredential]::new('$($Sandbox.jiraUser)', (ConvertTo-SecureString '$($Sandbox.jiraToken)' -AsPlainText))
        `$ado = ConvertTo-SecureString '$($Sandbox.adoToken)' -AsPlainText
        foreach (`$run in 1..$Runs) {
            `$null = Invoke-RestMethod '$([uri]::new([uri] $Sandbox.jira, '/sandbox/reset'))' -Method Post
            foreach (`$name in 'first', 'nothing to do') {
                Disconnect-JiraAdo
                `$process = [Diagnostics.Process]::GetCurrentProcess()
                `$before = `$process.TotalProcessorTime
                `$clock = [Diagnostics.Stopwatch]::StartNew()
                `$null = Connect-JiraSite $($Sandbox.jira) `$jira
                `$null = Connect-AdoProject $($Sandbox.organization) $($Sandbox.project) `$ado
                `$null = Invoke-JiraAdoSync -Jql 'project = BIG'
                `$process.Refresh()
                "`$name,`$((`$process.TotalProcessorTime - `$before).TotalSeconds),`$(`$clock.Elapsed.TotalSeconds)"
                # What is compiled in the background is no part of the next run.
                Start-Sleep 1
            }
        }
"@
    $ran = Invoke-Pwsh '-Command', $session @{ XDG_DATA_HOME = "$folder" }
    if ($ran.ExitCode -ne 0) { throw "The session ended with $($ran.ExitCode). $($ran.Output) $($ran.Errors)" }
    $ran.Output | ConvertFrom-Csv -Header Run, Cpu, Wall | Group-Object Run | ForEach-Object { $_.Group | Select-Object -Last 3 }
}

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[Math]::Floor($Values.Count / 2)] }

"PowerShell $($PSVersionTable.PSVersion), $([Environment]::ProcessorCount) cores"
try {
    $Issues | ForEach-Object {
        $count = $_
        $seed = Join-Path $folder seed.jsonl
        Write-Seed $seed $count
        $sandbox = Start-Sandbox --seed, $seed, --latency, $Latency
        try {
            $measured = foreach ($session in 1..$Sessions) {
                foreach ($name in $modules.Keys) {
                    Measure-Session $modules[$name] $sandbox | Select-Object *, @{ Name = 'Module'; Expression = { $name } }
                }
            }
        }
        finally {
            Stop-Sandbox $sandbox
        }

        $measured | Group-Object Run, Module | ForEach-Object {
            [pscustomobject] [ordered] @{
                Issues = $count; Run = $_.Group[0].Run; Module = $_.Group[0].Module
                'CPU an issue' = '{0:0} µs' -f ((Get-Median $_.Group.Cpu) / $count * 1e6)
                'Wall time' = '{0:0.00} s' -f (Get-Median $_.Group.Wall)
            }
        }
    } | Format-Table
}
finally {
    Remove-Item $folder -Recurse -Force
}
