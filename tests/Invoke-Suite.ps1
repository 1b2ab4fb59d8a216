# Runs the Pester suite, tests/*.Tests.ps1, with a Pester that the build has staged. `dotnet test` does it in the pwsh of
# .config/dotnet-tools.json; by hand, after `dotnet tool restore`:
#
#   dotnet pwsh -NoProfile -File tests/Invoke-Suite.ps1 -Path tests/Recipe.Tests.ps1 -PesterVersion 6.2.0
param(
    [string[]] $Path = (Join-Path $PSScriptRoot *.Tests.ps1),
    [string] $PesterVersion = '5.9.1',
    # Gets a line of JSON for each test.
    [string] $ResultPath
)

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path (Split-Path $PSScriptRoot) output modules Pester $PesterVersion Pester.psd1)
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$run = Invoke-Pester -Configuration $configuration

# What was not run although nothing left it out is a failure, and so is a file or a block that fails outside its tests.
function Result($Name, $File, $Outcome, $Errors, $Duration) {
    [pscustomobject]@{
        Name = $Name; File = Split-Path $File -Leaf; Outcome = $Outcome; Milliseconds = [int] $Duration.TotalMilliseconds
        Message = @($Errors | ForEach-Object { "$($_.Exception.Message)`n$($_.ScriptStackTrace)" }) -join "`n"
    }
}

if ($ResultPath) {
    & {
        $run.Tests | ForEach-Object { Result $_.ExpandedPath $_.ScriptBlock.File $_.Result $_.ErrorRecord $_.Duration }
        $run.FailedBlocks | Where-Object ErrorRecord |
            ForEach-Object { Result "$($_.ExpandedPath) (block)" $_.ScriptBlock.File Failed $_.ErrorRecord $_.Duration }
        $run.FailedContainers | Where-Object ErrorRecord |
            ForEach-Object { Result 'Discovery' "$($_.Item)" Failed $_.ErrorRecord $_.Duration }
    } | ForEach-Object { $_ | ConvertTo-Json -Compress } | Set-Content $ResultPath
}
exit [int] ($run.Result -ne 'Passed')
