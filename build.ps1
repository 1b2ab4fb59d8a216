<#
.SYNOPSIS
    Builds, tests, shows or packages JiraAdoSync.
.EXAMPLE
    ./build.ps1 -Task Test
.EXAMPLE
    ./build.ps1 -Task Sign -Thumbprint 0123456789ABCDEF0123456789ABCDEF01234567
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Demo', 'Docs', 'Package', 'Sign')]
    [string] $Task = 'Build',

    # For the task Sign: a code signing certificate in Cert:\CurrentUser\My, or a file with one and its password.
    [string] $Thumbprint,
    [string] $Pfx,
    [securestring] $PfxPassword
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
        'Sign' {
            # Makes the package, too: what is built again afterwards is not signed any more.
            $certificate = if ($Pfx) { @{ Pfx = $Pfx; PfxPassword = $PfxPassword } } else { @{ Thumbprint = $Thumbprint } }
            Invoke-Dotnet build src/JiraAdoSync --configuration Release
            & (Join-Path $PSScriptRoot src JiraAdoSync.Package Sign-Module.ps1) -Module $module @certificate
            Invoke-Dotnet run --project src/JiraAdoSync.Package --configuration Release -- $module (Split-Path $module)
        }
    }
}
finally {
    Pop-Location
}
