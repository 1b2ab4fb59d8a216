using System.Text.Json.Nodes;
using JiraAdoSync.Jira;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Sandbox.Jira;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>The client writes to Jira, Cloud and Data Center, over real HTTP.</summary>
public sealed class JiraWritingTests
{
    private const string Mark = """{"format":1,"nonce":"0123456789ab"}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_connection_that_reads_only_sends_no_write(string what)
    {
        await using var world = await RestWorld.StartAsync(new SandboxOptions { Seed = SeedText.Plain(2) });
        var reader = await world.ConnectJiraAsync();

        var refused = await Assert.ThrowsAsync<SyncException>(() => All[what](reader));

        Assert.Equal("JiraIsReadOnly", refused.Id);
        Assert.Contains("-AllowWrite", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Traces, trace => trace.Stage == RequestStage.Sending
            && trace.Method != "GET" && !IsRead(trace.Path));
    }

    [Fact]
    public void Every_write_of_the_port_is_among_those_that_a_reader_is_refused()
    {
        string[] reads = ["Read", "Search", "Get", "Find"];
        var writes = typeof(IIssueStore).GetMethods()
            .Where(method => !method.IsSpecialName && !reads.Any(read => method.Name.StartsWith(read, StringComparison.Ordinal)))
            .Select(method => method.Name);
        Assert.Equal(writes.Order(), All.Keys.Order());
    }

    [Fact]
    public async Task Whoever_watches_for_writes_sees_them()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        var reader = await world.ConnectJiraAsync();
        await ReadAsync(reader, ["SHOP-1"]);
        await RestWorld.SearchAsync(reader);
        Assert.Empty(JiraWrites.Of(world.Sandbox.Server.JiraUri));
        var before = JiraWrites.Requests;

        var jira = await world.ConnectJiraToWriteAsync();
        await jira.DeleteAsync(1001, Stop);

        Assert.StartsWith(
            "DELETE /jira/rest/api/3/issue/1001", Assert.Single(JiraWrites.Of(world.Sandbox.Server.JiraUri)),
            StringComparison.Ordinal);
        Assert.True(JiraWrites.Requests > before);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Issues_are_created_with_fields_and_property(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var jira = await world.ConnectJiraToWriteAsync();
        var task = await TypeAsync(jira, "Task");

        var answer = await jira.CreateAsync(
            [
                Creation(task, "One", """{"nonce":"1"}""") with
                {
                    Fields = new Dictionary<string, object?>
                    {
                        ["summary"] = "One",
                        ["labels"] = new[] { "a", "b" },
                        ["priority"] = new Dictionary<string, object?> { ["name"] = "High" },
                        ["duedate"] = new DateOnly(2026, 5, 4),
                        ["assignee"] = jira.Account,
                        ["description"] = new HtmlText("<p>Hello <b>you</b></p><ul><li>one</li><li>two</li></ul>"),
                    },
                },
                Creation(task, "", """{"nonce":"2"}"""),
                Creation(task, "Three", """{"nonce":"3"}"""),
            ],
            Stop);

        Assert.Null(answer.Error);
        Assert.Equal([1], answer.Refused.Keys);
        Assert.Equal(["summary"], answer.Refused[1].Fields);
        var read = await ReadAsync(jira, answer.Created.Select(one => one.Key));
        Assert.Equal(["1", "3"], read.Select(NonceOf).Order());
        var one = read.Single(issue => NonceOf(issue) == "1");
        var raw = (await world.Sandbox.CallAsync(
            "GET", $"/jira/rest/api/2/issue/{one.Key}?expand=renderedFields"))!;
        var fields = raw["fields"]!;
        Assert.Equal("One", (string?)fields["summary"]);
        Assert.Equal("""["a","b"]""", fields["labels"]!.ToJsonString());
        Assert.Equal("High", (string?)fields["priority"]!["name"]);
        Assert.Equal("2026-05-04", (string?)fields["duedate"]);
        Assert.Equal("Sandbox Account", (string?)fields["assignee"]!["displayName"]);
        Assert.Equal("Hello *you*\n\n* one\n* two", ((string?)fields["description"])!.Trim());
        var rendered = (string?)raw["renderedFields"]!["description"];
        Assert.Contains("<b>you</b>", rendered, StringComparison.Ordinal);
        Assert.Contains("<li>", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_none_is_created_each_says_why()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        var jira = await world.ConnectJiraToWriteAsync();
        var task = await TypeAsync(jira, "Task");

        var answer = await jira.CreateAsync([Creation(task, "", "{}"), Creation(task, "", "{}")], Stop);

        Assert.Empty(answer.Created);
        Assert.Null(answer.Error);
        Assert.Equal([0, 1], answer.Refused.Keys.Order());
    }

    [Fact]
    public async Task A_creation_whose_answer_is_lost_is_sent_once_and_may_have_been_done()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        var jira = await world.ConnectJiraToWriteAsync();
        var task = await TypeAsync(jira, "Task");
        await world.Sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "drop-after", ["method"] = "POST", ["times"] = 1 });

        var answer = await jira.CreateAsync([Creation(task, "One", Mark)], Stop);

        Assert.True(answer.Error!.MayBeDone);
        var found = await RestWorld.SearchAsync(jira, "project = SHOP AND summary ~ One");
        Assert.Single(found);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_edit_sets_and_empties_fields_and_writes_the_property(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor, """ "summary": "Old", "duedate": "2026-01-01" """);
        var jira = await world.ConnectJiraToWriteAsync();
        var issue = (await ReadAsync(jira, ["SHOP-1"])).Single();
        Assert.Null(issue.Property);

        var error = await jira.UpdateAsync(
            new IssueWrite
            {
                Issue = issue.Reference,
                Fields = new Dictionary<string, object?> { ["summary"] = "New", ["duedate"] = null },
                Property = Mark,
            },
            notify: false, Stop);

        Assert.Null(error);
        var after = (await ReadAsync(jira, ["SHOP-1"], "duedate")).Single();
        Assert.Equal("New", after.Summary);
        Assert.Null(after.Fields["duedate"]);
        Assert.Equal(Mark, after.Property);
        var mails = await world.Sandbox.CallAsync("GET", "/sandbox/jira/mails");
        Assert.Null(mails!["issue_updated"]);
    }

    [Fact]
    public async Task An_account_that_may_not_switch_notifications_off_edits_with_them()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        await SignInAsync(world, "ADMINISTER", "ADMINISTER_PROJECTS");
        var jira = await world.ConnectJiraToWriteAsync();
        var issue = (await ReadAsync(jira, ["SHOP-1"])).Single();

        Assert.Null(await jira.UpdateAsync(Summary(issue, "New"), notify: false, Stop));
        Assert.Null(await jira.UpdateAsync(Summary(issue, "Newer"), notify: false, Stop));

        Assert.Equal("Newer", (await ReadAsync(jira, ["SHOP-1"])).Single().Summary);
        Assert.Equal(1, world.Traces.Count(trace => trace.Stage == RequestStage.Sending
            && trace.Path.EndsWith("/mypermissions", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_edit_is_sent_again_and_a_refused_one_says_which_field()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        var jira = await world.ConnectJiraToWriteAsync();
        var issue = (await ReadAsync(jira, ["SHOP-1"])).Single();
        await world.Sandbox.SetFaultsAsync(
            new JsonObject { ["kind"] = "drop-after", ["method"] = "PUT", ["times"] = 2 });

        Assert.Null(await jira.UpdateAsync(Summary(issue, "New"), notify: true, Stop));
        Assert.Equal("New", (await ReadAsync(jira, ["SHOP-1"])).Single().Summary);

        var refused = await jira.UpdateAsync(
            Summary(issue, "x") with { Fields = new Dictionary<string, object?> { ["customfield_99999"] = 1 } }, notify: true, Stop);
        Assert.Equal(["customfield_99999"], refused!.Fields);
        Assert.False(refused.MayBeDone);

        await world.Sandbox.SetSwitchesAsync(new JsonObject { ["jiraEditsThatConflict"] = 1 });
        Assert.Equal(Failure.WorkItemChanged, (await jira.UpdateAsync(Summary(issue, "x"), notify: true, Stop))!.Kind);
    }

    [Fact]
    public async Task An_edit_that_never_gets_an_answer_may_have_been_done()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        var jira = await world.ConnectJiraToWriteAsync();
        var issue = (await ReadAsync(jira, ["SHOP-1"])).Single();
        await world.Sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "drop-after", ["method"] = "PUT" });

        Assert.True((await jira.UpdateAsync(Summary(issue, "New"), notify: true, Stop))!.MayBeDone);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_link_is_created_in_the_direction_that_was_asked_for(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var jira = await world.ConnectJiraToWriteAsync();
        var blocks = (await jira.GetLinkTypesAsync(Stop)).Single(type => type.Outward == "blocks");
        await world.Sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "drop-after", ["method"] = "POST", ["times"] = 1 });

        Assert.Null(await jira.AddLinkAsync(blocks, 1001, 1002, Stop));

        var link = Assert.Single((await ReadAsync(jira, ["SHOP-1"])).Single().Links);
        Assert.Equal("SHOP-1 blocks SHOP-2", link.ToString());
        Assert.Null(await jira.RemoveLinkAsync(link.LinkId!.Value, Stop));
        Assert.Null(await jira.RemoveLinkAsync(link.LinkId!.Value, Stop));
        Assert.Empty((await ReadAsync(jira, ["SHOP-1"])).Single().Links);
    }

    [Fact]
    public async Task A_missing_permission_to_link_is_no_matter_of_the_credentials()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        await SignInAsync(world, "LINK_ISSUES");
        var jira = await world.ConnectJiraToWriteAsync();
        var type = (await jira.GetLinkTypesAsync(Stop))[0];

        Assert.Equal(Failure.AccessDenied, (await jira.AddLinkAsync(type, 1001, 1002, Stop))!.Kind);
        Assert.DoesNotContain(JiraPermissions.Link, await jira.ReadPermissionsAsync("SHOP", [JiraPermissions.Link, JiraPermissions.Edit], Stop));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_transition_is_one_of_those_that_are_offered(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var jira = await world.ConnectJiraToWriteAsync();

        var done = (await jira.ReadTransitionsAsync(1001, Stop)).Single(one => one.To.Category == "done");
        Assert.Null(await jira.TransitionAsync(1001, done.Id, new Dictionary<string, object?>(), null, Stop));

        Assert.Equal(done.To.Id, (await ReadAsync(jira, ["SHOP-1"])).Single().Status.Id);
        var statuses = await jira.ReadStatusesAsync("SHOP", Stop);
        Assert.Contains(statuses.Values.SelectMany(one => one), status => status.Id == done.To.Id);
        var refused = await jira.TransitionAsync(1001, "99999", new Dictionary<string, object?>(), null, Stop);
        Assert.False(refused!.MayBeDone);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Comments_are_known_by_their_marks(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var jira = await world.ConnectJiraToWriteAsync();

        var (first, error) = await jira.AddCommentAsync(1001, new CommentWrite("<p>One</p>", Mark), Stop);
        Assert.Null(error);
        var (second, _) = await jira.AddCommentAsync(1001, new CommentWrite("<p>Two</p>", """{"nonce":"2"}"""), Stop);
        await world.Sandbox.CallAsync("POST", "/jira/rest/api/2/issue/SHOP-1/comment", new JsonObject
        {
            ["body"] = "For some only", ["visibility"] = new JsonObject { ["type"] = "role", ["value"] = "Administrators" },
        });
        Assert.Null(await jira.EditCommentAsync(1001, first!.Value, new CommentWrite("<p>One more</p>", """{"nonce":"3"}"""), notify: false, Stop));

        var comments = await ((IIssueStore)jira).ReadCommentsAsync(1001, Stop);
        Assert.Equal([false, false, true], comments.Select(comment => comment.IsRestricted));
        Assert.Contains("One more", comments[0].Html, StringComparison.Ordinal);
        Assert.Equal(jira.Account.AccountId, comments[0].AuthorId);
        var marks = await jira.ReadCommentMarksAsync(comments.Select(comment => comment.Id).ToList(), Stop);
        Assert.Equal([first.Value, second!.Value], marks.Keys.Order());
        Assert.Equal("3", (string?)JsonNode.Parse(marks[first.Value])!["nonce"]);
        Assert.Null(await jira.RemoveCommentAsync(1001, first.Value, Stop));
        Assert.Null(await jira.RemoveCommentAsync(1001, first.Value, Stop));
        Assert.Equal(2, (await ((IIssueStore)jira).ReadCommentsAsync(1001, Stop)).Count);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 3)]
    [InlineData(JiraFlavor.DataCenter, 120)]
    public async Task The_property_is_written_to_many_issues(JiraFlavor flavor, int writes)
    {
        await using var world = await RestWorld.StartAsync(new SandboxOptions { Jira = flavor, Seed = SeedText.Plain(120) });
        var jira = await world.ConnectJiraToWriteAsync();
        var properties = Enumerable.Range(1001, 120).ToDictionary(id => (long)id, id => $$"""{"n":{{id}}}""");
        properties[7777] = "{}";

        var errors = await jira.WritePropertiesAsync(properties, Stop);

        Assert.Equal([7777L], errors.Keys);
        Assert.True(writes <= world.Traces.Count(trace => trace.Stage == RequestStage.Sending && trace.Method is "PUT" or "POST"));
        var read = await ReadAsync(jira, Enumerable.Range(1, 120).Select(n => $"SHOP-{n}"));
        Assert.All(read, issue => Assert.Equal($$"""{"n":{{issue.IssueId}}}""", issue.Property));
    }

    [Fact]
    public async Task The_address_of_a_task_is_not_followed_elsewhere_and_a_failed_task_is_an_error()
    {
        await using var world = await RestWorld.StartAsync(new SandboxOptions { Seed = SeedText.Plain(4) });
        var jira = await world.ConnectJiraToWriteAsync();
        var properties = Enumerable.Range(1001, 4).ToDictionary(id => (long)id, _ => Mark);
        await world.Sandbox.SetSwitchesAsync(new JsonObject { ["jiraTasksThatFail"] = 1, ["requestsBeforeJiraTasks"] = 3 });

        Assert.Equal(4, (await jira.WritePropertiesAsync(properties, Stop)).Count);
        Assert.Empty(await jira.WritePropertiesAsync(properties, Stop));
    }

    [Fact]
    public async Task A_parent_is_set_and_removed_in_an_edit()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        var jira = await world.ConnectJiraToWriteAsync();
        var issues = await ReadAsync(jira, ["SHOP-1", "SHOP-2"]);
        var set = new IssueWrite { Issue = issues[0].Reference, Parent = new ParentWrite(issues[1].Reference, IsOfSubtask: false) };

        Assert.Null(await jira.UpdateAsync(set, notify: true, Stop));
        Assert.Equal("SHOP-2", (await ReadAsync(jira, ["SHOP-1"])).Single().Parent!.Key);
        Assert.Null(await jira.UpdateAsync(set with { Parent = new ParentWrite(null, IsOfSubtask: false) }, notify: true, Stop));
        Assert.Null((await ReadAsync(jira, ["SHOP-1"])).Single().Parent);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task The_history_says_who_changed_what_and_when(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var jira = await world.ConnectJiraToWriteAsync();
        var issue = (await ReadAsync(jira, ["SHOP-1"])).Single();
        await jira.UpdateAsync(Summary(issue, "New"), notify: true, Stop);

        var change = Assert.Single(await jira.ReadChangesAsync([1001, 1002], Stop));

        Assert.Equal((1001, "summary", "Issue 1", "New"), (change.IssueId, change.Field, change.FromText, change.ToText));
        Assert.Equal(jira.Account.AccountId, change.Author!.AccountId);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Edits_of_one_second_are_in_their_order(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await world.Sandbox.SetSwitchesAsync(new JsonObject { ["historyTimesAreWholeSeconds"] = true });
        var jira = await world.ConnectJiraToWriteAsync();
        const string Eve = "eve@contoso.example";
        var account = await world.Sandbox.CallAsync(
            "POST", "/sandbox/jira/accounts", new JsonObject { ["emailAddress"] = Eve, ["displayName"] = "Eve" });
        var eve = await world.ConnectJiraAsync(
            world.Sandbox.Server.JiraUri, RestWorld.Basic(Eve, account!["token"]!.ToString()), allowsWrites: true);
        var issue = (await ReadAsync(jira, ["SHOP-1"])).Single();
        for (var number = 1; number < 12; number++)
        {
            await eve.UpdateAsync(Summary(issue, $"Title {number}"), notify: true, Stop);
        }

        await jira.UpdateAsync(Summary(issue, "Title 12"), notify: true, Stop);

        var titles = (await jira.ReadChangesAsync([issue.IssueId], Stop)).Select(change => change.ToText);
        Assert.Equal(Enumerable.Range(1, 12).Select(number => $"Title {number}"), titles);
        var editor = (await jira.ReadEditorsAsync([issue.IssueId], Stop))[issue.IssueId];
        Assert.Equal(jira.Account.AccountId, JiraPerson.Of(editor)!.AccountId);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_remote_link_is_replaced_by_its_global_id(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var jira = await world.ConnectJiraToWriteAsync();
        var page = new Uri("https://dev.azure.com/contoso/_workitems/edit/7");

        Assert.Null(await jira.WriteRemoteLinkAsync(1001, page.AbsoluteUri, page, "Task 7", Stop));
        Assert.Null(await jira.WriteRemoteLinkAsync(1001, page.AbsoluteUri, page, "Task 7, renamed", Stop));

        var link = Assert.Single(await jira.ReadWebLinksAsync(1001, Stop));
        Assert.Equal("Task 7, renamed", link.Title);
        Assert.Null(await jira.RemoveRemoteLinkAsync(1001, page.AbsoluteUri, Stop));
        Assert.Null(await jira.RemoveRemoteLinkAsync(1001, page.AbsoluteUri, Stop));
        Assert.Empty(await jira.ReadWebLinksAsync(1001, Stop));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Screens_say_what_must_be_given_and_people_are_found_by_id(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var jira = await world.ConnectJiraToWriteAsync();
        var task = await TypeAsync(jira, "Task");

        var fields = await jira.ReadCreationFieldsAsync("SHOP", task.Id, Stop);
        Assert.True(fields.Single(field => field.Id == "summary").MustBeGiven);
        Assert.Contains("High", fields.Single(field => field.Id == "priority").AllowedValues!);
        Assert.Contains(await jira.ReadEditFieldsAsync(1001, Stop), field => field.Id == "labels");
        var person = Assert.Single(await jira.FindPeopleAsync([jira.Account.AccountId!, "nobody"], Stop));
        Assert.Equal("Sandbox Account", person.DisplayName);
    }

    [Fact]
    public async Task Writes_to_one_issue_stay_within_its_rates_and_one_after_the_other()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        await world.Sandbox.SetSwitchesAsync(new JsonObject { ["jiraCloudLimits"] = true });
        var jira = await world.ConnectJiraToWriteAsync();
        var issue = (await ReadAsync(jira, ["SHOP-1"])).Single();

        var errors = await Task.WhenAll(Enumerable.Range(0, 45)
            .Select(n => jira.UpdateAsync(Summary(issue, $"{n}"), notify: true, Stop)));

        Assert.All(errors, Assert.Null);
        Assert.DoesNotContain(world.Traces, trace => trace.Status == 429);
        Assert.Contains(world.Waits, wait => wait > 0);
    }

    [Fact]
    public async Task A_deleted_issue_is_deleted_once_and_for_all()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        var jira = await world.ConnectJiraToWriteAsync();

        Assert.Null(await jira.DeleteAsync(1001, Stop));
        Assert.Null(await jira.DeleteAsync(1001, Stop));
        Assert.Empty(await ReadAsync(jira, ["SHOP-1"]));
    }

    public static TheoryData<string> Writes() => new(All.Keys);

    private static Dictionary<string, Func<JiraClient, Task>> All => new()
    {
        ["CreateAsync"] = jira => jira.CreateAsync([Creation(new IssueType("1", "Task", false), "One", Mark)], Stop),
        ["UpdateAsync"] = jira => jira.UpdateAsync(
            new IssueWrite { Issue = new IssueReference(1001, "SHOP-1"), Property = Mark }, notify: true, Stop),
        ["TransitionAsync"] = jira => jira.TransitionAsync(1001, "1", new Dictionary<string, object?>(), null, Stop),
        ["AddLinkAsync"] = jira => jira.AddLinkAsync(new LinkType("1", "Blocks", "blocks", "is blocked by"), 1001, 1002, Stop),
        ["RemoveLinkAsync"] = jira => jira.RemoveLinkAsync(1, Stop),
        ["AddCommentAsync"] = jira => jira.AddCommentAsync(1001, new CommentWrite("<p>One</p>", Mark), Stop),
        ["EditCommentAsync"] = jira => jira.EditCommentAsync(1001, 1, new CommentWrite("<p>One</p>", Mark), notify: true, Stop),
        ["RemoveCommentAsync"] = jira => jira.RemoveCommentAsync(1001, 1, Stop),
        ["AddAttachmentAsync"] = jira => jira.AddAttachmentAsync(1001, "a.txt", [1, 2, 3], Stop),
        ["RemoveAttachmentAsync"] = jira => jira.RemoveAttachmentAsync(1001, 1, Stop),
        ["WriteRemoteLinkAsync"] = jira => jira.WriteRemoteLinkAsync(1001, "x", new Uri("https://example.org"), "x", Stop),
        ["RemoveRemoteLinkAsync"] = jira => jira.RemoveRemoteLinkAsync(1001, "x", Stop),
        ["WritePropertiesAsync"] = jira => jira.WritePropertiesAsync(new Dictionary<long, string> { [1001] = Mark, [1002] = Mark }, Stop),
        ["TryWritePropertiesAsync"] = jira =>
            jira.TryWritePropertiesAsync(new Dictionary<long, string> { [1001] = Mark, [1002] = Mark }, Stop),
        ["DeleteAsync"] = jira => jira.DeleteAsync(1001, Stop),
    };

    private static Task<RestWorld> StartAsync(JiraFlavor flavor, string? fields = null) => RestWorld.StartAsync(
        new SandboxOptions { Jira = flavor, Seed = [SeedText.Issue(1, fields), SeedText.Issue(2)] });

    private static async Task SignInAsync(RestWorld world, params string[] without) => await world.Sandbox.CallAsync(
        "POST", "/sandbox/jira/accounts", new JsonObject
        {
            ["emailAddress"] = world.Sandbox.Server.JiraUser,
            ["withoutPermissions"] = new JsonArray([.. without.Select(one => JsonValue.Create(one))]),
        });

    private static async Task<IssueType> TypeAsync(JiraClient jira, string name) =>
        (await jira.ReadIssueTypesAsync("SHOP", Stop)).Single(type => type.Name == name);

    private static IssueWrite Creation(IssueType type, string summary, string property) => new()
    {
        Project = "SHOP",
        Type = type,
        Fields = new Dictionary<string, object?> { ["summary"] = summary },
        Property = property,
    };

    private static IssueWrite Summary(Replica issue, string summary) => new()
    {
        Issue = issue.Reference,
        Fields = new Dictionary<string, object?> { ["summary"] = summary },
    };

    private static string? NonceOf(Replica issue) => (string?)JsonNode.Parse(issue.Property!)!["nonce"];

    private static bool IsRead(string path) => path.EndsWith("/bulkfetch", StringComparison.Ordinal)
        || path.EndsWith("/search", StringComparison.Ordinal) || path.EndsWith("/jql", StringComparison.Ordinal);

    private static async Task<List<Replica>> ReadAsync(JiraClient jira, IEnumerable<string> keys, params string[] fields)
    {
        var issues = new List<Replica>();
        await foreach (var issue in jira.ReadAsync(keys, new IssueDetail { Fields = fields, Property = true }, Stop))
        {
            issues.Add(issue);
        }

        return issues;
    }
}
