using System.Text.Json.Nodes;
using JiraAdoSync.Drafting;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What differs between profiles, and the profile that a run used, from its record.</summary>
public sealed class ProfileHistoryTests
{
    private const string Old = """
        @{
            Jql = 'project = SHOP'
            TypeMapping = @{ Story = 'User Story'; Bug = 'Bug' }
            StateMapping = @{ 'To Do' = 'New'; Bug = @{ 'To Do' = 'New' } }
            LinkTypeMapping = @{ Blocks = 'Successor' }
            Prune = $true
        }
        """;

    private const string New = """
        # What matters is what it says, not how it looks.
        @{
            LinkTypeMapping = @{ blocks = 'Predecessor'; Relates = $null }
            Jql = 'project = SHOP AND issuetype != Epic'
            StateMapping = @{ 'To Do' = 'New'; Bug = @{ 'To Do' = 'Active' } }
            TypeMapping = @{ Story = 'Feature'; Bug = 'Bug' }
            FieldMapping = @{ Tags = 'Components' }
            PruneLimit = 30
        }
        """;

    [Fact]
    public async Task Each_difference_of_two_profiles_shows_what_it_would_change_on_the_board()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Issue(3, "Epic").Issue(4, "Story")
            .Link(2, "blocks", 1).Link(4, "blocks", 1).Link(1, "relates to", 2)
            .Fields(1, """{"labels":["old"],"components":[{"id":"1","name":"Web"}]}""");
        await using var world = await World.StartAsync(seed.Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        Write(folder, "old.psd1", Old);
        Write(folder, "new.psd1", New);
        var rows = world.Run("Compare-JiraAdoProfile old.psd1 new.psd1").Succeeded()
            .Output.Select(one => (ProfileDifference)one.BaseObject).ToDictionary(one => one.Entry);
        Assert.Equal("2 work items: User Story becomes Feature", rows["TypeMapping 'Story'"].Effect);
        Assert.Equal(2, rows["TypeMapping 'Story'"].WorkItems);
        Assert.Equal("1 work item: State: 'New' becomes 'Active'", rows["StateMapping 'Bug' 'To Do'"].Effect);
        var links = rows["LinkTypeMapping 'Blocks'"];
        Assert.Equal(("'Successor'", "'Predecessor'", 2), (links.Before, links.After, links.Relations));
        Assert.Equal("2 relations: Successor becomes Predecessor", links.Effect);
        Assert.Equal("1 link no longer synced, Related until now", rows["LinkTypeMapping 'Relates'"].Effect);
        Assert.Equal("1 work item: Tags: 'old' becomes 'Web'", rows["FieldMapping 'Tags'"].Effect);
        Assert.Equal("1 work item no longer synced", rows["Jql"].Effect);
        Assert.Equal("how a run works, not what the board is to hold", rows["Prune"].Effect);
        Assert.Null(rows["PruneLimit"].Before);
        Assert.Equal(8, rows.Count);
        Assert.Empty(world.Run("Compare-JiraAdoProfile old.psd1 old.psd1").Succeeded().Output);

        // On a screen of 80 columns lines break between words.
        Write(folder, "narrow.psd1", New.Replace("'New'", "'Resolved'", StringComparison.Ordinal));
        var shown = world.Run("Compare-JiraAdoProfile old.psd1 narrow.psd1 | Out-String -Width 80").Succeeded()
            .Output.Single().ToString();
        Assert.Contains("    'User Story' -> 'Feature'", shown, StringComparison.Ordinal);
        var words = world.Run("Compare-JiraAdoProfile old.psd1 narrow.psd1").Succeeded()
            .Output.SelectMany(one => ((ProfileDifference)one.BaseObject).Effect!.Split(' ')).ToList();
        Assert.Contains(words, word => word.Length > 5);
        Assert.Empty(words.Except(shown.Split([' ', '\r', '\n'])));

        // What can't be used is reported with its entry; the others are worked out.
        Write(folder, "wrong.psd1", New.Replace("'Feature'", "'Saga'", StringComparison.Ordinal));
        rows = world.Run("Compare-JiraAdoProfile old.psd1 wrong.psd1").Succeeded()
            .Output.Select(one => (ProfileDifference)one.BaseObject).ToDictionary(one => one.Entry);
        Assert.Contains("'Saga'", rows["TypeMapping 'Story'"].Effect, StringComparison.Ordinal);
        Assert.Equal(2, rows["LinkTypeMapping 'Blocks'"].Relations);

        // Without a connection they are listed.
        world.Run("Disconnect-JiraAdo").Succeeded();
        var listed = world.Run("Compare-JiraAdoProfile old.psd1 new.psd1").Succeeded()
            .Output.Select(one => (ProfileDifference)one.BaseObject).ToList();
        Assert.Equal(8, listed.Count);
        Assert.All(listed, one => Assert.Null(one.Effect));
    }

    [Fact]
    public async Task A_run_keeps_its_profile_which_is_restored_to_the_letter()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Link(2, "blocks", 1).Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        Write(folder, "sync.psd1", Old);
        world.Run("$null = Invoke-JiraAdoSync -Profile sync.psd1 -RunPath runs").Succeeded();
        Write(folder, "sync.psd1", New);
        world.Run("$null = Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath runs -TypeMapping @{ Bug = 'Issue' }").Succeeded();

        var run = world.Run("Get-JiraAdoRun -RunPath runs | Where-Object Profile").Succeeded().Output.Single();
        Assert.Equal("sync.psd1", run.Properties["ProfileName"].Value);
        Assert.Equal(64, ((string)run.Properties["ProfileHash"].Value).Length);
        using (var shell = world.Session.Shell(
            "Get-JiraAdoRun -RunPath runs | Where-Object Profile | Select-Object -First 1 | Export-JiraAdoProfile"))
        {
            shell.Invoke();
            Assert.Contains(
                shell.Streams.Information,
                line => line.ToString().StartsWith($"The profile is in {folder.Path}", StringComparison.Ordinal)
                    && line.ToString().EndsWith(".psd1.", StringComparison.Ordinal));
        }

        var file = Directory.GetFiles(folder.Path, "sync.*.psd1").Single();
        Assert.Equal(Old, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        // The pipeline of the help: what changed since that run.
        var changed = world.Run(
            "Get-JiraAdoRun -RunPath runs | Where-Object Profile | Compare-JiraAdoProfile -DifferencePath sync.psd1").Succeeded();
        Assert.Contains(changed.Output, one => (string)one.Properties["Entry"].Value == "LinkTypeMapping 'Blocks'");

        var id = run.Properties["RunId"].Value;
        Assert.Equal("ProfileExists", world.Run($"Export-JiraAdoProfile {id} sync.psd1 -RunPath runs").FailureId);
        Assert.Empty(world.Run($"Export-JiraAdoProfile {id} other.psd1 -RunPath runs -WhatIf").Succeeded().Output);
        Assert.False(File.Exists(Path.Combine(folder.Path, "other.psd1")));
        world.Run($"Export-JiraAdoProfile {id} sync.psd1 -RunPath runs -Force").Succeeded();
        Assert.Equal(Old, await File.ReadAllTextAsync(Path.Combine(folder.Path, "sync.psd1"), TestContext.Current.CancellationToken));
        Assert.Equal("RunNotFound", world.Run("Export-JiraAdoProfile 20200101T000000000Z-000000 -RunPath runs").FailureId);
        Assert.Equal(
            "RunHasNoProfile",
            world.Run("Get-JiraAdoRun -RunPath runs | Where-Object { -not $_.Profile } | Export-JiraAdoProfile").FailureId);

        // A record that somebody edited gives no profile.
        var record = Directory.GetFiles(Path.Combine(folder.Path, "runs")).Single(path => path.Contains((string)id, StringComparison.Ordinal));
        var text = await File.ReadAllTextAsync(record, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            record, text.Replace("Successor'", "Related'", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal("ProfileAltered", world.Run($"Export-JiraAdoProfile {id} -RunPath runs -Force").FailureId);
    }

    [Fact]
    public async Task A_record_of_before_has_no_profile_and_is_read_as_ever()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        Write(folder, "sync.psd1", "@{ Jql = 'project = SHOP' }");
        world.Run("$null = Invoke-JiraAdoSync -Profile sync.psd1 -RunPath runs").Succeeded();
        var record = Directory.GetFiles(Path.Combine(folder.Path, "runs")).Single();
        var lines = await File.ReadAllLinesAsync(record, TestContext.Current.CancellationToken);
        var head = JsonNode.Parse(lines[0])!.AsObject();
        Assert.Equal("JiraAdoSync run 1", head["format"]!.ToString());
        foreach (var name in new[] { "profile", "profileName", "profileHash" })
        {
            Assert.True(head["run"]!.AsObject().Remove(name), name);
        }

        lines[0] = head.ToJsonString();
        await File.WriteAllLinesAsync(record, lines, TestContext.Current.CancellationToken);
        var run = world.Run("Get-JiraAdoRun -RunPath runs").Succeeded().Output.Single();
        Assert.Equal("Changed", run.Properties["Outcome"].Value);
        Assert.Null(run.Properties["Profile"].Value);
        world.Run("Undo-JiraAdoRun -Last -RunPath runs -Confirm:$false").Succeeded();
        Assert.Empty(await world.Board.ItemsAsync());
    }

    private static void Write(TemporaryFolder folder, string file, string text) =>
        File.WriteAllText(Path.Combine(folder.Path, file), text);
}
