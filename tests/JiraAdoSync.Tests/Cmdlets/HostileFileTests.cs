using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Files that somebody else wrote into, or sent: correlations, the state of earlier runs, and profiles. None is more than
/// a hint or data: it makes nobody's marked work item another issue's, hides no change, and nothing of it is executed.
/// </summary>
public sealed class HostileFileTests : IDisposable
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Mallory = "mallory@contoso.example";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Imported_correlations_move_no_marked_work_item_and_take_no_forged_one_over(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(
            Many(3), adjust: options => options with { Jira = flavor });
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        world.Run(Sync).Succeeded();
        var ids = new List<int>();
        for (var number = 1; number <= 3; number++)
        {
            ids.Add(await world.Board.IdOfAsync($"Issue {number}"));
        }

        // His item says to be the third issue's; the genuine one of that issue is recycled.
        var his = await mallory.CreateAsync("User Story", "His own");
        var mark = (await world.Board.MarksAsync(ids[2])).Single();
        await mallory.HyperlinkAsync(his, mark.Url, "SHOP-3 [JiraAdoSync 1 aaaaaaaa 2 00000000 -.-.-.-]");
        await world.Board.DeleteAsync(ids[2]);
        var before = await TextAsync(world, his);
        var numbers = await NumbersAsync(world, 3);
        world.Reconnect();
        Write(world, Entry("SHOP-1", numbers[0], ids[1]), Entry("SHOP-2", numbers[1], ids[0]), Entry("SHOP-3", numbers[2], his));
        world.Run("Import-JiraAdoCorrelation $path").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "One");
        await world.Tracker.SetSummaryAsync("SHOP-2", "Two");
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Create SHOP-3", "Update SHOP-1", "Update SHOP-2"],
            run.Rows("WorkItemResult", "Action", "Key").Order(StringComparer.Ordinal));
        Assert.Equal("One", await world.Board.FieldAsync(ids[0], "System.Title"));
        Assert.Equal("Two", await world.Board.FieldAsync(ids[1], "System.Title"));
        Assert.Equal(before, await TextAsync(world, his));
        Assert.Contains(
            run.Warnings, warning => warning.StartsWith($"ForeignMark: work item {his} ", StringComparison.Ordinal));
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task One_work_item_is_not_adopted_for_two_issues()
    {
        await using var world = await World.StartAsync(Many(2));
        var item = await world.Board.CreateAsync("User Story", "By hand");
        var numbers = await NumbersAsync(world, 2);
        Write(world, Entry("SHOP-1", numbers[0], item), Entry("SHOP-2", numbers[1], item));
        var refused = world.Run("Import-JiraAdoCorrelation $path");
        Assert.Equal("CorrelationFileUnreadable", refused.FailureId);
        Assert.Contains($"work item {item} belongs to SHOP-1 and to SHOP-2", refused.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Empty(world.Run("Get-JiraAdoCorrelation").Output);

        // By hand, what is said last counts.
        world.Run($"Set-JiraAdoCorrelation SHOP-1 {item}; Set-JiraAdoCorrelation SHOP-2 {item}").Succeeded();
        Assert.Equal(["SHOP-2"], world.Run("Get-JiraAdoCorrelation").Rows("Correlation", "Key"));
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Adopt SHOP-2", "Create SHOP-1"],
            run.Rows("WorkItemResult", "Action", "Key").Order(StringComparer.Ordinal));
        Assert.Single(await world.Board.MarksAsync(item));
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"key":null,"issueId":10001,"workItemId":1}""")]
    [InlineData("""{"key":"","issueId":10001,"workItemId":1}""")]
    [InlineData("""{"key":"SHOP-1","issueId":0,"workItemId":1}""")]
    [InlineData("""{"key":"SHOP-1","issueId":10001,"workItemId":-1}""")]
    [InlineData("""{"key":"SHOP-1","issueId":10001,"workItemId":99999999999}""")]
    [InlineData("""{"key":"SHOP-1","issueId":"10001","workItemId":{}}""")]
    [InlineData("""{"key":"SHOP-1\u001b]52;c;aGk=\u0007","issueId":10001,"workItemId":1}""")]
    [InlineData("""{"issueId":10001,"workItemId":1}""")]
    [InlineData("7")]
    public async Task An_entry_that_no_export_wrote_makes_the_file_unreadable(string entry)
    {
        await using var world = await World.StartAsync(Many(1));
        Write(world, JsonNode.Parse(entry));
        var refused = world.Run("Import-JiraAdoCorrelation $path -PassThru");
        Assert.Equal("CorrelationFileUnreadable", refused.FailureId);
        Assert.DoesNotContain('\u001b', refused.Failure!.ToString());
        Assert.Empty(refused.Output);
        Assert.Empty(world.Run("Get-JiraAdoCorrelation").Output);
    }

    [Theory]
    [InlineData("site", "https://other.example")]
    [InlineData("organization", "https://dev.azure.com/other")]
    [InlineData("project", "Other")]
    [InlineData("site", null)]
    [InlineData("organization", null)]
    [InlineData("project", null)]
    [InlineData("correlations", null)]
    public async Task Correlations_of_another_site_or_project_are_refused(string name, string? value)
    {
        await using var world = await World.StartAsync(Many(1));
        var numbers = await NumbersAsync(world, 1);
        var file = Write(world, Entry("SHOP-1", numbers[0], 1));
        file[name] = value;
        await File.WriteAllTextAsync(PathOf("correlations.json"), file.ToJsonString(), TestContext.Current.CancellationToken);
        Assert.Equal("CorrelationFileUnreadable", world.Run("Import-JiraAdoCorrelation $path").FailureId);
        Assert.Empty(world.Run("Get-JiraAdoCorrelation").Output);
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999+00:00")]
    [InlineData("0001-01-01T00:00:00+00:00")]
    [InlineData("3026-01-01T00:00:00+00:00")]
    [InlineData("never")]
    [InlineData(null)]
    public async Task A_state_that_no_run_can_have_left_hides_no_change(string? mark)
    {
        await using var world = await World.StartAsync(Many(2));
        world.Session.Set("state", PathOf("state.json"));
        const string Run = $"{Sync} -StatePath $state";
        world.Run(Run).Succeeded();
        var state = JsonNode.Parse(
            await File.ReadAllTextAsync(PathOf("state.json"), TestContext.Current.CancellationToken))!;
        state["mark"] = mark;
        await File.WriteAllTextAsync(PathOf("state.json"), state.ToJsonString(), TestContext.Current.CancellationToken);
        await world.Tracker.SetSummaryAsync("SHOP-1", "Changed since");
        var run = world.Run(Run).Succeeded();
        Assert.Equal(2, run.Rows("WorkItemResult", "Key").Count);
        Assert.Equal(["User Story: Changed since", "User Story: Issue 2"], await world.Board.TitlesAsync());
    }

    [Theory]
    [InlineData("@{ Jql = $env:HOME }")]
    [InlineData("@{ Jql = \"project = $HOME\" }")]
    [InlineData("@{ Jql = \"project = $(New-Item owned)\" }")]
    [InlineData("@{ Jql = (New-Item owned) }")]
    [InlineData("@{ Jql = @(New-Item owned) }")]
    [InlineData("@{ Jql = [IO.File]::Create('owned') }")]
    [InlineData("@{ Jql = { New-Item owned } }")]
    [InlineData("@{ Jql = & { New-Item owned } }")]
    [InlineData("@{ (New-Item owned) = 'x' }")]
    [InlineData("@{ FieldMapping = @{ Risk = { New-Item owned } } }")]
    [InlineData("@{ FieldMapping = @{ Risk = @({ New-Item owned }) } }")]
    [InlineData("@{ Jql = if (1) { New-Item owned } }")]
    [InlineData("@{ Jql = 'a' } ; New-Item owned")]
    [InlineData("param($x = (New-Item owned)) @{ Jql = 'a' }")]
    [InlineData("begin { New-Item owned } end { @{ Jql = 'a' } }")]
    [InlineData("#requires -Modules owned\nusing module ./owned.psm1\n@{ Jql = 'a' }")]
    [InlineData("@{ Jql = 'a' | New-Item owned }")]
    [InlineData("@{ Jql = 'a' * 2147483647 }")]
    [InlineData("@{ PruneLimit = 1..2147483647 }")]
    [InlineData("@{ Jql = [string]::new('a', 2147483647) }")]
    public async Task Nothing_of_a_profile_is_executed(string text)
    {
        await using var world = await World.StartAsync(Many(1));
        world.Session.GoTo(_folder.Path);
        await File.WriteAllTextAsync(PathOf("owned.psm1"), "New-Item owned", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(PathOf("sync.psd1"), text, TestContext.Current.CancellationToken);
        foreach (var command in new[]
        {
            "Invoke-JiraAdoSync -Profile sync.psd1", "Test-JiraAdoSync -Profile sync.psd1",
            "Compare-JiraAdoProfile sync.psd1 sync.psd1", "Connect-JiraAdo -Profile sync.psd1",
        })
        {
            var failed = world.Run(command);
            Assert.True(failed.FailureId == "ProfileInvalid", $"{command}: {failed.FailureId} {failed.Failure}");
        }

        Assert.False(File.Exists(PathOf("owned")));
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task A_profile_as_deep_as_none_is_ends_no_session()
    {
        await using var world = await World.StartAsync(Many(1));
        world.Session.GoTo(_folder.Path);
        foreach (var depth in new[] { 200, 20_000 })
        {
            await File.WriteAllTextAsync(
                PathOf("sync.psd1"),
                string.Concat(Enumerable.Repeat("@{ a = ", depth)) + "1" + new string('}', depth),
                TestContext.Current.CancellationToken);
            Assert.Equal("ProfileInvalid", world.Run("Invoke-JiraAdoSync -Profile sync.psd1").FailureId);
        }
    }

    [Fact]
    public async Task Names_in_a_profile_that_a_command_writes_show_what_they_are_and_run_nothing()
    {
        const string Evil = "'; New-Item owned; '\u2019 $(New-Item owned) ` \" #";
        var seed = new JiraSeed().Issue(1, Evil).Issue(2, "Story").Link(2, "\u201b" + Evil, 1)
            .Status(1, "a\u202Eenod", "done").Status(2, Evil, "new")
            .Fields(2, """{"priority":{"id":"7","name":"\n}\nNew-Item owned\n@{"},"assignee":{"accountId":"x","displayName":"\nNew-Item owned \u202E"}}""");
        await using var world = await World.StartAsync(seed.Lines);
        world.Session.GoTo(_folder.Path);
        world.Run("New-JiraAdoProfile sync.psd1 'project = SHOP'").Succeeded();
        var text = await File.ReadAllTextAsync(PathOf("sync.psd1"), TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(text);
        // By PowerShell's own reader of data, which runs nothing either; and by ours.
        world.Run("$data = Import-PowerShellDataFile sync.psd1").Succeeded();
        world.Run("Invoke-JiraAdoSync -Profile sync.psd1 -Unmapped Skip").Succeeded();
        Assert.False(File.Exists(PathOf("owned")));
        Assert.All(text.Split('\n'), line => Assert.False(
            line.TrimStart().StartsWith("New-Item", StringComparison.Ordinal), line));
        Assert.All(
            text.Split('\n').Where(line => line.Contains("# ", StringComparison.Ordinal)),
            line => Assert.DoesNotContain('\u202e', line[line.LastIndexOf("# ", StringComparison.Ordinal)..]));
    }

    private static IEnumerable<string> Many(int count)
    {
        var seed = new JiraSeed();
        for (var number = 1; number <= count; number++)
        {
            seed.Issue(number, "Story");
        }

        return seed.Lines;
    }

    private static JsonObject Entry(string key, long issueId, int workItemId) => new()
    {
        ["key"] = key, ["issueId"] = issueId, ["workItemId"] = workItemId,
    };

    private static async Task<List<long>> NumbersAsync(World world, int count)
    {
        var numbers = new List<long>();
        for (var number = 1; number <= count; number++)
        {
            using var client = world.Tracker.NewClient();
            var issue = JsonNode.Parse(await client.GetStringAsync(new Uri($"issue/SHOP-{number}", UriKind.Relative)))!;
            numbers.Add(long.Parse(issue["id"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture));
        }

        return numbers;
    }

    /// <summary>All of an item that a change of it would show in.</summary>
    private static async Task<string> TextAsync(World world, int id)
    {
        var item = await world.Board.ItemAsync(id);
        return $"{item["rev"]} {item["fields"]!.ToJsonString()} {item["relations"]?.ToJsonString()}";
    }

    private string PathOf(string file) => Path.Combine(_folder.Path, file);

    /// <summary>Writes a file of correlations for the session's sites.</summary>
    private JsonNode Write(World world, params JsonNode?[] entries)
    {
        world.Session.Set("path", PathOf("correlations.json"));
        world.Run("Export-JiraAdoCorrelation $path").Succeeded();
        var file = JsonNode.Parse(File.ReadAllText(PathOf("correlations.json")))!;
        file["correlations"] = new JsonArray(entries);
        File.WriteAllText(PathOf("correlations.json"), file.ToJsonString());
        return file;
    }
}
