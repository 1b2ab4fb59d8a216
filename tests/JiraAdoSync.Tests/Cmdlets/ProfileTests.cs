using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Profiles: data that is read and never executed, and the one that is written for two sites.</summary>
public sealed class ProfileTests
{
    [Fact]
    public async Task A_profile_gives_the_parameters_that_the_command_line_does_not()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        Write(folder, "sync.psd1", """
            # A comment.
            @{
                Jql = 'key = SHOP-1'
                TypeMapping = @{ Story = 'Feature', 'User Story'; Bug = 'Issue' }
                FieldMapping = @{ 'Value Area' = @{ Value = 'Architectural' } }
                Prune = $true; PruneLimit = 20; Unmapped = 'Warn'
            }
            """);
        world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded();
        Assert.Equal(["Feature: Issue 1"], await world.Board.TitlesAsync());
        Assert.Equal("Architectural", (await world.Board.FieldsAsync("Issue 1"))["Microsoft.VSTS.Common.ValueArea"]);
        world.Run("Invoke-JiraAdoSync -Profile sync.psd1 -Jql 'key = SHOP-2' -TypeMapping @{ Bug = 'Bug' }")
            .Succeeded();
        world.Run("Invoke-JiraAdoSync -Profile sync.psd1 -IssueId 1002").Succeeded();
        Assert.Equal(["Feature: Issue 1", "Bug: Issue 2"], await world.Board.TitlesAsync());
    }

    [Fact]
    public async Task A_script_form_may_have_script_blocks_and_runs_nothing_when_it_is_read()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        Write(folder, "sync.ps1", """
            @{
                Jql = 'project = SHOP'
                FieldMapping = @{ 'Acceptance Criteria' = { "Made of $($_.Key)" } }
            }
            """);
        world.Run("Invoke-JiraAdoSync -Profile sync.ps1").Succeeded();
        Assert.Equal(
            "Made of SHOP-1", (await world.Board.FieldsAsync("Issue 1"))["Microsoft.VSTS.Common.AcceptanceCriteria"]);
    }

    [Theory]
    [InlineData("sync.psd1", "@{\n Jql = 'a = 1'\n Prun = $true\n}", "line 3", "'Prune'")]
    [InlineData("sync.psd1", "@{\n Jql = \"a = $(Get-Date)\"\n}", "line 2", "no data")]
    [InlineData("sync.psd1", "@{\n FieldMapping = @{\n Risk = { 1 } }\n}", "line 3", ".ps1")]
    [InlineData("sync.ps1", "@{\n Jql = (Remove-Item x)\n}", "line 2", "no data")]
    [InlineData("sync.ps1", "$x = 1\n@{ Jql = 'a' }", "line 1", "one hashtable")]
    [InlineData("sync.psd1", "@{\n Jql = 'a'\n", "line 1", "}")]
    [InlineData("sync.psd1", "@{\n Jql = 'a'\n PruneLimit = 200\n}", "line 3", "100")]
    [InlineData("sync.psd1", "@{\n Jql = 'a'\n OnConflict = 'Ignore'\n}", "line 3", "Degrade")]
    [InlineData("sync.psd1", "@{\n StatePath = 'x'\n}", "line 2", "no entry")]
    [InlineData("sync.psd1", "@{ JiraSite = 'https://other.example'; Jql = 'a' }", "https://other.example", "connected")]
    public async Task What_can_not_be_used_is_refused_with_its_line(string file, string text, string where, string says)
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        Write(folder, file, text);
        var failed = world.Run($"Invoke-JiraAdoSync -Profile {file}");
        Assert.Equal("ProfileInvalid", failed.FailureId);
        Assert.Contains(where, failed.Failure!.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(says, failed.Failure.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task A_file_of_people_is_looked_for_beside_the_profile()
    {
        var seed = new JiraSeed().Issue(1, "Story").Fields(
            1, """{"assignee":{"accountId":"a","emailAddress":"nobody@elsewhere.example","displayName":"N"}}""");
        await using var world = await World.StartAsync(seed.Lines);
        using var folder = new TemporaryFolder();
        Write(folder, "sync.psd1", "@{ Jql = 'project = SHOP'; UserMapping = 'people.csv' }");
        Write(folder, "people.csv", "Jira,Azure DevOps\nnobody@elsewhere.example,ben@contoso.example\n");
        world.Run($"Invoke-JiraAdoSync -Profile '{Path.Combine(folder.Path, "sync.psd1")}'").Succeeded();
        Assert.Equal("ben@contoso.example", (await world.Board.FieldsAsync("Issue 1"))["System.AssignedTo"]);
    }

    [Fact]
    public async Task Names_that_end_a_text_or_begin_a_comment_stay_what_they_are()
    {
        var seed = new JiraSeed().Issue(1, "It's ‘odd’ #1").Issue(2, "Story").Link(2, "won't $(break)", 1)
            .Status(2, "Won't \"do\" #2", "done");
        await using var world = await World.StartAsync(seed.Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        var made = world.Run("New-JiraAdoProfile sync.psd1 'project = SHOP'").Succeeded();
        Assert.NotNull(Assert.Single(made.Output).Properties["PSPath"]);
        var run = world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded();
        Assert.Equal(["User Story: Issue 2"], await world.Board.TitlesAsync());
        Assert.Contains("Skip SHOP-1 LeftOut", run.Rows("WorkItemResult", "Action", "Key", "Reason"));
        Assert.Equal("ProfileExists", world.Run("New-JiraAdoProfile sync.psd1 'project = SHOP'").FailureId);
        world.Run("New-JiraAdoProfile sync.psd1 'project = SHOP' -Force").Succeeded();
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_real_Jira_gets_a_profile_that_runs_unedited_and_reports_what_it_could_not_map(JiraFlavor flavor)
    {
        var file = Repository.Shared("data", "titanium-small.jsonl.gz");
        Assert.SkipWhen(file is null, "shared/data/titanium-small.jsonl.gz is not beside the repository.");
        await using var world = await World.StartAsync(
            await TitaniumTests.ReadAsync(file!), adjust: options => options with { Jira = flavor });
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        var made = world.Run("New-JiraAdoProfile -Path sync.psd1 -Jql 'project in (ALOY, MOD, DAEMON)'").Succeeded();
        Assert.StartsWith(
            "Their names alone do not say what these should become: TypeMapping 'Improvement', LinkTypeMapping 'Gantt: start-finish', ",
            Assert.Single(made.Warnings),
            StringComparison.Ordinal);
        var text = await File.ReadAllTextAsync(
            Path.Combine(folder.Path, "sync.psd1"), TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(text);
        Assert.Contains("'Improvement' = $null   # 528 issues: perhaps 'User Story'", text, StringComparison.Ordinal);
        // Data Center does not say at what level a type is, so that its name alone speaks.
        Assert.Contains(
            $"'New Feature' = '{(flavor == JiraFlavor.Cloud ? "User Story" : "Feature")}'", text, StringComparison.Ordinal);
        Assert.Contains("'Resolved' = 'Closed'", text, StringComparison.Ordinal);

        var run = world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded();
        TestContext.Current.TestOutputHelper.WriteLine(string.Join('\n', run.Warnings));
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(2183 - 528, (await world.Board.ItemsAsync()).Count);
        Assert.Contains(run.Warnings, warning => warning.StartsWith("Skip: 528 issues", StringComparison.Ordinal));
        var second = world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded();
        Assert.Equal("NoChange", second.Summary.Properties["Outcome"].Value.ToString());

        // Without it, and with what its comments say that it leaves out or guesses, nothing differs.
        var without = world.Run(
            $$"""
            Invoke-JiraAdoSync -Jql 'project in (ALOY, MOD, DAEMON)' -Unmapped Warn -PlanOnly -TypeMapping @{
                Improvement = $null; 'New Feature' = '{{(flavor == JiraFlavor.Cloud ? "User Story" : "Feature")}}'
            }
            """).Succeeded();
        Assert.All(
            without.Rows("WorkItemChange", "Action", "Key", "Fields"),
            row => Assert.True(row.Split(' ')[0] is "Keep" or "Skip", row));
        Assert.All(
            without.Rows("RelationChange", "Action", "Source", "Target", "Reason"),
            row => Assert.False(row.Split(' ')[0] is "Create" or "Replace" or "Remove", row));
    }

    [Fact]
    public async Task A_profile_of_both_ways_runs_unedited_and_one_way_shows_the_entries_that_it_could_have()
    {
        await using var world = (await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines)).ThatWritesJira();
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        world.Run("New-JiraAdoProfile one.psd1 'project = SHOP'").Succeeded();
        var one = Read("one.psd1");
        Assert.Contains("    # Direction = 'Both'\n", one, StringComparison.Ordinal);
        Assert.Contains("    # JiraProject = 'SHOP'\n", one, StringComparison.Ordinal);
        // What is only shown can be chosen.
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "chosen.psd1"),
            one.Replace("# Direction", "Direction", StringComparison.Ordinal)
                .Replace("# Wiql", "Wiql", StringComparison.Ordinal)
                .Replace("# FieldConflict", "FieldConflict", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        world.Run("Invoke-JiraAdoSync -Profile chosen.psd1").Succeeded();

        await world.Board.CreateAsync("Bug", "Found here");
        world.Run("New-JiraAdoProfile both.psd1 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -JiraProject SHOP")
            .Succeeded();
        Assert.Contains("    Wiql = '[System.Id] > 0'\n", Read("both.psd1"), StringComparison.Ordinal);
        Assert.DoesNotContain("Failed", world.Run("Test-JiraAdoSync -Profile both.psd1").Succeeded().Rows("SyncCheck", "Result"));
        var run = world.Run("Invoke-JiraAdoSync -Profile both.psd1").Succeeded();
        Assert.Contains("Create Found here", run.Rows("IssueResult", "Action", "Summary"));
        Assert.Equal("ParameterConflict", world.Run("New-JiraAdoProfile x.psd1 'project = SHOP' -JiraProject SHOP").FailureId);

        string Read(string name) => File.ReadAllText(Path.Combine(folder.Path, name));
    }

    private static void Write(TemporaryFolder folder, string file, string text) =>
        File.WriteAllText(Path.Combine(folder.Path, file), text);
}
