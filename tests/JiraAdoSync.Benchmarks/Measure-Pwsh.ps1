# What a whole process of the real pwsh takes, from its start to its end, on the clock: bare, with the module imported, and
# with a sync of 1,000 issues with 1,200 links, first and again. Build with -c Release before.
#
#   dotnet pwsh -NoProfile -File tests/JiraAdoSync.Benchmarks/Measure-Pwsh.ps1 -Repeat 5
param(
    [ValidateRange(1, 100)] [int] $Repeat = 5,
    [ValidateRange(1, 100000)] [int] $Issues = 1000
)

$ErrorActionPreference = 'Stop'
$env:JIRAADOSYNC_CONFIGURATION = 'Release'
. (Join-Path (Split-Path $PSScriptRoot) Sandbox.ps1)
. (Join-Path $PSScriptRoot Seed.ps1)
$folder = New-Item (Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())) -ItemType Directory
$root = Split-Path (Split-Path $PSScriptRoot)

function Measure-Process([string] $Name, [string] $Code, [string[]] $Command = $shell, [scriptblock] $Before = { }) {
    $seconds = 1..$Repeat | ForEach-Object {
        & $Before
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $process = Start-Pwsh '-Command', $Code @{ XDG_DATA_HOME = "$folder" } $Command
        $process.StandardInput.Close()
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $clock.Elapsed.TotalSeconds
        if ($process.ExitCode -ne 0) { throw "$Name ended with $($process.ExitCode). $output $($errors.Result)" }
    } | Sort-Object
    [pscustomobject]@{
        Process = $Name; Runs = $Repeat; Median = '{0:0.00} s' -f $seconds[[Math]::Floor($Repeat / 2)]
        Fastest = '{0:0.00} s' -f $seconds[0]; Slowest = '{0:0.00} s' -f $seconds[-1]
    }
}

$seed = Join-Path $folder seed.jsonl
Write-Seed $seed $Issues

$sandbox = Start-Sandbox --seed, $seed
try {
    $sync = @"
        Import-Module '$module'
        `$null = Connect-JiraSite $($sandbox.jira) ([pscredential]::new('$($sandbox.jiraUser)', (ConvertTo-SecureString '$($sandbox.jiraToken)' -AsPlainText)))
        `$null = Connect-AdoProject $($sandbox.organization) $($sandbox.project) (ConvertTo-SecureString '$($sandbox.adoToken)' -AsPlainText)
        `$last = Invoke-JiraAdoSync -Jql 'project = BIG' | Select-Object -Last 1
        "`$(`$last.Outcome) `$(`$last.WorkItems) `$(`$last.Relations)"
        exit [int] (`$last.Outcome -notin 'OUTCOME')
"@
    $reset = { $null = Invoke-RestMethod ([uri]::new([uri] $sandbox.jira, '/sandbox/reset')) -Method Post }
    "PowerShell $($PSVersionTable.PSVersion), $([Environment]::ProcessorCount) cores"
    Measure-Process 'pwsh -NoProfile -Command 1' 1
    Measure-Process 'the same by `dotnet pwsh`, with its launchers' 1 dotnet, pwsh
    Measure-Process 'the same with Import-Module' "Import-Module '$module'"
    Measure-Process "a first sync of $Issues issues" $sync.Replace('OUTCOME', 'Changed') -Before $reset
    Measure-Process 'one with nothing to do' $sync.Replace('OUTCOME', 'NoChange')
}
finally {
    Stop-Sandbox $sandbox
    Remove-Item $folder -Recurse -Force
}
