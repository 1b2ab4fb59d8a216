# What the scripts beside this file fill a sandbox with.

# Writes issues BIG-1, BIG-2 ... with links to a file for `--seed`.
function Write-Seed([string] $Path, [int] $Issues) {
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
    } | Set-Content $Path
}
