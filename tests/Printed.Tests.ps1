# What is printed runs, as it is printed: every example of the help and of its topics, and every block of the documents.

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

    # What is between fences in the documents, by the language of the fence. The reference is what the help says.
    $documents = @(Get-ChildItem $root *.md) + @(Get-ChildItem (Join-Path $root docs) *.md)
    $fences = foreach ($document in $documents) {
        $number = 0
        [regex]::Matches((Get-Content $document -Raw), '(?ms)^( *)```(?<language>\S*)\n(?<code>.*?)^\1```$') | ForEach-Object {
            $number++
            @{ Name = "$($document.Name) block $number"; Language = $_.Groups['language'].Value; Code = $_.Groups['code'].Value }
        }
    }
    # Of a session at a prompt, what is typed is run; what it shows is compared by the tests of recordings.
    $blocks = $fences | Where-Object { $_.Language -in 'powershell', 'ps1', 'pwsh' -or $_.Code -match '(?m)^PS> ' } |
        Where-Object { $_.Name -notlike 'first-minutes.md*' } |
        ForEach-Object {
            $typed = @([regex]::Matches($_.Code, '(?m)^PS> (.*)$') | ForEach-Object { $_.Groups[1].Value }) -join "`n"
            @{ Name = $_.Name; Code = $typed ? $typed : $_.Code }
        }
    $shellBlocks = $fences | Where-Object Language -in 'sh', 'bash', 'console'
    # Fences that are not run here, and why.
    $notRun = @{
        text = 'what a terminal shows'
        mermaid = 'a drawing'
        yaml = 'DocumentTests parses it'
    }
    $unknown = @($fences | Where-Object {
        -not $notRun[$_.Language] -and $_.Language -notin 'powershell', 'ps1', 'pwsh', 'sh', 'bash', 'console'
    } | ForEach-Object { "$($_.Name): '$($_.Language)'" })
    # Code of a topic that is parsed and not run, and why.
    $parsed = @{
        "-FieldMapping @{ 'Area Path' = 'Components'; Risk = 'Severity' }`n" = "the sandbox's Jira has no field 'Severity'"
    }

    # In a topic of the help, code is what is indented by eight blanks and is no table: a command, a variable, a
    # hashtable, or parameters of Invoke-JiraAdoSync.
    $topicBlocks = foreach ($topic in Get-ChildItem (Join-Path $root module en-US about_*.txt)) {
        $number = 0
        [regex]::Matches((Get-Content $topic -Raw), '(?m)(^ {8}.*\n)+') | ForEach-Object {
            $code = $_.Value -replace '(?m)^ {8}'
            if ($code -notmatch '^(\$\w+[ [=]|[A-Z]\w+-[A-Z]\w+ |@\{|-[A-Z]\w+ )') { return }
            $number++
            @{ Name = "$($topic.BaseName -replace '\.help$') block $number"; Code = $code; IsParsedOnly = [bool] $parsed[$code] }
        }
    }

    $cmdlets = Get-Command -Module JiraAdoSync | ForEach-Object { @{ Name = $_.Name } }
    $topics = Get-ChildItem (Join-Path $root module en-US about_*.txt) | ForEach-Object { @{ Name = $_.Name -replace '\.help\.txt$' } }
}

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module -Force
    $imported = (Get-Module JiraAdoSync).Path
    $sandbox = Start-Sandbox
    Connect-Sandbox $sandbox
    $null = Invoke-JiraAdoSync -Jql 'project = SHOP'

    # A folder of its own, for the files that it writes, with what a build and the sandbox leave in the folder of the sources.
    function Enter-Folder {
        $folder = New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory
        $null = New-Item (Join-Path $folder output) -ItemType Directory
        $null = New-Item (Join-Path $folder output JiraAdoSync) -ItemType ($IsWindows ? 'Junction' : 'SymbolicLink') -Target (Split-Path $module)
        $sandbox | Select-Object * -ExcludeProperty Process | ConvertTo-Json -Compress | Set-Content (Join-Path $folder output sandbox.json)
        Push-Location $folder
    }

    # Runs it as it is printed: neither an error that ends it nor one that does not is to be seen.
    function Should-Run([string] $Code) {
        # As at a prompt, whatever the suite prefers.
        $ErrorActionPreference = 'Continue'
        $errors = @(Invoke-Printed $Code $sandbox 2>&1 3>$null 6>$null | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
        $errors | ForEach-Object { "$($_.FullyQualifiedErrorId): $_" } | Should -BeNullOrEmpty -Because $Code
    }
}

AfterAll {
    Disconnect-JiraAdo
    Stop-Sandbox $sandbox
}

Describe 'What is printed' {
    BeforeEach { Enter-Folder }

    AfterEach { Pop-Location }

    It 'fails here with an error that ends it, and with one that does not' {
        { Should-Run 'throw "no"' } | Should -Throw
        { Should-Run 'Get-JiraReplica -Key SHOP-999' } | Should -Throw '*IssueNotFound*'
        { Should-Run "Get-JiraReplica -Jql 'project = SHOP'" } | Should -Not -Throw
    }
}

Describe 'Examples of the help' {
    BeforeEach { Enter-Folder }

    AfterEach { Pop-Location }

    It '<Name>' -ForEach $examples {
        Connect-Sandbox $sandbox -AllowWrite
        Should-Run $Code
    }
}

Describe 'The documents' {
    BeforeEach { Enter-Folder }

    AfterEach {
        Pop-Location
        if (-not (Get-Module JiraAdoSync | Where-Object Path -eq $imported)) {
            Remove-Module JiraAdoSync
            Import-Module $module
        }
    }

    It '<Name>' -ForEach $blocks {
        Reset-Sandbox $sandbox
        # What the text around a block has said already.
        $q = 'project = SHOP'
        $map = Get-LinkTypeMapping
        # What imports the module finds a session that does not have it.
        if ($Code -match 'Import-Module') { Remove-Module JiraAdoSync }
        Should-Run $Code
    }

    It '<Name>, which a shell parses, and which names what there is' -ForEach $shellBlocks -Skip:$IsWindows {
        # As it is, but for the brackets around what may be left out.
        $Code -replace '[\[\]]' | bash -n
        $LASTEXITCODE | Should -Be 0
        $paths = [regex]::Matches($Code, '(?<=--project )\S+|(?<=dotnet test )tests\S+|(?m)^\.\S+').Value
        foreach ($path in $paths) { Join-Path $root $path | Should -Exist }
    }

    It 'has no fence of another language than these' -ForEach @(@{ Unknown = $unknown }) { $Unknown | Should -BeNullOrEmpty }
}

Describe 'Topics of the help' {
    BeforeEach { Enter-Folder }

    AfterEach { Pop-Location }

    It '<Name>' -ForEach $topicBlocks {
        Reset-Sandbox $sandbox
        # What the text around a block has said already.
        $q = 'project = SHOP'
        $map = Get-LinkTypeMapping
        $types = @{ Improvement = 'User Story' }
        $whole = $Code.StartsWith('-') ? "Invoke-JiraAdoSync -Jql 'project = SHOP' -WhatIf $Code" : $Code
        if ($IsParsedOnly) { { [scriptblock]::Create($whole) } | Should -Not -Throw } else { Should-Run $whole }
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
