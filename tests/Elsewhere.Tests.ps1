# In sessions that are not quite a user's own: in Constrained Language Mode, in jobs, behind proxies.

BeforeAll {
    . (Join-Path $PSScriptRoot Sandbox.ps1)
    Import-Module $module -Force
    $sandbox = Start-Sandbox
    Connect-Sandbox $sandbox
    $prelude = @"
`$PSStyle.OutputRendering = 'PlainText'
`$ProgressPreference = 'SilentlyContinue'
Import-Module '$module'
`$null = Connect-JiraSite '$($sandbox.jira)' ([pscredential]::new('$($sandbox.jiraUser)', (ConvertTo-SecureString '$($sandbox.jiraToken)' -AsPlainText -Force)))
`$null = Connect-AdoProject '$($sandbox.organization)' '$($sandbox.project)' (ConvertTo-SecureString '$($sandbox.adoToken)' -AsPlainText -Force)

"@
}

AfterAll {
    Disconnect-JiraAdo
    Stop-Sandbox $sandbox
}

Describe 'Constrained Language Mode' {
    It 'shows what the full language shows' {
        $code = $prelude + @'
$all = @(Get-JiraReplica -Jql 'project = SHOP') + @(Invoke-JiraAdoSync -Jql 'project = SHOP' -WhatIf 6>$null) + @(Get-JiraAdoConnection)
$full = ($all | Format-Table | Out-String -Width 200) + ($all | Format-List | Out-String -Width 200)
$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
$constrained = ($all | Format-Table | Out-String -Width 200) + ($all | Format-List | Out-String -Width 200)
"mode $($ExecutionContext.SessionState.LanguageMode), same $($constrained -eq $full)"
Invoke-JiraAdoSync -Jql 'project = SHOP' -WhatIf
'@
        $run = Invoke-Pwsh '-Command', $code
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Match 'mode ConstrainedLanguage, same True'
        $run.Output | Should -Match '\+ Create +SHOP-1 +User Story'
    }
}

Describe 'A job' {
    It 'hands over issues that are synced here' {
        $replicas = Start-Job -ScriptBlock ([scriptblock]::Create($prelude + "Get-JiraReplica -Jql 'project = SHOP'")) | Receive-Job -Wait -AutoRemoveJob
        $replicas.Count | Should -Be 6
        $replicas | Should -BeOfType JiraAdoSync.Jira.Replica
        ($replicas | Out-String) | Should -Match 'SHOP-1 +Story +In Progress'
        $results = $replicas | Sync-AdoWorkItem
        @($results | Where-Object Action -EQ Create).Count | Should -Be 6
        @($replicas | Sync-AdoWorkItem | Where-Object Action -EQ Keep).Count | Should -Be 6
    }

    It 'hands over results that are shown, converted and reported as here' {
        $results = Start-Job -ScriptBlock ([scriptblock]::Create($prelude + "Invoke-JiraAdoSync -Jql 'project = SHOP'")) | Receive-Job -Wait -AutoRemoveJob
        ($results | Out-String -Width 200) -replace "`e\[[0-9;]*m" | Should -Match 'Outcome +: (NoChange|Changed)'
        $results | ConvertTo-Json -Depth 3 | Should -Not -Match 'Shown|Portable'
        $results | Export-JiraAdoReport (Join-Path $TestDrive report.html)
        Get-Content (Join-Path $TestDrive report.html) -Raw | Should -Match 'SHOP-1'
    }

    It 'hands over what a session without the module keeps for one that has it' {
        $path = Join-Path $TestDrive replicas.xml
        Get-JiraReplica -Jql 'project = SHOP' | Export-Clixml $path
        $code = "`$replicas = Import-Clixml '$path'; `$replicas[0].PSObject.TypeNames[0]`n$prelude`n`$replicas[0] | Out-String`n(`$replicas | Get-JiraIssueLinks).Count`n(`$replicas | Sync-AdoWorkItem -WhatIf 6>`$null).Count"
        $run = Invoke-Pwsh '-Command', $code
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Match 'Deserialized\.JiraAdoSync'
        $run.Output | Should -Match 'SHOP-6 +Sub-task'
        $run.Output.Trim() -split '\s+' | Select-Object -Last 2 | Should -Be 3, 6
    }
}

Describe 'A proxy' {
    BeforeAll {
        # A proxy that wants to know who asks, and one that is not there.
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $refusing = "$($listener.LocalEndpoint)"
        $answering = [powershell]::Create().AddScript({
                param($listener)
                while ($true) {
                    $client = $listener.AcceptTcpClient()
                    $stream = $client.GetStream()
                    $null = $stream.Read([byte[]]::new(8192), 0, 8192)
                    $stream.Write([Text.Encoding]::ASCII.GetBytes("HTTP/1.1 407 Proxy Authentication Required`r`nProxy-Authenticate: Basic`r`nContent-Length: 0`r`nConnection: close`r`n`r`n"))
                    $client.Dispose()
                }
            }).AddArgument($listener)
        $null = $answering.BeginInvoke()
    }

    AfterAll {
        $listener.Stop()
        $answering.Dispose()
    }

    It 'keeps its user and password out of Get-Error, transcripts and all else: <_>' -ForEach 'refusing', 'missing' {
        $proxy = $_ -eq 'refusing' ? $refusing : 'no-such-proxy.invalid:3128'
        $transcript = Join-Path $TestDrive "$_.log"
        $code = @"
`$null = Start-Transcript '$transcript'
Import-Module '$module'
`$secret = ConvertTo-SecureString token-4711 -AsPlainText -Force
Connect-JiraSite https://jira.proxied.example ([pscredential]::new('me', `$secret))
Connect-AdoProject https://dev.proxied.example/contoso Fabrikam `$secret
Get-Error -Newest 2
`$Error | Format-List * -Force
`$Error | ForEach-Object { `$_ | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue -ErrorAction SilentlyContinue }
`$Error | ForEach-Object { for (`$e = `$_.Exception; `$e; `$e = `$e.InnerException) { "`$e"; `$e | Format-List * -Force } }
`$null = Stop-Transcript
"@
        $run = Invoke-Pwsh '-Command', $code @{ HTTPS_PROXY = "http://proxy-user:proxy-pass-4711@$proxy"; NO_PROXY = '' }
        $all = $run.Output + $run.Errors + (Get-Content $transcript -Raw)
        $all | Should -Match ([regex]::Escape($proxy))
        $all | Should -Match ServerUnreachable
        $all | Should -Not -Match 'proxy-user|proxy-pass|token-4711(?! -AsPlainText)'
    }
}
