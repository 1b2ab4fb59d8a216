using System.Management.Automation;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Tokens are nowhere but in memory: not in a stream, a file, a record, an object or an error.</summary>
public sealed class SecretTests
{
    private static readonly string[] Scripts =
    [
        "Disconnect-JiraAdo; Get-JiraAdoOrphan; $jira = Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential; $jira",
        "$ado = Connect-AdoProject -OrganizationUri $organizationUri -Project $project -Token $adoToken; $ado",
        "$replicas = Get-JiraReplica -Jql 'project = SHOP'; $replicas",
        "Get-JiraReplica -Key SHOP-1, SHOP-99",
        "$replicas | Get-JiraIssueLinks -IncludeParent",
        "$replicas | Test-LinkTypeMapping; $replicas | Test-IssueTypeMapping",
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $folder/plan.json",
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -WhatIf",
        "Invoke-JiraAdoPlan $folder/plan.json -RunPath $folder/runs",
        "$results = Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath $folder/runs -StatePath $folder/state.json -IncludeComments "
            + "-IncludeAttachments -IncludeWebLinks -CreatePaths -FieldMapping @{ 'Area Path' = 'Components' } -Prune; $results",
        "$results | Export-JiraAdoReport $folder/run.html, $folder/run.md",
        "Get-JiraAdoRun -RunPath $folder/runs | ForEach-Object { $_; $_ | Get-JiraAdoRun }",
        "Get-JiraAdoRun -RunPath $folder/runs | Select-Object -First 1 | Get-JiraAdoRun | Export-JiraAdoReport $folder/changes.html",
        "Get-JiraAdoRun -RunPath $folder/runs | Select-Object -First 1 | Undo-JiraAdoRun -Confirm:$false",
        "$replicas | Sync-AdoWorkItem -RunPath $folder/runs -IncludeComments; $replicas | Get-JiraIssueLinks | Convert-LinkType | Sync-AdoRelation",
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath $folder/state.json",
        "Set-JiraAdoCorrelation SHOP-1 1 -PassThru; Clear-JiraAdoCorrelation; Import-JiraAdoCorrelation $folder/correlation.csv",
        "Get-LinkTypeMapping; Get-LinkTypeMapping Recipe",
        "1, 2, 99 | Get-AdoRelation",
        "$replicas | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Compare-AdoRelation -Scope $replicas",
        "Get-JiraAdoOrphan",
        "New-JiraAdoProfile $folder/sync.psd1 'project = SHOP' -Force",
        "New-JiraAdoProfile $folder/draft.psd1 -Force -Description 'stories from SHOP' -ModelUri $modelUri -Model m -ModelKey $adoToken -NoPlan",
        "$null = Invoke-JiraAdoSync -Profile $folder/sync.psd1 -RunPath $folder/runs; Compare-JiraAdoProfile $folder/sync.psd1 $folder/draft.psd1",
        "Get-JiraAdoRun -RunPath $folder/runs | Where-Object Profile | Export-JiraAdoProfile -Path $folder/old.psd1 -Force",
        "Get-JiraAdoCorrelation; Export-JiraAdoCorrelation $folder/correlation.csv",
        "Get-JiraReplica -Jql 'project = '",
        "Connect-JiraSite -Uri $jiraUri -Credential $badCredential",
        "Connect-AdoProject -OrganizationUri $organizationUri -Project $project -Token $badToken -TokenType Bearer",
        "Connect-JiraAdo $folder/sync.psd1 -JiraCredential $jiraCredential -AdoToken $adoToken; Get-JiraAdoConnection",
        "Connect-JiraAdo $folder/sync.psd1 -JiraCredential $badCredential",
        "Test-JiraAdoSync -Profile $folder/sync.psd1",
        "Get-AdoWorkItem -Wiql '[System.Id] > 0' | Sync-JiraIssue -JiraProject SHOP -WhatIf",
        "Get-AdoRelation -WorkItemId 1, 2 | Convert-RelationType | Sync-JiraLink -WhatIf",
        "Watch-JiraAdoSync $folder/sync.psd1 -StopAfter 0:0:1 -Listen $listen -JiraHookSecret $adoToken "
            + "-AdoHookCredential $jiraCredential; Get-JiraAdoWatch",
        "Remove-JiraAdoRun -OlderThan 2100-01-01 -RunPath $folder/runs -WhatIf",
        "$jira, $ado",
    ];

    [Fact]
    public void Every_cmdlet_is_among_those_that_are_heard()
    {
        using var session = new PowerShellSession();
        var all = string.Join('\n', Scripts);
        Assert.All(
            session.Run("(Get-Module JiraAdoSync).ExportedCmdlets.Keys").Succeeded().Output,
            name => Assert.Contains(name.ToString(), all, StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_stream_file_record_object_or_error_has_a_token_in_it()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        var folder = Directory.CreateTempSubdirectory("jira-ado-sync-secrets-").FullName;
        world.Session.Set("folder", folder);
        world.Session.Set("listen", $"http://localhost:{WatchTests.FreePort()}/");
        var shown = new StringBuilder();
        try
        {
            await world.Tracker.CommentAsync("SHOP-1", "A comment");
            await world.Tracker.AttachAsync("SHOP-1", "notes.txt", [1, 2, 3]);
            await world.Tracker.LinkPageAsync("SHOP-1", "page", "https://example.org/page", "A page");
            CollectAll(world, shown);
            await world.Tracker.CommentAsync("SHOP-1", "Another comment");
            // Services, or what is in front of them, that answer with all that they were sent, in a text, a header or
            // an address.
            await world.SetFaultsAsync(
                Echo(world, 400), Echo(world, 401), Echo(world, 403), Echo(world, 404), Echo(world, 500));
            CollectAll(world, shown);
            await world.SetFaultsAsync(Echo(world, 302), Echo(world, 307));
            CollectAll(world, shown);
            Assert.Contains("redirects to", shown.ToString(), StringComparison.Ordinal);
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                shown.AppendLine(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var text = shown.ToString();
        Assert.Contains("VERBOSE: Jira: GET /rest/api/3/myself: 200 in", text, StringComparison.Ordinal);
        Assert.Contains("DEBUG: Azure DevOps: sending POST /_apis/wit/$batch", text, StringComparison.Ordinal);
        Assert.Contains("answered 400", text, StringComparison.Ordinal);
        foreach (var secret in Secrets(world))
        {
            Assert.False(text.Contains(secret, StringComparison.OrdinalIgnoreCase),
                $"'{secret}' is shown: {Around(text, secret)}");
        }
    }

    private static void CollectAll(World world, StringBuilder shown)
    {
        foreach (var script in Scripts)
        {
            using var shell = world.Session.Shell(
                "$VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; $InformationPreference = 'Continue'; "
                    + script);
            try
            {
                Collect(shown, shell.Invoke());
            }
            catch (RuntimeException failure)
            {
                Collect(shown, failure.ErrorRecord);
            }

            shell.Streams.Error.ToList().ForEach(error => Collect(shown, error));
            shell.Streams.Verbose.ToList().ForEach(one => shown.AppendLine($"VERBOSE: {one.Message}"));
            shell.Streams.Debug.ToList().ForEach(one => shown.AppendLine($"DEBUG: {one.Message}"));
            shell.Streams.Warning.ToList().ForEach(one => shown.AppendLine($"WARNING: {one.Message}"));
            shell.Streams.Information.ToList().ForEach(one => shown.AppendLine(one.MessageData?.ToString()));
            shell.Streams.Progress.ToList()
                .ForEach(one => shown.AppendLine($"{one.Activity} {one.StatusDescription} {one.CurrentOperation}"));
        }
    }

    private static void Collect(StringBuilder shown, ErrorRecord error) => shown
        .AppendLine(error.ToString())
        .AppendLine(error.FullyQualifiedErrorId)
        .AppendLine(error.Exception.ToString())
        .AppendLine(error.ErrorDetails?.ToString())
        .AppendLine(PSSerializer.Serialize(error.TargetObject, 4))
        .AppendLine(PSSerializer.Serialize(error.Exception, 4))
        .AppendLine(error.InvocationInfo?.Line)
        .AppendLine(error.ScriptStackTrace);

    private static void Collect(StringBuilder shown, IEnumerable<PSObject> objects)
    {
        foreach (var one in objects)
        {
            shown.AppendLine(one.ToString()).AppendLine(PSSerializer.Serialize(one, 4));
            foreach (var property in one.Properties)
            {
                shown.AppendLine($"{property.Name}: {property.Value}");
            }
        }
    }

    private static JsonObject Echo(World world, int status)
    {
        var words = $"You sent Authorization: Basic {Encode($"{world.Sandbox.JiraUser}:{world.Sandbox.JiraToken}")}, "
            + $"Authorization: Basic {Encode($":{world.Sandbox.AdoToken}")}, Bearer not-the-token-of-anybody, "
            + $"https://x:{world.Sandbox.AdoToken}@dev.azure.example?token={world.Sandbox.JiraToken}";
        return new JsonObject
        {
            ["kind"] = "status",
            ["status"] = status,
            ["probability"] = 0.2,
            ["headers"] = new JsonObject
            {
                ["Location"] = $"https://x:{world.Sandbox.AdoToken}@elsewhere.example/{world.Sandbox.JiraToken}/{world.Sandbox.AdoToken}"
                    + $"?token={world.Sandbox.JiraToken}",
                ["activityid"] = $"Bearer {world.Sandbox.AdoToken}",
                ["Atl-Traceid"] = $"Bearer {world.Sandbox.JiraToken}",
                ["Retry-After"] = "0",
            },
            ["body"] = new JsonObject { ["message"] = words, ["errorMessages"] = new JsonArray(words) }.ToJsonString(),
        };
    }

    private static string[] Secrets(World world) =>
    [
        world.Sandbox.JiraToken,
        world.Sandbox.AdoToken,
        Encode($"{world.Sandbox.JiraUser}:{world.Sandbox.JiraToken}"),
        Encode($":{world.Sandbox.AdoToken}"),
        Encode(world.Sandbox.AdoToken),
        "not-the-token",
    ];

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
        return text[Math.Max(at - 200, 0)..Math.Min(at + 100, text.Length)];
    }
}
