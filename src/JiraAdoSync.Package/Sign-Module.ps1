<#
.SYNOPSIS
    Signs a staged module: its assemblies and scripts, then the catalogue of all its files.
.DESCRIPTION
    The order matters. Signing changes files, so it is first; the bill of materials has the hashes of the signed files;
    the catalogue has those of the signed files and of the bill; the catalogue is signed last. After that nothing in the
    folder may change. Needs Windows: only there does PowerShell sign and make catalogues.
.EXAMPLE
    ./Sign-Module.ps1 -Module ../../output/JiraAdoSync -Thumbprint 0123456789ABCDEF0123456789ABCDEF01234567
.EXAMPLE
    ./Sign-Module.ps1 -Module ../../output/JiraAdoSync -Pfx code.pfx -PfxPassword (Read-Host -AsSecureString)
#>
[CmdletBinding(DefaultParameterSetName = 'Store')]
param(
    # The module's folder.
    [Parameter(Mandatory)]
    [string] $Module,

    # The thumbprint of a code signing certificate in Cert:\CurrentUser\My.
    [Parameter(Mandatory, ParameterSetName = 'Store')]
    [string] $Thumbprint,

    # A file with a code signing certificate and its key.
    [Parameter(Mandatory, ParameterSetName = 'File')]
    [string] $Pfx,

    # The password of that file.
    [Parameter(Mandatory, ParameterSetName = 'File')]
    [securestring] $PfxPassword,

    # Whoever says when it was signed, so that the signature outlives the certificate.
    [uri] $TimestampServer = 'http://timestamp.digicert.com'
)

$ErrorActionPreference = 'Stop'
foreach ($name in 'Set-AuthenticodeSignature', 'New-FileCatalog', 'Test-FileCatalog') {
    if (-not (Get-Command $name -ErrorAction Ignore)) { throw "$name is missing: a module is signed on Windows." }
}

$certificate = if ($Pfx) { Get-PfxCertificate $Pfx -Password $PfxPassword } else { Get-Item "Cert:\CurrentUser\My\$Thumbprint" }
$name = Split-Path $Module -Leaf
$catalogue = Join-Path $Module "$name.cat"

function Add-Signature([string[]] $Path) {
    $signed = Set-AuthenticodeSignature -FilePath $Path -Certificate $certificate -HashAlgorithm SHA256 -TimestampServer $TimestampServer
    $bad = @($signed | Where-Object { "$($_.Status)" -ne 'Valid' })
    if ($bad) { throw "$($bad[0].Path) was not signed: $($bad[0].StatusMessage)" }
}

# What Authenticode knows; the catalogue covers the rest.
$signable = '.dll', '.ps1', '.psm1', '.psd1', '.ps1xml'
Remove-Item $catalogue -ErrorAction Ignore
Add-Signature (Get-ChildItem $Module -Recurse -File | Where-Object Extension -In $signable | Sort-Object FullName).FullName
dotnet run --project $PSScriptRoot --configuration Release -- $Module
if ($LASTEXITCODE -ne 0) { throw 'The bill of materials could not be made.' }
# It is made outside the folder, so that it does not list itself.
$made = Join-Path ([IO.Path]::GetTempPath()) "$([guid]::NewGuid()).cat"
$null = New-FileCatalog -Path $Module -CatalogFilePath $made -CatalogVersion 2.0
Move-Item $made $catalogue
Add-Signature $catalogue
$status = Test-FileCatalog -Path $Module -CatalogFilePath $catalogue -FilesToSkip "$name.cat"
if ("$status" -ne 'Valid') { throw "The catalogue does not hold: $status" }
$catalogue
