using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// What a person sees of a run that writes to both sides: conflicts with both values, who gave them and what to type,
/// and which side each change is written to, wherever results are shown.
/// </summary>
public sealed class ConflictViewTests
{
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both";
    private const string Evil = "\e[2K\e]52;c;ZXZpbA==\a\u202Eevil <img src=x onerror=alert(1)>\u2028| `a` ##vso[evil.do]x";

    [Fact]
    public async Task A_conflict_is_shown_with_both_values_their_authors_and_what_to_type_which_decides_it_as_printed()
    {
        await using var world = await StartAsync();
        await ConflictAsync(world, "As Jira has it", "As Azure DevOps has it");
        var run = world.Run($"{Both} -IncludeComments -FieldMapping @{{ 'Area Path' = $null }}").Succeeded();

        var conflict = run.Of("FieldResult").Single();
        var table = world.Session.Show(conflict, "Format-Table");
        Assert.Contains("! Conflict", table, StringComparison.Ordinal);
        Assert.Contains("Title: undecided", table, StringComparison.Ordinal);
        Assert.Contains("'As Jira has it' in Jira (", table, StringComparison.Ordinal);
        Assert.Contains("), 'As Azure DevOps has it' in Azure DevOps (", table, StringComparison.Ordinal);
        var command = $"{conflict.Properties["Decide"].Value}";
        Assert.Equal(
            "Invoke-JiraAdoSync -Direction Both -FieldMapping @{ 'Area Path' = $null } -IncludeComments -Key SHOP-1 -FieldConflict JiraWins",
            command);
        var list = world.Session.Show(conflict, "Format-List");
        Assert.Matches(@"Jira\s+: As Jira has it \(.+, \d{4}-\d\d-\d\d \d\d:\d\d UTC\)", list);
        Assert.Matches(@"Azure DevOps\s+: As Azure DevOps has it \(.+, \d{4}-\d\d-\d\d \d\d:\d\d UTC\)", list);
        Assert.Contains($": {command}", list, StringComparison.Ordinal);
        Assert.Contains(run.Warnings, warning => warning.EndsWith(
            $"To decide it: {command}, or AdoWins.", StringComparison.Ordinal));
        Assert.Matches("Conflicts +: 1, to decide: SHOP-1", world.Session.Show(run.Summary, "Out-String"));
        Assert.Equal(["SHOP-1"], (IEnumerable<string>)run.Summary.Properties["ConflictKeys"].Value);

        var decided = world.Run(command).Succeeded();
        Assert.Equal("As Jira has it", await world.Board.FieldAsync(await IdAsync(world), "System.Title"));
        Assert.Contains(
            "Title: Jira's value",
            world.Session.Show(decided.Of("FieldResult").Single(), "Format-Table"),
            StringComparison.Ordinal);
        Assert.Matches("Conflicts +: 1, all decided", world.Session.Show(decided.Summary, "Out-String"));
    }

    [Fact]
    public async Task Each_change_says_which_side_it_writes_to_and_a_run_is_one_table()
    {
        await using var world = await StartAsync();
        await world.Board.SetFieldAsync(await IdAsync(world), "System.Title", "Named in Azure DevOps");
        await world.Tracker.SetSummaryAsync("SHOP-2", "Named in Jira");
        using var screen = new StringWriter();
        using var session = new PowerShellSession(new TerminalHost(screen, isTerminal: false, width: 120));
        session.Set("jira", world.Run("$jira").Output.Single());
        session.Set("ado", world.Run("$ado").Output.Single());
        var command = $"{Both} -JiraConnection $jira -AdoConnection $ado";
        session.Run($"{command} -PlanOnly | Out-Default").Succeeded();
        var text = screen.ToString();
        Assert.Matches(@"~ Update +SHOP-1 +Jira: summary +Issue 1", text);
        Assert.Matches(@"~ Update +SHOP-2 +User Story \d+ +Named in Jira: Title \(now ""Issue 2""\)", text);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(text, "Action +Issue +Becomes"));

        var plan = world.Run($"{Both} -PlanOnly 6>&1").Succeeded();
        Assert.Contains(
            "Plan: 1 work item to change, 1 issue to change in Jira; ",
            $"{plan.Output[^1]}",
            StringComparison.Ordinal);
        Assert.Equal(
            ["SHOP-1 Jira", "SHOP-2 AzureDevOps"],
            plan.Of("IssueResult").Concat(plan.Of("WorkItemChange"))
                .Where(one => $"{one.Properties["Action"].Value}" == "Update")
                .Select(one => $"{one.Properties["Key"].Value} {one.Properties["Side"].Value}"));
    }

    [Fact]
    public async Task A_report_has_conflicts_and_what_is_written_to_Jira_in_every_format()
    {
        using var folder = new TemporaryFolder();
        await using var world = await StartAsync();
        await ConflictAsync(world, "As Jira has it", "As Azure DevOps has it");
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 2"), "System.Title", "Named in Azure DevOps");
        world.Session.Set("folder", folder.Path);
        var run = world.Run($"{Both} -Report \"$folder/r.html\", \"$folder/r.md\", \"$folder/r.csv\"").Succeeded();

        var (page, text, table) = (Read("r.html"), Read("r.md"), Read("r.csv"));
        Assert.Contains("<details id=\"conflicts\"", page, StringComparison.Ordinal);
        Assert.Contains("1 issue changed in Jira. 1 conflict to decide.", page, StringComparison.Ordinal);
        Assert.Contains("Jira: summary", page, StringComparison.Ordinal);
        Assert.Contains("value=\"Conflict\"", page, StringComparison.Ordinal);
        Assert.Contains("<code>Invoke-JiraAdoSync -Direction Both -Key SHOP-1 -FieldConflict JiraWins</code>", page, StringComparison.Ordinal);
        Assert.Contains("## Conflicts: 1", text, StringComparison.Ordinal);
        Assert.Matches(@"\| .*SHOP-1.* \| Title: undecided \| 'As Jira has it' \(.+\) \| 'As Azure DevOps has it' \(.+\) \| Invoke-", text);
        Assert.Matches(@"\| Issues in Jira \| .*1", text);
        Assert.Matches("\"Field\",\"Conflict\",\"SHOP-1\",\"System.Title\",.*\"As Jira has it\",.*\"As Azure DevOps has it\"", table);
        Assert.Matches("\"Issue\",\"Update\",\"SHOP-2\",\"summary\",.*\"Jira\"", table);

        // What the run recorded is no less.
        var id = run.Summary.Properties["RunId"].Value;
        world.Run($"Get-JiraAdoRun -RunId '{id}' | Export-JiraAdoReport \"$folder/record.md\"").Succeeded();
        Assert.Contains("1 issue changed in Jira", Read("record.md"), StringComparison.Ordinal);

        string Read(string name) => File.ReadAllText(Path.Combine(folder.Path, name));
    }

    [Fact]
    public async Task Nothing_that_a_conflict_shows_is_obeyed_and_long_values_are_cut_to_where_they_differ()
    {
        using var folder = new TemporaryFolder();
        await using var world = await StartAsync();
        var alike = string.Concat(Enumerable.Repeat("alike ", 20));
        await ConflictAsync(world, $"{alike}Jira {Evil}", $"{alike}evil <img src=x onerror=alert(1)> ##vso[evil.do]x");
        using var screen = new StringWriter();
        using var session = new PowerShellSession(new TerminalHost(screen, isTerminal: true, width: 400));
        session.Set("jira", world.Run("$jira").Output.Single());
        session.Set("ado", world.Run("$ado").Output.Single());
        session.Set("folder", folder.Path);
        var command = $"{Both} -JiraConnection $jira -AdoConnection $ado";
        session.Run($"{command} -WhatIf -Report \"$folder/r.html\", \"$folder/r.md\" | Out-Default").Succeeded();
        session.Run($"{command} -PlanOnly | Where-Object Action -eq Conflict | Format-List | Out-Default").Succeeded();
        var shown = screen.ToString();
        Assert.Contains("evil", shown, StringComparison.Ordinal);
        Assert.Contains("'…alike alike ", shown, StringComparison.Ordinal);
        string[] obeyed = ["\e[2K", "\e]52", "\a", "\u202E", "\u2028", "##vso["];
        Assert.All(obeyed, bad => Assert.DoesNotContain(bad, shown, StringComparison.Ordinal));
        foreach (var name in new[] { "r.html", "r.md" })
        {
            var text = await File.ReadAllTextAsync(
                Path.Combine(folder.Path, name), TestContext.Current.CancellationToken);
            Assert.Contains("evil", text, StringComparison.Ordinal);
            Assert.All([.. obeyed, "<img"], bad => Assert.DoesNotContain(bad, text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_run_that_writes_to_Jira_only_offers_what_can_win_there()
    {
        await using var world = await StartAsync();
        await ConflictAsync(world, "As Jira has it", "As Azure DevOps has it");
        var run = world.Run(Both.Replace("Both", "AdoToJira", StringComparison.Ordinal)).Succeeded();
        var command = $"{run.Of("FieldResult").Single().Properties["Decide"].Value}";
        Assert.EndsWith("-Key SHOP-1 -FieldConflict AdoWins", command, StringComparison.Ordinal);
        Assert.Contains(run.Warnings, warning => warning.EndsWith($"To decide it: {command}.", StringComparison.Ordinal));
        world.Run(command).Succeeded();
        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task An_edit_that_was_put_back_is_a_warning_and_among_the_conflicts_of_the_report()
    {
        using var folder = new TemporaryFolder();
        await using var world = await StartAsync();
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await world.Board.SetFieldAsync(await IdAsync(world), "System.Title", "Named in Azure DevOps");
        world.Session.Set("folder", folder.Path);
        var isEdited = false;
        world.Watch = exchange =>
        {
            // Between the last read of the issue and the write.
            if (!isEdited && exchange.Target.Contains("/issue/bulkfetch", StringComparison.Ordinal))
            {
                isEdited = true;
                eve.SetSummaryAsync("SHOP-1", "Named by Eve").GetAwaiter().GetResult();
            }
        };
        var run = world.Run($"{Both} -Report \"$folder/r.html\", \"$folder/r.md\"").Succeeded();
        Assert.True(isEdited);
        Assert.Contains("Overwritten", run.Rows("IssueResult", "Reason"));
        Assert.Contains(run.Warnings, warning =>
            warning.StartsWith("Overwritten: Somebody edited SHOP-1", StringComparison.Ordinal)
            && warning.Contains("Named by Eve", StringComparison.Ordinal));
        Assert.Equal("Partial", run.RunOutcome());
        Assert.Equal(["SHOP-1"], (IEnumerable<string>)run.Summary.Properties["FailedKeys"].Value);
        Assert.Contains("## Overwritten: 1", await ReadAsync("r.md"), StringComparison.Ordinal);
        Assert.Matches("(?s)<details id=\"conflicts\".*Named by Eve", await ReadAsync("r.html"));

        Task<string> ReadAsync(string name) =>
            File.ReadAllTextAsync(Path.Combine(folder.Path, name), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_is_named_is_decided_alone_whatever_the_profile_selects()
    {
        using var folder = new TemporaryFolder();
        await using var world = await StartAsync();
        var path = Path.Combine(folder.Path, "sync.psd1");
        await File.WriteAllTextAsync(
            path,
            "@{ Jql = 'project = SHOP'; Wiql = '[System.Id] > 0'; Direction = 'Both' }",
            TestContext.Current.CancellationToken);
        world.Session.Set("path", path);
        await ConflictAsync(world, "First in Jira", "First in Azure DevOps");
        await world.Tracker.SetSummaryAsync("SHOP-2", "Second in Jira");
        var other = await world.Board.IdOfAsync("Issue 2");
        await world.Board.SetFieldAsync(other, "System.Title", "Second in Azure DevOps");
        var held = world.Run("Invoke-JiraAdoSync -Profile $path").Succeeded();
        Assert.Equal(2, held.Of("FieldResult").Count);

        var first = held.Of("FieldResult").Single(one => $"{one.Properties["Key"].Value}" == "SHOP-1");
        world.Run($"{first.Properties["Decide"].Value}").Succeeded();
        Assert.Equal("First in Jira", await world.Board.FieldAsync(await IdAsync(world), "System.Title"));
        Assert.Equal("Second in Azure DevOps", await world.Board.FieldAsync(other, "System.Title"));
        Assert.Single(world.Run($"Invoke-JiraAdoSync -Profile $path -WorkItemId {other} -WhatIf").Succeeded().Of("FieldResult"));
    }

    private static async Task<World> StartAsync()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story");
        var world = (await World.StartAsync(seed.Lines)).ThatWritesJira();
        world.Run(Both).Succeeded();
        return world;
    }

    private static async Task ConflictAsync(World world, string inJira, string inAdo)
    {
        await world.Board.SetFieldAsync(await IdAsync(world), "System.Title", inAdo);
        await world.Tracker.SetSummaryAsync("SHOP-1", inJira);
    }

    /// <summary>The work item of SHOP-1, whatever its title is: the first that was created.</summary>
    private static async Task<int> IdAsync(World world) =>
        (await world.Board.ItemsAsync()).Min(item => (int)item["id"]!);
}
