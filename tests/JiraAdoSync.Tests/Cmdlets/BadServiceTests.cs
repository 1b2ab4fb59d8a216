using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Cmdlets over services whose answers are damaged. <c>JIRAADOSYNC_GARBLED_RUNS</c> asks for more runs than the usual.
/// </summary>
public sealed class BadServiceTests
{
    private static readonly string[] Scripts =
    [
        "Invoke-JiraAdoSync -Jql 'project = SHOP'",
        "Invoke-JiraAdoSync -Jql 'project = SHOP'",
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly",
        "Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem",
        "$r = Get-JiraReplica -Key SHOP-1, SHOP-2, SHOP-3; $r | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Sync-AdoRelation -Scope $r",
        "$r = Get-JiraReplica -Jql 'project = SHOP'; $r | Get-JiraIssueLinks | Convert-LinkType | Compare-AdoRelation -Scope $r",
        "Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping",
        "Get-JiraReplica -Jql 'project = SHOP' | Test-IssueTypeMapping",
        "Get-JiraAdoOrphan",
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -FieldMapping @{ 'Story Points' = 3 } -PlanOnly",
        "1, 2, 3 | Get-AdoRelation",
        "$null = Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential",
        "$null = Connect-AdoProject -OrganizationUri $organizationUri -Project $project -Token $adoToken",
    ];

    private static readonly string[] OurExceptions =
        ["RestException", "SyncException", "InvalidOperationException", "ItemNotFoundException"];

    private static int Runs => int.TryParse(
        Environment.GetEnvironmentVariable("JIRAADOSYNC_GARBLED_RUNS"), CultureInfo.InvariantCulture, out var runs)
            ? runs
            : 120;

    /// <summary>
    /// Damage that shows, an answer that is cut off or exchanged, leaves nothing that a sound run does not
    /// put right. (What is damaged without a sign, one title for another, nobody can see.)
    /// </summary>
    [Theory(Timeout = 3_600_000)]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task After_runs_with_broken_answers_a_sound_run_leaves_the_same_graph_as_ever(JiraFlavor flavor)
    {
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = RecipeStory.Issues, Jira = flavor });
        await using var sound = await World.StartUnheldAsync(
            new SandboxOptions { Seed = RecipeStory.Issues, Jira = flavor });
        await RunAllAsync(world, ["truncate", "replace"], seed: 11);

        world.Run("Disconnect-JiraAdo");
        world.Connect();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        sound.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal((await sound.Board.TitlesAsync()).Order(), (await world.Board.TitlesAsync()).Order());
        Assert.Equal(await sound.Board.RelationsAsync(), await world.Board.RelationsAsync());
        Assert.Equal("NoChange", world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'")
            .Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }

    [Theory(Timeout = 3_600_000)]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Whatever_is_damaged_ends_in_an_error_of_ours_and_leaves_what_is_others_alone(JiraFlavor flavor)
    {
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = RecipeStory.Issues, Jira = flavor });
        var foreign = await AddForeignAsync(world);
        await RunAllAsync(world, ["bytes", "value", "truncate", "replace"], seed: 12);
        Assert.Equal(foreign, await ForeignAsync(world));
    }

    private static async Task RunAllAsync(World world, string[] ways, int seed)
    {
        var random = new Random(seed);
        var (wrong, failed) = (new List<string>(), 0);
        for (var run = 0; run < Runs; run++)
        {
            var rule = new JsonObject
            {
                ["kind"] = "garble",
                ["how"] = ways[random.Next(ways.Length)],
                ["seed"] = random.Next(),
                ["skip"] = random.Next(5),
                ["times"] = random.Next(1, 3),
            };
            var script = Scripts[random.Next(Scripts.Length)];
            await world.SetFaultsAsync(rule);
            var outcome = world.Run(script);
            var errors = outcome.Errors.Append(outcome.Failure).OfType<ErrorRecord>().ToList();
            failed += errors.Count > 0 ? 1 : 0;
            wrong.AddRange(errors
                .Where(error => !OurExceptions.Contains(error.Exception.GetType().Name))
                .Select(error => $"{script} {rule.ToJsonString()}: {error.FullyQualifiedErrorId}: {error.Exception}"));
        }

        await world.ClearFaultsAsync();
        Assert.True(wrong.Count == 0, $"{wrong.Count}: {string.Join(Environment.NewLine, wrong.Take(10))}");
        Assert.InRange(failed, Runs / 10, Runs);
        TestContext.Current.TestOutputHelper!.WriteLine($"{failed} of {Runs} runs ended in errors.");
    }

    /// <summary>What people have of their own: items, a relation between them, and one to an item of ours.</summary>
    private static async Task<string> AddForeignAsync(World world)
    {
        var (one, two) = (
            await world.Board.CreateAsync("Task", "Foreign one"), await world.Board.CreateAsync("Task", "Foreign two"));
        await world.Board.RelateAsync(one, "System.LinkTypes.Dependency-Forward", two);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Board.RelateAsync(
            one, "System.LinkTypes.Related", await world.Board.IdOfAsync("Customers can pay by card"));
        return await ForeignAsync(world);
    }

    private static async Task<string> ForeignAsync(World world) => string.Join(
        Environment.NewLine,
        (await world.Board.ItemsAsync())
            .Where(item => item["fields"]!["System.Title"]!.ToString().StartsWith("Foreign", StringComparison.Ordinal))
            .Select(item => item.ToJsonString()));
}
