<#
.SYNOPSIS
    Builds, tests, shows or packages JiraAdoSync.
.EXAMPLE
    ./build.ps1 -Task Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Demo', 'Docs', 'Package')]
    [string] $Task = 'Build'
)

$ErrorActionPreference = 'Stop'
$module = Join-Path $PSScriptRoot output JiraAdoSync

function Invoke-Dotnet {
    dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args[0]) ended with exit code $LASTEXITCODE." }
}

Push-Location $PSScriptRoot
try {
    switch ($Task) {
        'Build' {
            Invoke-Dotnet build JiraAdoPS.sln
            "The module is staged in $module. Import-Module $module loads it."
        }
        'Test' {
            # The Pester suite is part of it.
            Invoke-Dotnet test JiraAdoPS.sln
        }
        'Demo' { Invoke-Dotnet run --project src/JiraAdoSync.Sandbox -- demo }
        'Docs' {
            Invoke-Dotnet build src/JiraAdoSync
            Copy-Item (Join-Path (Split-Path $module) cmdlets *) docs/cmdlets
        }
        'Package' {
            Invoke-Dotnet build src/JiraAdoSync --configuration Release
            Invoke-Dotnet run --project src/JiraAdoSync.Package --configuration Release -- $module (Split-Path $module)
        }
    }
}
finally {
    Pop-Location
}
