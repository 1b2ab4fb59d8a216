using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Drafting;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Profiles that are drafted from sentences, against three projects of a real Jira: what is understood, what is listed
/// as not understood, and what a model can and can't bring about.
/// </summary>
public sealed class DraftTests
{
    private const string Epics = """{"typeMapping":[{"issueType":"Epic","workItemType":"Epic"}]}""";
    private const string Riddles = """{"typeMapping":[{"issueType":"Riddle","workItemType":"Issue"}]}""";
    private const string Blocks = """{"linkTypeMapping":[{"linkType":"Blocks","relation":"Successor"}]}""";
    private const string States = """{"stateMapping":[{"status":"To Do","state":"Active"}]}""";
    private const string Tags = """{"fieldMapping":[{"field":"Tags","source":"Components"}]}""";
    private const string OfModel = "-ModelUri $modelUri -Model sandbox -NoPlan";

    /// <summary>
    /// Ten sentences as people write them, each with the query, some entries that must be in the draft, and what is
    /// listed.
    /// </summary>
    private static readonly (string Sentence, string Jql, string[] Entries, string[] NotUnderstood)[] Sentences =
    [
        (
            "stories and their bugs from ALOY, blocks as predecessor as our old script had it, done items closed, tags from components",
            "project = ALOY AND issuetype in (Story, Bug)",
            [
                "LinkTypeMapping 'Blocks' = Predecessor", "StateMapping 'Resolved' = Closed", "StateMapping 'Closed' = Closed",
                "FieldMapping 'Tags' = Components",
            ],
            []),
        (
            "Everything in MOD and DAEMON please. Improvements become user stories and new features become features. No clones.",
            "project in (MOD, DAEMON)",
            [
                "TypeMapping 'Improvement' = User Story", "TypeMapping 'New Feature' = Feature",
                "LinkTypeMapping 'Cloners' = (left out)",
            ],
            []),
        (
            "only unresolved bugs of ALOY; is blocked by -> Predecessor; relates to -> Related; other links left out",
            "project = ALOY AND issuetype = Bug AND statusCategory != Done",
            [
                "LinkTypeMapping 'Blocks' = Successor", "LinkTypeMapping 'Relates' = Related",
                "LinkTypeMapping 'Duplicate' = (left out)",
            ],
            []),
        (
            "Sync the project ALOY without epics, with comments and attachments, 'In Review' becomes Resolved",
            "project = ALOY AND issuetype != Epic",
            ["IncludeComments = $true", "IncludeAttachments = $true", "StateMapping 'In Review' = Resolved"],
            []),
        (
            "ALOY: area path from components, iteration from fix versions, sprint into board column, create missing areas",
            "project = ALOY",
            [
                "FieldMapping 'Area Path' = Components", "FieldMapping 'Iteration Path' = Fix versions", "CreatePaths = $true",
            ],
            ["sprint into board column"]),
        (
            "bugs and improvements from MOD as issues, critical is priority 1 and high as 2, resolved becomes Resolved",
            "project = MOD AND issuetype in (Bug, Improvement)",
            [
                "TypeMapping 'Bug' = Issue", "TypeMapping 'Improvement' = Issue", "PriorityMapping 'Critical' = 1",
                "PriorityMapping 'High' = 2", "StateMapping 'Resolved' = Resolved", "StateMapping 'Open' = New, Active",
            ],
            []),
        (
            "Bring over all stories, bugs and sub-tasks of DAEMON and prune what is deleted, assigned to Bob's team only",
            "project = DAEMON AND issuetype in (Story, Bug)",
            [],
            // None of its issues is a sub-task.
            ["sub-tasks", "prune what is deleted", "assigned to Bob's team only"]),
        (
            "ALOY with depends on as predecessor, duplicates as duplicate of, includes as a child and all other links as related",
            "project = ALOY",
            [
                "LinkTypeMapping 'Depends' = Predecessor", "LinkTypeMapping 'Duplicate' = Duplicate Of",
                "LinkTypeMapping 'Includes' = Child", "LinkTypeMapping 'Blocks' = Related",
            ],
            []),
        (
            "open issues from MOD, links as the old recipe had them, keep everything in sync both ways",
            "project = MOD AND status = Open",
            ["LinkTypeMapping 'Blocks' = Predecessor", "LinkTypeMapping 'Relates' = Related"],
            ["keep everything in sync both ways"]),
        (
            "Take DAEMON. 'is mentioned in' as related, blocks as followed by, leave the priority alone, epics become epics",
            "project = DAEMON",
            ["FieldMapping 'Priority' = (left out)", "TypeMapping 'Epic' = Epic"],
            ["'is mentioned in' as related", "blocks as followed by"]),
    ];

    [Fact]
    public async Task Ten_sentences_are_drafted_against_a_real_Jira_without_a_model_and_with_one()
    {
        await using var world = await StartAsync();
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        var log = new StringBuilder();
        var problems = new List<string>();
        foreach (var (sentence, jql, entries, notUnderstood) in Sentences)
        {
            var draft = Draft(world, sentence, "-NoPlan -Force");
            var understood = draft.Understood.Select(entry => entry.ToString()).ToList();
            log.AppendLine($"# {sentence}").AppendLine($"  {draft.Jql}");
            understood.ForEach(entry => log.AppendLine($"  + {entry}"));
            draft.NotUnderstood.ToList().ForEach(gap => log.AppendLine($"  ? {gap}"));
            draft.Problems.ToList().ForEach(problem => log.AppendLine($"  ! {problem}"));
            problems.AddRange(jql == draft.Jql ? [] : [$"{sentence}: {draft.Jql} and not {jql}"]);
            problems.AddRange(entries.Where(entry => !understood.Exists(one => one.StartsWith(entry, StringComparison.Ordinal)))
                .Select(entry => $"{sentence}: no {entry}"));
            var gaps = draft.NotUnderstood.Select(gap => gap.Words).ToList();
            problems.AddRange(notUnderstood.SequenceEqual(gaps) ? [] : [$"{sentence}: not understood: {string.Join(" | ", gaps)}"]);

            // A model that says the same gives the same file, but for what it says it did not understand.
            await ScriptAsync(world, Right(draft));
            var asked = Draft(world, sentence, "-NoPlan -Force -ModelUri $modelUri -Model sandbox");
            problems.AddRange(asked.Jql == draft.Jql ? [] : [$"{sentence}: the model's query is {asked.Jql}"]);
            problems.AddRange(draft.Understood
                .Where(entry => entry.Table.EndsWith("Mapping", StringComparison.Ordinal) && entry.Words.Length > 0
                    && !asked.Understood.Any(one => one.ToString() == entry.ToString()))
                .Select(entry => $"{sentence}: the model's draft lacks {entry}"));
        }

        TestContext.Current.TestOutputHelper!.WriteLine(log.ToString());
        Assert.True(problems.Count == 0, string.Join('\n', problems) + "\n\n" + log);
    }

    [Fact]
    public async Task A_draft_is_a_file_that_a_sync_takes_with_what_it_would_change_before_and_after()
    {
        await using var world = await StartAsync();
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        world.Run("New-JiraAdoProfile sync.psd1 'project = MOD'").Succeeded();
        world.Run("$null = Invoke-JiraAdoSync -Profile sync.psd1").Succeeded();
        var before = await File.ReadAllTextAsync(Path.Combine(folder.Path, "sync.psd1"), TestContext.Current.CancellationToken);
        var items = (await world.Board.ItemsAsync()).Count;
        var run = world.Run(
            "New-JiraAdoProfile next.psd1 -Profile sync.psd1 -Description "
            + "'depends on as successor, improvements become user stories, tags from components, colours from the rainbow'").Succeeded();
        var draft = (ProfileDraft)run.Of("ProfileDraft").Single().BaseObject;
        TestContext.Current.TestOutputHelper!.WriteLine(Output.Of(world, run));
        Assert.Equal(["Not understood: 'colours from the rainbow'. These words name nothing of either site."], run.Warnings);
        Assert.Equal(
            ["FieldMapping 'Tags'", "LinkTypeMapping 'Depends'", "TypeMapping 'Improvement'"],
            draft.Differences.Select(one => one.Entry).Order());
        var links = draft.Differences.Single(one => one.Entry == "LinkTypeMapping 'Depends'");
        Assert.Matches(@"^\d+ relations?: Predecessor becomes Successor$", links.Effect);
        Assert.True(links is { Relations: > 0, WorkItems: 0 });
        var types = draft.Differences.Single(one => one.Entry == "TypeMapping 'Improvement'");
        Assert.Matches(@"^\d+ more work items$", types.Effect);
        Assert.Equal(draft.PlanAfter!.WorkItems["Create"], types.WorkItems);
        Assert.False(draft.PlanBefore!.WorkItems.ContainsKey("Create"));
        Assert.True(draft.PlanAfter.Relations["Replace"] > 0);

        // Nothing is applied; the present profile and the board are as they were, until somebody takes the new file.
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(folder.Path, "sync.psd1"), TestContext.Current.CancellationToken));
        Assert.Equal(items, (await world.Board.ItemsAsync()).Count);
        var synced = world.Run("Invoke-JiraAdoSync -Profile next.psd1").Succeeded();
        Assert.Equal("Changed", synced.RunOutcome());
        Assert.Equal(items + types.WorkItems, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task A_sentence_without_a_project_says_what_there_is_and_what_if_writes_nothing()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        var failed = world.Run("New-JiraAdoProfile x.psd1 -Description 'all bugs'");
        Assert.Equal("ParameterMissing", failed.FailureId);
        Assert.Contains("SHOP", failed.Failure!.Exception.Message, StringComparison.Ordinal);
        var draft = Draft(world, "stories from SHOP", "-WhatIf");
        Assert.Null(draft.Path);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task What_a_model_is_sent_is_names_and_counts_and_what_if_shows_it_to_the_letter()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Link(2, "blocks", 1);
        await using var world = await World.StartAsync(seed.Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "sync.psd1"), $$"""
            @{
                JiraSite = '{{world.Sandbox.JiraUri}}'
                Jql = 'project = SHOP AND labels = "Secret Person"'
                JiraUser = 'hidden@example.com'
                UserMapping = @{ 'private@example.com' = 'other@example.com' }
                FormerAccount = 'former@example.com'
                LinkTypeMapping = @{ Blocks = 'Successor' }
                FieldMapping = @{ Tags = @{ Value = 'internal secret' } }
            }
            """, TestContext.Current.CancellationToken);
        const string Ask = "New-JiraAdoProfile next.psd1 -Profile sync.psd1 -Jql 'project = SHOP' "
            + "-Description 'relates to as related' -ModelUri $modelUri -Model sandbox -ModelKey $adoToken -NoPlan";
        var shown = world.Run($"{Ask} -WhatIf").Succeeded().Output.Single().ToString()!;
        Assert.Empty(await RequestsAsync(world));
        world.Run(Ask).Succeeded();
        var sent = Assert.Single(await RequestsAsync(world))!;
        Assert.True((bool)sent["hasKey"]!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(shown), sent["body"]));
        Assert.Contains("\"linkType\":\"Blocks\",\"relation\":\"Successor\"", shown.Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
        foreach (var secret in new[]
        {
            "Issue 1", "Issue 2", "SHOP-", "Secret Person", "hidden@", "private@", "other@", "former@", "internal secret",
            world.Sandbox.JiraUri.Authority, world.Sandbox.AdoToken, world.Sandbox.JiraUser, folder.Path,
        })
        {
            Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        }
    }

    /// <summary>Answers that a hostile or broken model gives, and what becomes of them.</summary>
    public static TheoryData<string, string> UselessAnswers => new()
    {
        { """{"kind":"right","content":{"issueTypes":[],"statuses":"all","prune":true}}""", "'prune'" },
        { """{"kind":"right","content":{"typeMapping":[{"issueType":"Story","workItemType":"Bug","bypassRules":true}]}}""", "typeMapping" },
        { """{"kind":"right","content":{"linkTypeMapping":[{"linkType":"Blocks","relation":"System.Evil"}]}}""", "System.Evil" },
        { """{"kind":"right","content":{"fieldMapping":[{"field":"Title","source":"$(Remove-Item x)"}]}}""", "Remove-Item" },
        { """{"kind":"right","content":{"query":"project = OTHER"}}""", "'query'" },
        { """{"kind":"right","content":{"include":["people"]}}""", "people" },
        { """{"kind":"right","content":"[1, 2]"}""", "JSON" },
        { """{"kind":"cut"}""", "cut off" },
        { """{"kind":"malformed"}""", "JSON" },
    };

    [Theory]
    [MemberData(nameof(UselessAnswers))]
    public async Task An_answer_that_is_no_draft_is_asked_for_again_three_times_and_writes_nothing(string answer, string says)
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Link(2, "blocks", 1).Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await ScriptAsync(world, JsonNode.Parse(answer)!);
        var failed = world.Run($"New-JiraAdoProfile x.psd1 -Description 'stories from SHOP' {OfModel}");
        Assert.Equal("ModelAnswerInvalid", failed.FailureId);
        Assert.Contains(says, failed.Failure!.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(4, (await RequestsAsync(world)).Count);
        Assert.Empty(Directory.GetFiles(folder.Path));

        // One that mends it is accepted.
        await ScriptAsync(world, JsonNode.Parse(answer)!, new JsonObject { ["kind"] = "fenced" });
        world.Run($"New-JiraAdoProfile x.psd1 -Description 'stories from SHOP' {OfModel}").Succeeded();
        Assert.Equal(2, (await RequestsAsync(world)).Count);
    }

    [Fact]
    public async Task A_hostile_answer_that_fits_is_a_line_in_the_difference_and_an_injected_name_stays_a_name()
    {
        const string Hostile = "x'; Prune = $true #\u2019##vso[task.complete]";
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Link(2, Hostile, 1).Link(2, "blocks", 1);
        await using var world = await World.StartAsync(seed.Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        var name = (string)JsonNode.Parse(seed.Lines.Last())!["fields"]!["issuelinks"]!.AsArray()
            .Select(link => link!["type"]!["name"]!).First(type => type.ToString().StartsWith('x'))!;
        await ScriptAsync(world, new JsonObject
        {
            ["kind"] = "right",
            ["content"] = new JsonObject
            {
                ["issueTypes"] = new JsonArray(),
                ["statuses"] = "all",
                ["linkTypeMapping"] = new JsonArray(
                    new JsonObject { ["linkType"] = "Blocks", ["relation"] = "Predecessor" },
                    new JsonObject { ["linkType"] = name, ["relation"] = "Related" }),
                ["notUnderstood"] = new JsonArray("Prune = $true\n@{ Prune = $true }\n##vso[task.complete]"),
            },
        });
        var run = world.Run($"New-JiraAdoProfile x.psd1 -Description 'stories from SHOP' {OfModel}").Succeeded();
        var draft = (ProfileDraft)run.Of("ProfileDraft").Single().BaseObject;
        Assert.Collection(
            draft.Differences.OrderBy(one => one.Entry, StringComparer.Ordinal),
            one => Assert.Equal("'project = SHOP AND issuetype = Story'", one.After),
            one => Assert.Equal("LinkTypeMapping 'Blocks'", one.Entry),
            one => Assert.StartsWith("LinkTypeMapping 'x'; Prune = $true #", one.Entry, StringComparison.Ordinal));
        Assert.DoesNotContain(run.Warnings, warning => warning.Contains("##vso[", StringComparison.Ordinal));
        Assert.DoesNotContain("##vso[", Output.Of(world, run), StringComparison.Ordinal);
        var said = world.Run("Import-PowerShellDataFile x.psd1").Succeeded().Output.Single();
        var keys = ((System.Collections.Hashtable)said.BaseObject).Keys.Cast<string>().ToList();
        Assert.DoesNotContain("Prune", keys);
        Assert.DoesNotContain("BypassRules", keys);
        world.Run("Invoke-JiraAdoSync -Profile x.psd1 -PlanOnly").Succeeded();
    }

    [Fact]
    public async Task A_model_can_propose_contents_and_a_person_switches_them_on()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await ScriptAsync(world, new JsonObject
        {
            ["kind"] = "right",
            ["content"] = new JsonObject
            {
                ["statuses"] = "all",
                ["include"] = new JsonArray("comments", "history", "attachments", "webLinks"),
            },
        });
        var run = world.Run($"New-JiraAdoProfile x.psd1 -Description 'stories from SHOP with comments' {OfModel}").Succeeded();
        var draft = (ProfileDraft)run.Of("ProfileDraft").Single().BaseObject;
        Assert.Equal(
            ["IncludeHistory", "IncludeAttachments", "IncludeWebLinks"], draft.NotUnderstood.Select(gap => gap.Words));
        Assert.All(draft.NotUnderstood, gap => Assert.True(gap.IsProposal));
        Assert.Equal(3, run.Warnings.Count(warning => warning.StartsWith("Proposed, not accepted: 'Include", StringComparison.Ordinal)));
        var written = ((System.Collections.Hashtable)world.Run("Import-PowerShellDataFile x.psd1").Succeeded()
            .Output.Single().BaseObject).Keys.Cast<string>().Where(key => key.StartsWith("Include", StringComparison.Ordinal));
        Assert.Equal(["IncludeComments"], written);
        Assert.Contains(
            "# Proposed, not accepted: IncludeHistory",
            await File.ReadAllTextAsync(Path.Combine(folder.Path, "x.psd1"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    /// <summary>
    /// Descriptions, what a model makes of each, the query of the draft, and what is proposed.
    /// </summary>
    public static TheoryData<string, string, string, string[]> WiderSelections => new()
    {
        { "stories from SHOP", """{"issueTypes":[],"statuses":"all"}""", "project = SHOP AND issuetype = Story", ["every issue type"] },
        { "stories from SHOP", """{}""", "project = SHOP AND issuetype = Story", [] },
        {
            "stories from SHOP", """{"issueTypes":["Story","Epic"]}""", "project = SHOP AND issuetype = Story",
            ["issue type 'Epic'"]
        },
        { "stories from SHOP", """{"issueTypes":["Epic"]}""", "project = SHOP AND issuetype = Story", ["issue type 'Epic'"] },
        { "stories and bugs from SHOP", """{"issueTypes":["Bug"]}""", "project = SHOP AND issuetype = Bug", [] },
        {
            "SHOP without epics", """{"issueTypes":["Epic","Bug"]}""",
            "project = SHOP AND issuetype = Bug AND issuetype != Epic", ["issue type 'Epic'"]
        },
        { "SHOP without epics", """{"issueTypes":[]}""", "project = SHOP AND issuetype != Epic", ["every issue type"] },
        {
            "only unresolved issues of SHOP", """{"statuses":"all"}""", "project = SHOP AND statusCategory != Done",
            ["every status"]
        },
        {
            "only unresolved issues of SHOP", """{"statuses":"done"}""", "project = SHOP AND statusCategory != Done",
            ["issues that are done"]
        },
        { "everything in SHOP", """{"issueTypes":["Story"],"statuses":"done"}""", "project = SHOP AND issuetype = Story AND statusCategory = Done", [] },
    };

    [Theory]
    [MemberData(nameof(WiderSelections))]
    public async Task A_model_selects_no_more_issues_than_the_description(
        string description, string answer, string jql, string[] proposed)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Issue(3, "Epic").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await ScriptAsync(world, Answer(answer));
        var draft = Draft(world, description, OfModel);
        Assert.Equal(jql, draft.Jql);
        Assert.Equal(jql, Written(world, "Jql"));
        Assert.Equal(proposed, draft.NotUnderstood.Select(gap => gap.Words));
        Assert.All(draft.NotUnderstood, gap => Assert.True(gap.IsProposal));
    }

    [Theory]
    [InlineData("""Jql = 'project = SHOP AND issuetype = Story'""", """{"issueTypes":[],"statuses":"all"}""", "")]
    [InlineData("""Jql = 'project = SHOP AND statusCategory != Done'""", """{"statuses":"all"}""", "")]
    [InlineData("TypeMapping = @{ Epic = $null }", Epics, "TypeMapping 'Epic' = Epic")]
    [InlineData("TypeMapping = @{ Story = 'User Story'; '*' = $null }", Riddles, "TypeMapping 'Riddle' = Issue")]
    [InlineData("LinkTypeMapping = @{ blocks = $null }", Blocks, "LinkTypeMapping 'Blocks' = Successor")]
    [InlineData("LinkTypeMapping = @{ 'is blocked by' = $null }", Blocks, "LinkTypeMapping 'Blocks' = Successor")]
    [InlineData("LinkTypeMapping = @{ '*' = $null }; NoDefaultLinkTypes = $true", Blocks, "LinkTypeMapping 'Blocks' = Successor")]
    [InlineData("NoDefaultLinkTypes = $true; Unmapped = 'Skip'", Blocks, "LinkTypeMapping 'Blocks' = Successor")]
    [InlineData("stateMAPPING = @{ 'To Do' = $null }", States, "StateMapping 'To Do' = Active")]
    [InlineData("FieldMapping = @{ 'System.Tags' = $null }", Tags, "FieldMapping 'Tags' = Components")]
    [InlineData("FieldMapping = @{ Tags = $null }", Tags, "FieldMapping 'Tags' = Components")]
    public async Task A_model_takes_back_nothing_that_the_present_profile_leaves_out(string present, string answer, string proposed)
    {
        await using var world = await World.StartAsync(new JiraSeed()
            .Issue(1, "Story").Issue(2, "Riddle").Issue(3, "Epic").Link(1, "blocks", 3).Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        var query = present.StartsWith("Jql", StringComparison.Ordinal) ? string.Empty : "Jql = 'project = SHOP'; ";
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "sync.psd1"), $"@{{ {query}{present} }}", TestContext.Current.CancellationToken);
        await ScriptAsync(world, Answer(answer));
        var draft = Draft(world, "as it is", $"-Profile sync.psd1 {OfModel}");
        Assert.Empty(draft.Differences);
        Assert.Equal(proposed, string.Join(", ", draft.NotUnderstood.Where(gap => gap.IsProposal).Select(gap => gap.Words)));
    }

    [Fact]
    public async Task A_person_takes_back_by_the_description_what_a_model_may_not()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(3, "Epic").Link(1, "blocks", 3).Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "sync.psd1"), "@{ Jql = 'project = SHOP'; TypeMapping = @{ Epic = $null } }",
            TestContext.Current.CancellationToken);
        await ScriptAsync(world, Answer(Epics), Answer(Blocks));
        var draft = Draft(world, "epics become epics", $"-Profile sync.psd1 {OfModel}");
        Assert.Equal(["TypeMapping 'Epic'"], draft.Differences.Select(one => one.Entry));
        Assert.DoesNotContain(draft.NotUnderstood, gap => gap.IsProposal);

        // And what the description leaves out is left out, whatever the model says.
        draft = Draft(world, "no blocks links", $"-Profile sync.psd1 -Force {OfModel}");
        Assert.Equal(["LinkTypeMapping 'Blocks'"], draft.Differences.Select(one => one.Entry));
        Assert.Equal("$null", draft.Differences[0].After);
        Assert.Equal(["LinkTypeMapping 'Blocks' = Successor"], draft.NotUnderstood.Select(gap => gap.Words));
    }

    [Fact]
    public async Task The_problems_of_a_draft_are_those_of_the_preflight()
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Riddle").Link(2, "puzzles", 1).Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        var draft = Draft(world, "everything from SHOP, riddles left out", "-NoPlan -Force");
        var checks = world.Run(
            "Test-JiraAdoSync -Profile draft.psd1 | Where-Object Result -ne Passed | ForEach-Object { \"$_\" }").Succeeded().Output
            .Select(check => check.ToString()).ToList();
        Assert.Equal(checks.Count, draft.Problems.Count);
        Assert.All(checks.Zip(draft.Problems), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_the_models_to_say_is_returned_as_text_of_one_line()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await ScriptAsync(world, new JsonObject { ["kind"] = "echo" });
        var run = world.Run(
            $"New-JiraAdoProfile x.psd1 -Description \"stories from SHOP`n}}`n@{{ Prune = `$true }}\" {OfModel}").Succeeded();
        Assert.Collection(
            run.Warnings,
            one => Assert.StartsWith("Not understood: '{\"sentence\":", one, StringComparison.Ordinal),
            one => Assert.StartsWith("Proposed, not accepted: 'every issue type'.", one, StringComparison.Ordinal));
        Assert.All(run.Warnings, warning => Assert.DoesNotContain('\n', warning));
        world.Run("Invoke-JiraAdoSync -Profile x.psd1 -PlanOnly").Succeeded();
    }

    [Fact]
    public async Task The_format_degrades_to_what_an_endpoint_takes()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        foreach (var (refusal, formats) in new[] { ("no-schema", "json_schema json_object"), ("no-format", "json_schema json_object ") })
        {
            await ScriptAsync(world, new JsonObject { ["kind"] = refusal }, new JsonObject { ["kind"] = "fenced", ["content"] = "{}" });
            world.Run($"New-JiraAdoProfile x.psd1 -Force -Description 'stories from SHOP' {OfModel}").Succeeded();
            var requests = await RequestsAsync(world);
            Assert.Equal(formats, string.Join(' ', requests.Select(one => one!["body"]!["response_format"]?["type"]?.ToString())));
            // What the endpoint does not hold the answer to, the model reads.
            Assert.Contains("schemaOfTheAnswer", requests[^1]!["body"]!["messages"]![1]!["content"]!.ToString(), StringComparison.Ordinal);
            Assert.False((bool)requests[0]!["hasKey"]!);
        }
    }

    [Theory]
    [InlineData("""{"kind":"unauthorized"}""", "AuthenticationFailed", 1)]
    [InlineData("""{"kind":"filtered"}""", "ModelRefused", 1)]
    [InlineData("""{"kind":"redirect","location":"/sandbox/elsewhere"}""", "RequestFailed", 1)]
    [InlineData("""{"kind":"down"}""", "RequestFailed", 1)]
    public async Task What_an_endpoint_refuses_is_reported_and_writes_nothing(string answer, string id, int requests)
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await ScriptAsync(world, JsonNode.Parse(answer)!);
        var failed = world.Run($"New-JiraAdoProfile x.psd1 -Description 'stories from SHOP' {OfModel} -ModelKey $adoToken");
        Assert.Equal(id, failed.FailureId);
        Assert.DoesNotContain(world.Sandbox.AdoToken, failed.Failure!.Exception.ToString(), StringComparison.Ordinal);
        Assert.Equal(requests, (await RequestsAsync(world)).Count);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_throttled_request_is_sent_again_when_the_endpoint_says()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await ScriptAsync(world, new JsonObject { ["kind"] = "throttled" }, new JsonObject { ["kind"] = "right" });
        world.Run($"New-JiraAdoProfile x.psd1 -Description 'stories from SHOP' {OfModel}").Succeeded();
        Assert.Equal(2, (await RequestsAsync(world)).Count);
    }

    [Theory]
    [InlineData("-ModelUri http://models.example.com/v1 -Model m", "AddressInvalid")]
    [InlineData("-ModelUri ftp://models.example.com/v1 -Model m", "AddressInvalid")]
    [InlineData("-ModelUri https://user:pass@models.example.com/v1 -Model m", "AddressInvalid")]
    [InlineData("-ModelUri https://models.example.com/v1", "ParameterMissing")]
    [InlineData("-Model m", "ParameterMissing")]
    [InlineData("-AllowQuery", "ParameterMissing")]
    public async Task An_address_that_would_show_the_key_is_refused(string arguments, string id)
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        Assert.Equal(id, world.Run($"New-JiraAdoProfile x.psd1 -Description 'stories from SHOP' {arguments}").FailureId);
    }

    [Fact]
    public async Task A_query_of_a_model_is_parsed_by_Jira_and_only_narrows()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await ScriptAsync(
            world,
            new JsonObject { ["kind"] = "right", ["content"] = new JsonObject { ["query"] = "issuetype = Bug) OR (project = SHOP" } },
            new JsonObject
            {
                ["kind"] = "right", ["content"] = new JsonObject { ["query"] = "issuetype = Bug OR labels = x ORDER BY key" },
            });
        var draft = Draft(world, "bugs from SHOP", $"{OfModel} -AllowQuery");
        Assert.Equal("project = SHOP AND issuetype = Bug AND (issuetype = Bug OR labels = x)", draft.Jql);
        Assert.Equal(2, (await RequestsAsync(world)).Count);
        Assert.Contains("1 work item no longer synced", draft.Differences.Single(one => one.Entry == "Jql").Effect, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_wait_for_a_slow_model_and_writes_nothing()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await ScriptAsync(world, new JsonObject { ["kind"] = "slow", ["delayMs"] = 600_000 });
        using var shell = world.Session.Shell($"New-JiraAdoProfile x.psd1 -Description 'stories from SHOP' {OfModel}");
        var running = shell.BeginInvoke();
        while ((await RequestsAsync(world)).Count == 0)
        {
            Assert.False(running.IsCompleted, "It ended before the model was asked.");
            await Task.Yield();
        }

        shell.Stop();
        Assert.True(running.IsCompleted);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static JsonObject Answer(string content) => new() { ["kind"] = "right", ["content"] = JsonNode.Parse(content) };

    private static object? Written(World world, string parameter) =>
        ((System.Collections.Hashtable)world.Run("Import-PowerShellDataFile draft.psd1").Succeeded().Output.Single().BaseObject)[parameter];

    private static ProfileDraft Draft(World world, string sentence, string arguments)
    {
        world.Session.Set("sentence", sentence);
        return (ProfileDraft)world.Run($"New-JiraAdoProfile draft.psd1 -Description $sentence {arguments}").Succeeded()
            .Of("ProfileDraft").Single().BaseObject;
    }

    private static async Task<World> StartAsync()
    {
        var file = Repository.Shared("data", "titanium-small.jsonl.gz");
        Assert.SkipWhen(file is null, "shared/data/titanium-small.jsonl.gz is not beside the repository.");
        return await World.StartAsync(await TitaniumTests.ReadAsync(file));
    }

    /// <summary>The answer of a model that understands what the reader does.</summary>
    private static JsonObject Right(ProfileDraft draft)
    {
        var content = new JsonObject
        {
            ["issueTypes"] = new JsonArray(draft.Jql.Contains("issuetype in (", StringComparison.Ordinal)
                ? [.. draft.Jql.Split("issuetype in (")[1].Split(')')[0].Split(", ").Select(name => (JsonNode)name.Trim('"'))]
                : draft.Jql.Contains("issuetype = ", StringComparison.Ordinal) ? ["Bug"] : []),
            ["statuses"] = draft.Jql.Contains("statusCategory != Done", StringComparison.Ordinal) ? "notDone" : "all",
            ["notUnderstood"] = new JsonArray(),
        };
        foreach (var (table, member, key, value) in new[]
        {
            ("TypeMapping", "typeMapping", "issueType", "workItemType"), ("StateMapping", "stateMapping", "status", "state"),
            ("LinkTypeMapping", "linkTypeMapping", "linkType", "relation"), ("FieldMapping", "fieldMapping", "field", "source"),
        })
        {
            content[member] = new JsonArray([.. draft.Understood.Where(entry => entry.Table == table).Select(entry => new JsonObject
            {
                [key] = entry.Key, [value] = entry.Values.Count == 0 ? null : entry.Values[0],
            })]);
        }

        return new JsonObject { ["kind"] = "right", ["content"] = content };
    }

    private static async Task ScriptAsync(World world, params JsonNode[] answers)
    {
        using var client = new HttpClient { BaseAddress = world.Sandbox.Address };
        using var answer = await client.PutAsJsonAsync("/sandbox/model", new JsonArray([.. answers.Select(one => one.DeepClone())]));
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<JsonArray> RequestsAsync(World world)
    {
        using var client = new HttpClient { BaseAddress = world.Sandbox.Address };
        return (JsonArray)(await client.GetFromJsonAsync<JsonNode>("/sandbox/model"))!;
    }

    /// <summary>What a person reads of a run's objects.</summary>
    private static class Output
    {
        public static string Of(World world, PowerShellSession.Outcome run)
        {
            world.Session.Set("shown", run.Output);
            return string.Join('\n', world.Run("$shown | Out-String -Width 200").Succeeded().Output);
        }
    }
}
