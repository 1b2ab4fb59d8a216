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
$type = @{ id = '20'; name = 'Blocks'; inward = 'is blocked by'; outward = 'blocks' }
1..$Issues | ForEach-Object {
    $number = $_
    # Each blocks the next one, and each fifth the one after that, too.
    $links = foreach ($step in 1, 2) {
        foreach ($out in $true, $false) {
            $other = $out ? $number + $step : $number - $step
            $first = [Math]::Min($number, $other)
            if ($other -ge 1 -and $other -le $Issues -and ($step -eq 1 -or $first % 5 -eq 0)) {
                @{
                    id = "$($first * 10 + $step)"; type = $type
                    ($out ? 'outwardIssue' : 'inwardIssue') = @{ id = "$(100000 + $other)"; key = "BIG-$other" }
                }
            }
        }
    }
    @{
        id = "$(100000 + $number)"; key = "BIG-$number"
        fields = @{
            summary = "Issue $number"; project = @{ id = '10'; key = 'BIG'; name = 'Big' }; issuelinks = @($links); subtasks = @()
            issuetype = @{ id = '10001'; name = 'Story'; subtask = $false }; labels = @()
            status = @{ id = '1'; name = 'To Do'; statusCategory = @{ id = 2; key = 'new'; name = 'To Do' } }
            created = '2026-03-01T09:00:00.000+0000'; updated = '2026-03-01T09:00:00.000+0000'
        }
    } | ConvertTo-Json -Depth 9 -Compress
} | Set-Content $seed

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
