# How long a change takes from one side to the other while watch.ps1 is at work in a pwsh of its own; then an endurance run:
# ten changes a second on both sides, while the watcher is killed and a service throttles. Build with -c Release before.
#
#   dotnet pwsh -NoProfile -File tests/JiraAdoSync.Benchmarks/Measure-Watch.ps1 -Changes 20 -Minutes 10
param(
    [ValidateRange(2, 5000)] [int] $Issues = 200,
    [int] $Latency = 20,
    # How many changes of each kind are measured.
    [int] $Changes = 10,
    [int] $PollSeconds = 5,
    # How long the endurance run takes; the watcher is killed in its second half only.
    [double] $Minutes = 10
)

$ErrorActionPreference = 'Stop'
$env:JIRAADOSYNC_CONFIGURATION = 'Release'
. (Join-Path (Split-Path $PSScriptRoot) Sandbox.ps1)
. (Join-Path $PSScriptRoot Seed.ps1)
$folder = New-Item (Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())) -ItemType Directory
$script = Join-Path (Split-Path $module) samples watch.ps1
$environment = @{ XDG_DATA_HOME = "$folder"; JIRA_HOOK_SECRET = 's3'; ADO_HOOK_SECRET = 's4' }

function Send([string] $Account, [string] $Method, [string] $Uri, $Body, [string] $Type = 'application/json') {
    $script:sent++
    $given = @{ Method = $Method; Uri = $Uri; Headers = @{ Authorization = $people[$Account] } }
    if ($null -ne $Body) { $given += @{ Body = (ConvertTo-Json -InputObject $Body -Depth 9); ContentType = $Type } }
    Invoke-RestMethod @given
}

function Get-JiraTitle([int] $Number) { (Send Jira GET "$($sandbox.jira)/rest/api/3/issue/BIG-$($Number)?fields=summary").fields.summary }
function Set-JiraTitle([int] $Number, [string] $Title) {
    $null = Send Jira PUT "$($sandbox.jira)/rest/api/3/issue/BIG-$Number" @{ fields = @{ summary = $Title } }
}

function Get-AdoTitle([int] $Number) {
    (Send Ado GET "$($sandbox.organization)/_apis/wit/workitems/$($items[$Number])?api-version=7.1").fields.'System.Title'
}
function Set-AdoTitle([int] $Number, [string] $Title) {
    $null = Send Ado PATCH "$($sandbox.organization)/_apis/wit/workitems/$($items[$Number])?api-version=7.1" `
        @(, @{ op = 'add'; path = '/fields/System.Title'; value = $Title }) application/json-patch+json
}

function Start-Watch([string[]] $More) {
    $watch = Start-Pwsh (@('-File', $script, '-Profile', "$folder/sync.psd1", '-Listen', "http://localhost:$port/", '-AllowWrite') + $More) $environment
    $watch.StandardInput.Close()
    $output, $errors = $watch.StandardOutput.ReadToEndAsync(), $watch.StandardError.ReadToEndAsync()
    while ((Read-Metric 'jiraadosync_runs_total{kind="full"}') -lt 1) {
        if ($watch.HasExited) { throw "The watcher ended with $($watch.ExitCode): $($output.Result) $($errors.Result)" }
        Start-Sleep -Milliseconds 100
    }
    $watch
}

function Read-Metric([string] $Name) {
    try { $text = Invoke-RestMethod "http://localhost:$port/metrics" } catch { return 0 }
    $line = $text -split "`n" | Where-Object { $_.StartsWith("$Name ") }
    [double] "$line".Substring($Name.Length)
}

# From the answer to a person's write until the other side shows it.
function Measure-Change([string] $From, [string] $Name) {
    $seconds = 1..$Changes | ForEach-Object {
        $number = Get-Random -Minimum 1 -Maximum ($Issues + 1)
        $title = "$Name $_"
        & "Set-$($From)Title" $number $title
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $other = $From -eq 'Jira' ? 'Ado' : 'Jira'
        while ((& "Get-$($other)Title" $number) -ne $title) {
            if ($clock.Elapsed.TotalMinutes -gt 5) { throw "$Name of $number did not arrive." }
            Start-Sleep -Milliseconds 10
        }
        $clock.Elapsed.TotalSeconds
    } | Sort-Object
    [pscustomobject]@{
        Change = $Name; Measured = $Changes; Fastest = '{0:0.00} s' -f $seconds[0]
        Median = '{0:0.00} s' -f $seconds[[Math]::Floor($Changes / 2)]; Slowest = '{0:0.00} s' -f $seconds[-1]
    }
}

function Measure-Direction([string] $Direction, [string[]] $From) {
    Set-Content "$folder/sync.psd1" "@{ JiraSite = '$($sandbox.jira)'; AdoOrganization = '$($sandbox.organization)'
        AdoProject = '$($sandbox.project)'; Jql = 'project = BIG'; Direction = '$Direction'
        $(if ($Direction -eq 'Both') { "FieldConflict = 'JiraWins'; WriteLimit = 100" }) }"
    foreach ($poll in '1.00:00:00', "00:00:$PollSeconds") {
        $how = $poll[0] -eq '1' ? 'webhook' : "poll every $PollSeconds s"
        if ($poll[0] -ne '1') { $environment.Remove('JIRA_HOOK_SECRET'); $environment.Remove('ADO_HOOK_SECRET') }
        $watch = Start-Watch '-PollInterval', $poll
        Read-Items
        try { foreach ($side in $From) { Measure-Change $side "$Direction, from $side, $how" } } finally { $watch.Kill(); $watch.WaitForExit() }
        $environment.JIRA_HOOK_SECRET, $environment.ADO_HOOK_SECRET = 's3', 's4'
    }
}

# Which work item belongs to which issue; titles are those of the seed when this is first called.
function Read-Items {
    if ($items.Count -gt 0) { return }
    $ids = @((Send Ado POST "$($sandbox.organization)/$($sandbox.project)/_apis/wit/wiql?api-version=7.1" @{ query = 'SELECT [System.Id] FROM WorkItems' }).workItems.id)
    for ($at = 0; $at -lt $ids.Count; $at += 200) {
        $some = $ids[$at..([Math]::Min($at + 199, $ids.Count - 1))] -join ','
        foreach ($item in (Send Ado GET "$($sandbox.organization)/_apis/wit/workitems?ids=$some&api-version=7.1").value) {
            $items[[int] ($item.fields.'System.Title' -replace '\D')] = $item.id
        }
    }
}

function Measure-Endurance {
    $watch = Start-Watch '-PollInterval', '00:00:30'
    $control = [uri]::new([uri] $sandbox.jira, '/sandbox/')
    $null = Invoke-RestMethod "$($control)stats/reset" -Method Post
    $script:sent = 0
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $made, $kills, $deepest = 0, 0, 0
    $memory = [Collections.Generic.List[string]]::new()
    $nextKill, $nextFault, $nextSample = ($Minutes * 30), 45, 15
    try {
        while ($clock.Elapsed.TotalMinutes -lt $Minutes) {
            $made++
            & "Set-$(Get-Random 'Jira', 'Ado')Title" (Get-Random -Minimum 1 -Maximum ($Issues + 1)) "Change $made"
            $now = $clock.Elapsed.TotalSeconds
            if ($now -ge $nextSample) {
                $watch.Refresh()
                $memory.Add([string] [Math]::Round($watch.WorkingSet64 / 1MB))
                $deepest = [Math]::Max($deepest, (Read-Metric jiraadosync_queue_depth))
                $nextSample += 15
            }
            if ($now -ge $nextFault) {
                # Thirty requests that only the watcher sends are refused.
                $routes = @{ jira = '/rest/api/3/search/jql'; ado = '/{organization}/_apis/wit/workitemsbatch' }
                $service = Get-Random 'jira', 'ado'
                $rule = @{
                    service = $service; route = $routes[$service]; kind = 'status'; status = 429; headers = @{ 'Retry-After' = '2' }
                    times = 30; probability = 0.3
                }
                $null = Invoke-RestMethod "$($control)faults" -Method Put -ContentType application/json -Body (ConvertTo-Json @($rule))
                $nextFault += 45
            }
            if ($now -ge $nextKill) {
                $watch.Kill()
                $watch.WaitForExit()
                $watch = Start-Watch '-PollInterval', '00:00:30'
                $kills++
                $memory.Add('killed')
                $nextKill = $clock.Elapsed.TotalSeconds + 30
            }
            $wait = ($made * 100) - $clock.Elapsed.TotalMilliseconds
            if ($wait -gt 0) { Start-Sleep -Milliseconds $wait }
        }
        $null = Invoke-RestMethod "$($control)faults" -Method Delete
        $end = [Diagnostics.Stopwatch]::StartNew()
        $own = $sent
        do {
            Start-Sleep -Seconds 2
            $differ = @(1..$Issues | Where-Object { (Get-JiraTitle $_) -ne (Get-AdoTitle $_) }).Count
        } while ($differ -gt 0 -and $end.Elapsed.TotalMinutes -lt 8)
        $stats = Invoke-RestMethod "$($control)stats"
        [pscustomobject]@{
            Minutes = $Minutes; Changes = $made; Kills = $kills; Differences = $differ; SettledAfter = '{0:0} s' -f $end.Elapsed.TotalSeconds
            Requests = $stats.byService.jira + $stats.byService.ado - $sent; DeepestQueue = $deepest; Megabytes = $memory -join ' '
        }
    }
    finally {
        $watch.Kill()
        $watch.WaitForExit()
    }
}

Write-Seed "$folder/seed.jsonl" $Issues
$port = Get-FreePort
$items = @{}
$sandbox = Start-Sandbox --seed, "$folder/seed.jsonl", --latency, $Latency
try {
    $environment.JIRA_USER, $environment.JIRA_TOKEN, $environment.ADO_TOKEN = $sandbox.jiraUser, $sandbox.jiraToken, $sandbox.adoToken
    function Basic([string] $Pair) { 'Basic ' + [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Pair)) }
    $people = @{ Admin = Basic "$($sandbox.jiraUser):$($sandbox.jiraToken)"; Owner = Basic ":$($sandbox.adoToken)" }
    $control = [uri]::new([uri] $sandbox.jira, '/sandbox/')
    $ben = Invoke-RestMethod "$($control)jira/accounts" -Method Post -ContentType application/json -Body '{ "emailAddress": "ben@contoso.example", "displayName": "Ben" }'
    $people.Jira = Basic "ben@contoso.example:$($ben.token)"
    $ana = Invoke-RestMethod "$($control)ado/accounts" -Method Post -ContentType application/json -Body '{ "displayName": "Ana", "uniqueName": "ana@contoso.example", "deny": [] }'
    $people.Ado = Basic ":$($ana.token)"
    $null = Send Admin POST "$($sandbox.jira)/rest/webhooks/1.0/webhook" @{
        name = 'watch'; url = "http://localhost:$port/jira"; secret = 's3'; events = 'jira:issue_created', 'jira:issue_updated'
    }
    foreach ($type in 'workitem.created', 'workitem.updated') {
        $null = Send Owner POST "$($sandbox.organization)/_apis/hooks/subscriptions?api-version=7.1" @{
            publisherId = 'tfs'; eventType = $type; consumerId = 'webHooks'; consumerActionId = 'httpRequest'
            consumerInputs = @{ url = "http://localhost:$port/azure-devops"; httpHeaders = 'X-Hook-Secret: s4' }
        }
    }

    "PowerShell $($PSVersionTable.PSVersion), $([Environment]::ProcessorCount) cores, $Issues issues, $Latency ms"
    Measure-Direction JiraToAdo Jira
    Measure-Direction Both Jira, Ado
    if ($Minutes -gt 0) { Measure-Endurance | Format-List }
}
finally {
    Stop-Sandbox $sandbox
    Remove-Item $folder -Recurse -Force
}
