# The module as something that is installed, loaded and removed.

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
}

Describe 'The module' {
    It 'has a manifest that holds' {
        $manifest = Test-ModuleManifest $module
        $manifest.Description | Should -Not -BeNullOrEmpty
        $manifest.PrivateData.PSData.Tags | Should -Contain 'Jira'
        $manifest.PrivateData.PSData.LicenseUri | Should -Not -BeNullOrEmpty
        $manifest.PrivateData.PSData.ReleaseNotes | Should -Not -BeNullOrEmpty
    }

    It 'loads with less than 28 % of the work that pwsh itself needs to start' {
        # Work, not time on the clock, and beside other work of the same process: a busy machine slows both. It is 300 ms where
        # pwsh needs 1,070 ms, as on an idle one.
        $code = @"
            `$process = [Diagnostics.Process]::GetCurrentProcess()
            `$before = `$process.TotalProcessorTime
            `$memory = `$process.WorkingSet64
            Import-Module '$module'
            `$process.Refresh()
            [int] (`$process.TotalProcessorTime - `$before).TotalMilliseconds
            [int] `$before.TotalMilliseconds
            [int] ((`$process.WorkingSet64 - `$memory) / 1MB)
"@
        $runs = 1..5 | ForEach-Object { , @((Invoke-Pwsh '-Command', $code).Output.Trim() -split '\s+' | ForEach-Object { [int] $_ }) }
        $best = $runs | Sort-Object { $_[0] / $_[1] } | Select-Object -First 1
        Write-Host "      import: $($best[0]) ms after a start of $($best[1]) ms, $($best[2]) MB"
        $best[0] | Should -BeLessThan (0.28 * $best[1])
    }

    It 'leaves nothing in the session when it is removed' {
        $code = @"
            function State { @(Get-Command -CommandType Function, Cmdlet, Alias).Count, @(Get-Variable -Scope Global).Count, @(Get-EventSubscriber).Count,
                @(Get-FormatData -TypeName JiraAdoSync.*).Count, @(Get-TypeData -TypeName JiraAdoSync.*).Count, @(Get-Job).Count -join ' ' }
            `$before = 1; `$after = 1
            `$null = State
            `$before = State
            Import-Module '$module'
            `$null = Get-LinkTypeMapping
            Remove-Module JiraAdoSync
            `$after = State
            "`$before | `$after | `$([bool] (Get-Module JiraAdoSync))"
"@
        $states = (Invoke-Pwsh '-Command', $code).Output.Trim() -split ' \| '
        $states[1] | Should -Be $states[0]
        $states[2] | Should -Be 'False'
    }

    It 'is packed for the Gallery, the same bytes each time' {
        $packer = Join-Path $root src JiraAdoSync.Package
        $hashes = 'one', 'two' | ForEach-Object {
            $folder = Join-Path $TestDrive $_
            $null = dotnet run --project $packer -- (Split-Path $module) $folder
            (Get-FileHash (Get-ChildItem $folder -Filter *.nupkg)).Hash
        }
        $hashes[1] | Should -Be $hashes[0]
        $unpacked = Join-Path $TestDrive JiraAdoSync
        $null = [IO.Compression.ZipFile]::ExtractToDirectory((Get-ChildItem (Join-Path $TestDrive one) -Filter *.nupkg), $unpacked)
        (Invoke-Pwsh '-Command', "(Test-ModuleManifest '$unpacked/JiraAdoSync.psd1').Version.ToString()").Output | Should -Match '^\d'
        (Invoke-Pwsh '-Command', "Import-Module '$unpacked/JiraAdoSync.psd1'; (Get-Command -Module JiraAdoSync).Count").Output |
            Should -Be (Invoke-Pwsh '-Command', "Import-Module '$module'; (Get-Command -Module JiraAdoSync).Count").Output
    }

    It 'has a bill of materials that lists exactly what is packed, each file with its hash' {
        $folder = Join-Path $TestDrive billed
        $null = dotnet run --project (Join-Path $root src JiraAdoSync.Package) -- (Split-Path $module) $folder
        $unpacked = Join-Path $TestDrive billed/JiraAdoSync
        [IO.Compression.ZipFile]::ExtractToDirectory((Get-ChildItem $folder -Filter *.nupkg), $unpacked)
        $bill = Get-Content (Join-Path $unpacked JiraAdoSync.cdx.json) -Raw | ConvertFrom-Json

        # What CycloneDX 1.6 requires, and what a reader looks for first.
        $bill.bomFormat | Should -Be 'CycloneDX'
        $bill.specVersion | Should -Be '1.6'
        $bill.version | Should -Be 1
        $bill.serialNumber | Should -Match '^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
        $manifest = Import-PowerShellDataFile (Join-Path $unpacked JiraAdoSync.psd1)
        $bill.metadata.component.name, $bill.metadata.component.version | Should -Be 'JiraAdoSync', $manifest.ModuleVersion
        # Nothing in it is third-party, so there is nothing but files.
        $all = @($bill.components)
        $all | Where-Object { -not ($_.type -eq 'file' -and $_.name -and $_.'bom-ref' -and $_.hashes) } | Should -BeNullOrEmpty
        @($all.'bom-ref' | Group-Object | Where-Object Count -GT 1) | Should -BeNullOrEmpty
        $bill.dependencies[0].ref | Should -Be $bill.metadata.component.'bom-ref'

        # Files, without what a package has beside the module's.
        $listed = @{}
        $all | ForEach-Object { $listed[$_.name] = $_.hashes[0].content }
        $packed = Get-ChildItem $unpacked -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath($unpacked, $_).Replace('\', '/') } |
            Where-Object { $_ -notmatch '^(_rels|package)/|^\[Content_Types\]\.xml$|\.nuspec$|^JiraAdoSync\.cdx\.json$' }
        @($listed.Keys | Sort-Object) | Should -Be @($packed | Sort-Object)
        foreach ($file in $packed) { (Get-FileHash (Join-Path $unpacked $file)).Hash | Should -Be $listed[$file] -Because $file }
    }

    It 'is signed file by file, then its catalogue, and is packed as it was signed' {
        # Windows signs. Here replacements change files as it does, and notice whoever changes one afterwards.
        $signed = Join-Path $TestDrive signed/JiraAdoSync
        Copy-Item (Split-Path $module) $signed -Recurse
        Remove-Item (Join-Path $signed JiraAdoSync.cdx.json) -ErrorAction Ignore
        $global:steps = [System.Collections.Generic.List[string]]::new()
        function global:Hashes($Path, $Skip) {
            Get-ChildItem $Path -Recurse -File | Where-Object Name -NE $Skip | Sort-Object FullName | Get-FileHash | ForEach-Object { "$($_.Path) $($_.Hash)" }
        }
        function global:Set-AuthenticodeSignature($FilePath, $Certificate, $HashAlgorithm, $TimestampServer) {
            foreach ($file in $FilePath) {
                $global:steps.Add("sign $(Split-Path $file -Leaf)")
                Add-Content $file '# signed' -NoNewline
                [pscustomobject]@{ Path = $file; Status = 'Valid'; StatusMessage = $Certificate.Subject }
            }
        }
        function global:New-FileCatalog($Path, $CatalogFilePath, $CatalogVersion) {
            $global:steps.Add('catalogue')
            Hashes $Path | Set-Content $CatalogFilePath
        }
        function global:Test-FileCatalog($Path, $CatalogFilePath, $FilesToSkip) {
            $now = @(Hashes $Path $FilesToSkip) -join "`n"
            if ((Get-Content $CatalogFilePath -Raw).StartsWith($now)) { 'Valid' } else { 'ValidationFailed' }
        }
        try {
            $key = [Security.Cryptography.RSA]::Create(2048)
            $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=Test', $key, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
            $pfx = Join-Path $TestDrive code.pfx
            [IO.File]::WriteAllBytes($pfx, $request.CreateSelfSigned([DateTimeOffset]::UtcNow, [DateTimeOffset]::UtcNow.AddDays(1)).Export('Pfx', 'secret'))
            $signer = Join-Path $root src JiraAdoSync.Package Sign-Module.ps1
            $catalogue = & $signer -Module $signed -Pfx $pfx -PfxPassword (ConvertTo-SecureString secret -AsPlainText -Force) | Select-Object -Last 1
            $catalogue | Should -Be (Join-Path $signed JiraAdoSync.cat)

            $signable = Get-ChildItem $signed -Recurse -File | Where-Object Extension -In '.dll', '.ps1', '.psd1', '.ps1xml' | Sort-Object FullName
            $signable.Name | Should -Contain 'JiraAdoSync.Core.dll'
            $steps | Should -Be (@($signable.Name | ForEach-Object { "sign $_" }) + 'catalogue' + 'sign JiraAdoSync.cat')
            Get-Content $catalogue -Raw | Should -Match 'JiraAdoSync\.cdx\.json'
            $bill = Get-Content (Join-Path $signed JiraAdoSync.cdx.json) -Raw | ConvertFrom-Json
            ($bill.components | Where-Object name -EQ JiraAdoSync.dll).hashes[0].content |
                Should -Be (Get-FileHash (Join-Path $signed JiraAdoSync.dll)).Hash

            # Packing changes nothing; what was changed after signing is not packed.
            $packer = Join-Path $root src JiraAdoSync.Package
            $null = dotnet run --project $packer -- $signed (Join-Path $TestDrive signed)
            $LASTEXITCODE | Should -Be 0
            Test-FileCatalog $signed $catalogue JiraAdoSync.cat | Should -Be 'Valid'
            Add-Content (Join-Path $signed LICENSE) 'x'
            dotnet run --project $packer -- $signed (Join-Path $TestDrive signed) 2>&1 | Out-String | Should -Match 'changed after its catalogue was made'
            $LASTEXITCODE | Should -Not -Be 0
        }
        finally {
            Remove-Item Function:\Set-AuthenticodeSignature, Function:\New-FileCatalog, Function:\Test-FileCatalog, Function:\Hashes
            Remove-Variable steps -Scope Global
        }
    }
}
