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

    It 'loads with less than 300 ms of work over a bare pwsh' {
        # Work, not time on the clock: that tells how busy the machine is.
        $code = @"
            `$process = [Diagnostics.Process]::GetCurrentProcess()
            `$before = `$process.TotalProcessorTime
            `$memory = `$process.WorkingSet64
            Import-Module '$module'
            `$process.Refresh()
            [int] (`$process.TotalProcessorTime - `$before).TotalMilliseconds
            [int] ((`$process.WorkingSet64 - `$memory) / 1MB)
"@
        $runs = 1..5 | ForEach-Object { , @((Invoke-Pwsh '-Command', $code).Output.Trim() -split '\s+' | ForEach-Object { [int] $_ }) }
        $best = $runs | Sort-Object { $_[0] } | Select-Object -First 1
        Write-Host "      import: $($best[0]) ms, $($best[1]) MB"
        $best[0] | Should -BeLessThan 300
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
}
