# What is printed runs: every example of the help, and every block of PowerShell in the README and the documents.

BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    Import-Module (Join-Path $root output JiraAdoSync JiraAdoSync.psd1) -Force
    $examples = foreach ($cmdlet in Get-Command -Module JiraAdoSync) {
        $number = 0
        foreach ($example in (Get-Help $cmdlet.Name).examples.example) {
            $number++
            @{ Name = "$($cmdlet.Name) $number"; Code = $example.code }
        }
    }
    $documents = @(Join-Path $root README.md) + (Get-ChildItem (Join-Path $root docs *.md)).FullName
    $blocks = foreach ($document in $documents) {
        $number = 0
        [regex]::Matches((Get-Content $document -Raw), '(?s)```powershell\n(.*?)```') | ForEach-Object {
            $number++
            @{ Name = "$(Split-Path $document -Leaf) block $number"; Code = $_.Groups[1].Value }
        }
    }
    $cmdlets = Get-Command -Module JiraAdoSync | ForEach-Object { @{ Name = $_.Name } }
    $topics = Get-ChildItem (Join-Path $root module en-US about_*.txt) | ForEach-Object { @{ Name = $_.Name -replace '\.help\.txt$' } }
}

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module -Force
    $sandbox = Start-Sandbox
    Connect-Sandbox $sandbox
    $null = Invoke-JiraAdoSync -Jql 'project = SHOP'
}

AfterAll {
    Disconnect-JiraAdo
    Stop-Sandbox $sandbox
}

Describe 'Examples of the help' {
    BeforeEach {
        # A folder of its own, for the files that it writes.
        Push-Location (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory)
    }

    AfterEach { Pop-Location }

    It '<Name>' -ForEach $examples {
        Connect-Sandbox $sandbox -AllowWrite
        { Invoke-Printed $Code $sandbox 6>$null } | Should -Not -Throw
    }
}

Describe 'The documents' {
    BeforeEach {
        # A folder of its own, for the files that it writes.
        Push-Location (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory)
    }

    AfterEach { Pop-Location }

    It '<Name>' -ForEach $blocks {
        Reset-Sandbox $sandbox
        # What the text around a block has said already.
        $q = 'project = SHOP'
        $map = Get-LinkTypeMapping
        # The sandbox's session has the module already, from where the tests take it.
        $code = $Code -replace '(?m)^Import-Module .*$'
        { Invoke-Printed $code $sandbox 6>$null } | Should -Not -Throw
    }
}

Describe 'Get-Help' {
    It 'has a synopsis, a description and two examples of <Name>' -ForEach $cmdlets {
        $help = Get-Help $Name -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis.Trim() | Should -Not -BeLike "$Name *"
        $help.description.Text | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        foreach ($parameter in $help.parameters.parameter) { $parameter.description.Text | Should -Not -BeNullOrEmpty -Because $parameter.name }
    }

    It 'finds <Name>' -ForEach $topics {
        Get-Help $Name | Out-String | Should -Match 'LONG DESCRIPTION'
    }

    It 'opens the page of a cmdlet with Get-Help -Online' -Skip:$IsWindows {
        # Instead of the browser, a program that writes down what it is to open.
        $bin = New-Item (Join-Path $TestDrive browser) -ItemType Directory
        $opener = Join-Path $bin ($IsMacOS ? 'open' : 'xdg-open')
        Set-Content $opener "#!/bin/sh`necho `"`$@`" > '$bin/opened.new' && mv '$bin/opened.new' '$bin/opened'"
        chmod +x $opener
        $code = "Import-Module '$module'; Get-Help Invoke-JiraAdoSync -Online; while (-not (Test-Path '$bin/opened')) { Start-Sleep -Milliseconds 50 }"
        $run = Invoke-Pwsh @('-Command', $code) @{ PATH = "$bin`:$env:PATH" }
        $run.Errors | Should -BeNullOrEmpty
        Get-Content (Join-Path $bin opened) | Should -Be "$((Test-ModuleManifest $module).PrivateData.PSData.ProjectUri)docs/cmdlets/Invoke-JiraAdoSync.md"
    }
}
