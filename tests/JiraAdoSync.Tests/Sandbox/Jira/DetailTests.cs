using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>What hangs on issues: transitions, remote links, properties, comments, attachments, rich text.</summary>
public class DetailTests
{
    [Fact]
    public async Task Time_is_estimated_and_spent_in_fields_of_their_own()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("Paint", more: """ "timetracking": {"originalEstimate": "1d 4h"} """);
        Assert.Equal("43200 43200 ", await TimesAsync(jira));
        await jira.PostAsync("issue/SHOP-1/worklog", """{"timeSpentSeconds": 5400}""");
        Assert.Equal("43200 37800 5400", await TimesAsync(jira));
        var worklog = await jira.PostAsync("issue/SHOP-1/worklog?adjustEstimate=new&newEstimate=2h", """{"timeSpent": "1h"}""");
        Assert.Equal("43200 7200 9000", await TimesAsync(jira));
        await jira.DeleteAsync($"issue/SHOP-1/worklog/{worklog.At("id")}?adjustEstimate=leave");
        Assert.Equal("43200 7200 5400", await TimesAsync(jira));
        var issue = await jira.GetAsync("issue/SHOP-1?fields=timetracking");
        Assert.Equal("1d 4h", issue.At("fields.timetracking.originalEstimate"));
        Assert.Equal("2h", issue.At("fields.timetracking.remainingEstimate"));
        Assert.Equal("5400", issue.At("fields.timetracking.timeSpentSeconds"));
        Assert.Equal(400,
            (await jira.PutAsync("issue/SHOP-1", """{"fields": {"timetracking": {"remainingEstimate": "soon"}}}""")).Status);
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"timespent": 3}}""")).Status);
    }

    [Fact]
    public async Task Times_of_a_seed_are_shown_alike_whichever_way_it_has_them()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter, Seed =
        [
            """{"id": "1", "key": "SHOP-1", "fields": {"summary": "A", "timespent": 60, "timeestimate": null}}""",
            """{"id": "2", "key": "SHOP-2", "fields": {"summary": "B", "timetracking": {"timeSpentSeconds": 60}}}""",
        ] });
        foreach (var key in (string[])["SHOP-1", "SHOP-2"])
        {
            var issue = await jira.GetAsync($"issue/{key}");
            Assert.Equal("60", issue.At("fields.timespent"));
            Assert.Equal("1m", issue.At("fields.timetracking.timeSpent"));
        }

        Assert.Equal(3, (await jira.GetAsync("field")).Json.AsArray()
            .Count(field => field!["id"]!.ToString() is "timespent" or "timeestimate" or "timeoriginalestimate"));
    }

    private static async Task<string> TimesAsync(JiraWire jira)
    {
        var issue = await jira.GetAsync("issue/SHOP-1?fields=timeoriginalestimate,timeestimate,timespent");
        return string.Join(' ', ((string[])["timeoriginalestimate", "timeestimate", "timespent"])
            .Select(name => issue.At($"fields.{name}")));
    }

    [Fact]
    public async Task A_transition_moves_the_status_and_done_resolves()
    {
        await using var jira = await OneIssueAsync();

        var list = await jira.GetAsync("issue/SHOP-1/transitions");
        var done = await jira.PostAsync("issue/SHOP-1/transitions", """{"transition": {"id": "31"}}""");
        var closed = await jira.GetAsync("issue/SHOP-1");
        await jira.PostAsync("issue/SHOP-1/transitions", """{"transition": {"id": "21"}}""");
        var reopened = await jira.GetAsync("issue/SHOP-1");

        Assert.Equal("11/To Do 21/In Progress 31/Done", string.Join(' ', list.Json["transitions"]!.AsArray()
            .Select(one => $"{one!["id"]}/{one["to"]!["name"]}")));
        Assert.Equal((204, ""), (done.Status, done.Text));
        Assert.Equal("Done", closed.At("fields.status.name"));
        Assert.Equal("Done", closed.At("fields.resolution.name"));
        Assert.Equal("In Progress", reopened.At("fields.status.name"));
        Assert.Null(reopened.At("fields.resolution"));
        Assert.Equal("SHOP-1", await jira.KeysAsync("status = \"In Progress\""));
    }

    [Theory]
    [InlineData("""{"transition": {"id": "99"}}""", "Transition id '99' is not valid for this issue.")]
    [InlineData("{}", "Missing 'transition' identifier")]
    public async Task A_transition_that_is_none_is_refused(string body, string message)
    {
        await using var jira = await OneIssueAsync();

        var reply = await jira.PostAsync("issue/SHOP-1/transitions", body);

        Assert.Equal((400, message), (reply.Status, reply.Error));
    }

    [Fact]
    public async Task An_issue_shows_its_transitions_and_what_can_be_edited_where_that_is_expanded()
    {
        await using var jira = await OneIssueAsync();

        var issue = await jira.GetAsync("issue/SHOP-1?expand=transitions,editmeta&fields=summary");

        Assert.Equal("To Do", issue.At("transitions.0.to.name"));
        Assert.Equal("true", issue.At("editmeta.fields.summary.required"));
        Assert.Null((await jira.GetAsync("issue/SHOP-1")).At("transitions"));
    }

    [Fact]
    public async Task Time_is_logged_changed_and_deleted()
    {
        await using var jira = await OneIssueAsync();
        const string Comment = """{"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Did it"}]}]}""";

        var added = await jira.PostAsync("issue/SHOP-1/worklog", $$"""
            {"timeSpent": "1d 2h", "started": "2026-03-01T09:00:00.000+0000", "comment": {{Comment}}}
            """);
        var path = $"issue/SHOP-1/worklog/{added.At("id")}";
        var changed = await jira.PutAsync(path, """{"timeSpentSeconds": 5400}""");
        var wrong = await jira.PostAsync("issue/SHOP-1/worklog", """{"timeSpent": "long"}""");

        Assert.Equal((201, "36000", "1d 2h"), (added.Status, added.At("timeSpentSeconds"), added.At("timeSpent")));
        Assert.Equal("Did it", added.At("comment.content.0.content.0.text"));
        Assert.Equal((200, "1h 30m"), (changed.Status, changed.At("timeSpent")));
        Assert.Equal((400, "Invalid time duration entered."), (wrong.Status, wrong.At("errors.timeLogged")));
        Assert.Equal("1h 30m", (await jira.GetAsync("issue/SHOP-1")).At("fields.worklog.worklogs.0.timeSpent"));
        jira.Version = "2";
        Assert.Equal("Did it", (await jira.GetAsync("issue/SHOP-1/worklog")).At("worklogs.0.comment"));
        Assert.Equal(204, (await jira.DeleteAsync(path)).Status);
        Assert.Equal(404, (await jira.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, "accountId", "712020:sandbox-account")]
    [InlineData(JiraFlavor.DataCenter, "username", "sandbox@example.com")]
    public async Task People_watch_issues_vote_for_them_and_are_removed_from_them(
        JiraFlavor flavor, string parameter, string name)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = flavor });
        await jira.CreateAsync("One");

        Assert.Equal(204, (await jira.PostAsync("issue/SHOP-1/watchers", $"\"{name}\"")).Status);
        Assert.Equal("1", (await jira.GetAsync("issue/SHOP-1/watchers")).At("watchCount"));
        Assert.Equal(404, (await jira.PostAsync("issue/SHOP-1/watchers", "\"nobody\"")).Status);
        Assert.Equal(204, (await jira.DeleteAsync($"issue/SHOP-1/watchers?{parameter}={name}")).Status);
        Assert.Equal("false", (await jira.GetAsync("issue/SHOP-1/watchers")).At("isWatching"));
        Assert.Equal(204, (await jira.PostAsync("issue/SHOP-1/votes", "{}")).Status);
        Assert.Equal("true", (await jira.GetAsync("issue/SHOP-1/votes")).At("hasVoted"));

        var key = flavor == JiraFlavor.Cloud ? "accountId" : "name";
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1/assignee", $$"""{"{{key}}": "{{name}}"}""")).Status);
        Assert.Equal("Sandbox Account", (await jira.GetAsync("issue/SHOP-1")).At("fields.assignee.displayName"));
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1/assignee", $$"""{"{{key}}": null}""")).Status);
        Assert.Null((await jira.GetAsync("issue/SHOP-1")).At("fields.assignee.displayName"));
    }

    [Fact]
    public async Task A_remote_link_is_written_again_by_its_global_id_and_loses_what_the_write_leaves_out()
    {
        await using var jira = await OneIssueAsync();
        const string Full = """
            {"globalId": "ado=7", "relationship": "mirrors", "application": {"name": "ADO"}, "object": {"url": "http://x/7", "title": "Seven", "summary": "S"}}
            """;

        var created = await jira.PostAsync("issue/SHOP-1/remotelink", Full);
        var updated = await jira.PostAsync("issue/SHOP-1/remotelink", """{"globalId": "ado=7", "object": {"url": "http://x/7", "title": "7"}}""");
        var other = await jira.PostAsync("issue/SHOP-1/remotelink", """{"object": {"url": "http://x/8", "title": "8"}}""");
        var all = await jira.GetAsync("issue/SHOP-1/remotelink");

        var self = $"{jira.Server.JiraUri}/rest/api/3/issue/SHOP-1/remotelink/10001";
        Assert.Equal(201, created.Status);
        Assert.Equal($$"""{"id":10001,"self":"{{self}}"}""", created.Text);
        Assert.Equal((200, created.Text), (updated.Status, updated.Text));
        Assert.Equal(201, other.Status);
        Assert.Equal(2, all.Json.AsArray().Count);
        Assert.Equal("globalId object id self", all.Names("0"));
        Assert.Equal("url title", all.Names("0.object"));
    }

    [Fact]
    public async Task A_remote_link_is_read_changed_and_removed_by_id_and_by_global_id()
    {
        await using var jira = await OneIssueAsync();
        await jira.PostAsync("issue/SHOP-1/remotelink", """{"globalId": "a", "object": {"url": "http://x/1", "title": "1"}}""");
        await jira.PostAsync("issue/SHOP-1/remotelink", """{"globalId": "b", "object": {"url": "http://x/2", "title": "2"}}""");

        Assert.Equal("1", (await jira.GetAsync("issue/SHOP-1/remotelink/10001")).At("object.title"));
        Assert.Equal("2", (await jira.GetAsync("issue/SHOP-1/remotelink?globalId=b")).At("object.title"));
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1/remotelink/10001", """{"object": {"url": "http://x/3", "title": "3"}}""")).Status);
        Assert.Equal("3", (await jira.GetAsync("issue/SHOP-1/remotelink/10001")).At("object.title"));
        Assert.Equal(204, (await jira.DeleteAsync("issue/SHOP-1/remotelink/10001")).Status);
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-1/remotelink/10001")).Status);
        Assert.Equal(204, (await jira.DeleteAsync("issue/SHOP-1/remotelink?globalId=b")).Status);
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1/remotelink")).Text);
    }

    [Fact]
    public async Task A_remote_link_needs_a_title_an_address_and_a_short_global_id()
    {
        await using var jira = await OneIssueAsync();

        string Body(int length) => $$"""{"globalId": "{{new string('g', length)}}", "object": {"url": "http://x", "title": "t"} }""";

        var bare = await jira.PostAsync("issue/SHOP-1/remotelink", """{"object": {"url": "http://x"}}""");
        Assert.Equal(400, bare.Status);
        Assert.Equal("""{"errorMessages":[],"errors":{"title":"'title' is required."}}""", bare.Text);
        Assert.Equal(201, (await jira.PostAsync("issue/SHOP-1/remotelink", Body(255))).Status);
        Assert.Equal(400, (await jira.PostAsync("issue/SHOP-1/remotelink", Body(256))).Status);
    }

    [Fact]
    public async Task A_property_is_new_once_and_then_replaced()
    {
        await using var jira = await OneIssueAsync();

        var created = await jira.PutAsync("issue/SHOP-1/properties/sync.mark", """{"id": 7}""");
        var replaced = await jira.PutAsync("issue/SHOP-1/properties/sync.mark", """{"id": 8}""");
        var read = await jira.GetAsync("issue/SHOP-1/properties/sync.mark");
        var keys = await jira.GetAsync("issue/SHOP-1/properties");

        Assert.Equal((201, 200), (created.Status, replaced.Status));
        Assert.Equal("""{"key":"sync.mark","value":{"id":8}}""", read.Text);
        Assert.Equal("sync.mark", keys.At("keys.0.key"));
        Assert.Equal(204, (await jira.DeleteAsync("issue/SHOP-1/properties/sync.mark")).Status);
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-1/properties/sync.mark")).Status);
        Assert.Equal(404, (await jira.DeleteAsync("issue/SHOP-1/properties/sync.mark")).Status);
    }

    [Fact]
    public async Task A_property_has_limits_and_is_json()
    {
        await using var jira = await OneIssueAsync();

        string Value(int length) => $"\"{new string('v', length - 2)}\"";

        Assert.Equal(201, (await jira.PutAsync("issue/SHOP-1/properties/a", Value(32768))).Status);
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1/properties/b", Value(32769))).Status);
        Assert.Equal(201, (await jira.PutAsync($"issue/SHOP-1/properties/{new string('k', 255)}", "1")).Status);
        Assert.Equal(400, (await jira.PutAsync($"issue/SHOP-1/properties/{new string('k', 256)}", "1")).Status);
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1/properties/c", "{nonsense")).Status);
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1/properties/c", "")).Status);
    }

    [Fact]
    public async Task Searches_and_reads_show_the_properties_that_they_name()
    {
        await using var jira = await OneIssueAsync();
        await jira.PutAsync("issue/SHOP-1/properties/a", "1");
        await jira.PutAsync("issue/SHOP-1/properties/b", "2");

        var search = await jira.PostAsync("search/jql", """{"jql": "project = SHOP", "fields": ["summary"], "properties": ["a"]}""");
        var read = await jira.GetAsync("issue/SHOP-1?fields=summary&properties=b");
        var bulk = await jira.PostAsync("issue/bulkfetch", """{"issueIdsOrKeys": ["SHOP-1"], "properties": ["a", "b"]}""");
        var six = await jira.PostAsync("search/jql", """{"jql": "project = SHOP", "properties": ["1", "2", "3", "4", "5", "6"]}""");

        Assert.Equal("""{"a":1}""", search.Json["issues"]![0]!["properties"]!.ToJsonString());
        Assert.Equal("""{"b":2}""", read.Json["properties"]!.ToJsonString());
        Assert.Equal("""{"a":1,"b":2}""", bulk.Json["issues"]![0]!["properties"]!.ToJsonString());
        Assert.Equal(400, six.Status);
    }

    [Fact]
    public async Task Comments_are_added_changed_listed_and_removed()
    {
        await using var jira = await OneIssueAsync("2");

        var added = await jira.PostAsync("issue/SHOP-1/comment", """{"body": "First *thing*"}""");
        await jira.PostAsync("issue/SHOP-1/comment", """{"body": "Second"}""");
        await jira.PutAsync("issue/SHOP-1/comment/10001", """{"body": "Changed"}""");
        var list = await jira.GetAsync("issue/SHOP-1/comment?maxResults=1");
        var newest = await jira.GetAsync("issue/SHOP-1/comment?orderBy=-created");
        var issue = await jira.GetAsync("issue/SHOP-1?fields=comment");

        Assert.Equal(201, added.Status);
        Assert.Equal("First *thing*", added.At("body"));
        Assert.Equal("Sandbox Account", added.At("author.displayName"));
        Assert.Equal("startAt maxResults total comments", list.Names());
        Assert.Equal(("2", "Changed"), (list.At("total"), list.At("comments.0.body")));
        Assert.Single(list.Json["comments"]!.AsArray());
        Assert.Equal("Second", newest.At("comments.0.body"));
        Assert.Equal("2", issue.At("fields.comment.total"));
        Assert.Equal("SHOP-1", (await jira.GetAsync("search/jql?fields=key&jql=comment ~ changed")).At("issues.0.key"));
        Assert.Equal(204, (await jira.DeleteAsync("issue/SHOP-1/comment/10001")).Status);
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-1/comment/10001")).Status);
    }

    [Fact]
    public async Task A_comment_needs_a_body_in_the_form_of_its_version()
    {
        await using var jira = await OneIssueAsync();

        var text = await jira.PostAsync("issue/SHOP-1/comment", """{"body": "plain"}""");
        var empty = await jira.PostAsync("issue/SHOP-1/comment", "{}");

        Assert.Equal(400, text.Status);
        Assert.Equal("Operation value must be an Atlassian Document (see the Atlassian Document Format)",
            text.At("errors.comment"));
        Assert.Equal("Comment body can not be empty!", empty.At("errors.comment"));
    }

    [Fact]
    public async Task The_comment_of_a_link_is_at_its_source_even_when_the_link_exists_already()
    {
        await using var jira = await OneIssueAsync("2");
        await jira.CreateAsync("Two");
        const string Body = """
            {"type": {"name": "Blocks"}, "inwardIssue": {"key": "SHOP-1"}, "outwardIssue": {"key": "SHOP-2"}, "comment": {"body": "Because"}}
            """;

        await jira.PostAsync("issueLink", Body);
        var again = await jira.PostAsync("issueLink", Body);

        Assert.Equal(201, again.Status);
        Assert.Equal("2", (await jira.GetAsync("issue/SHOP-1/comment")).At("total"));
        Assert.Equal("0", (await jira.GetAsync("issue/SHOP-2/comment")).At("total"));
        Assert.Single((await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["issuelinks"]!.AsArray());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_attachment_is_uploaded_read_and_removed(JiraFlavor flavor)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = flavor });
        await jira.CreateAsync("One");

        var uploaded = await jira.SendAsync(
            "POST", "issue/SHOP-1/attachments", File("note.txt", "Hello"), ("X-Atlassian-Token", "no-check"));
        var meta = await jira.GetAsync("attachment/10001");
        var content = await jira.GetAsync(new Uri(meta.At("content")!).PathAndQuery);
        var issue = await jira.GetAsync("issue/SHOP-1?fields=attachment");

        Assert.Equal(200, uploaded.Status);
        Assert.Equal(("note.txt", "5", "text/plain"),
            (uploaded.At("0.filename"), uploaded.At("0.size"), uploaded.At("0.mimeType")));
        Assert.Equal("Hello", content.Text);
        Assert.Equal(
            flavor == JiraFlavor.Cloud ? JsonValueKind.Number : JsonValueKind.String, meta.Json["id"]!.GetValueKind());
        Assert.Equal("10001", issue.At("fields.attachment.0.id"));
        Assert.Equal(204, (await jira.DeleteAsync("attachment/10001")).Status);
        Assert.Equal(404, (await jira.GetAsync("attachment/10001")).Status);
        Assert.Equal("[]",
            (await jira.GetAsync("issue/SHOP-1?fields=attachment")).Json["fields"]!["attachment"]!.ToJsonString());
    }

    [Fact]
    public async Task An_upload_says_that_it_needs_no_check_and_is_a_form()
    {
        await using var jira = await OneIssueAsync();

        var unchecked403 = await jira.SendAsync("POST", "issue/SHOP-1/attachments", File("note.txt", "Hello"));
        var json = await jira.PostAsync("issue/SHOP-1/attachments", "{}");
        var broken = await jira.SendAsync("POST", "issue/SHOP-1/attachments",
            new StringContent("nonsense") { Headers =
                { ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b") } },
            ("X-Atlassian-Token", "no-check"));

        Assert.Equal((403, "XSRF check failed"), (unchecked403.Status, unchecked403.Text));
        Assert.Equal(415, json.Status);
        Assert.Equal(400, broken.Status);
    }

    [Fact]
    public async Task A_description_is_a_document_in_v3_and_markup_in_v2()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions());
        jira.Version = "2";
        await jira.CreateAsync("One", more: """ "description": "h2. Why\n\nIt is *good* and _new_, see [here|http://x/1].\nNext line\n\n* one\n* two" """);

        var markup = await jira.GetAsync("issue/SHOP-1?fields=description");
        jira.Version = "3";
        var document = await jira.GetAsync("issue/SHOP-1?fields=description&expand=renderedFields");
        await jira.PutAsync("issue/SHOP-1", $$"""{"fields": {"description": {{document.Json["fields"]!["description"]!.ToJsonString()}} } }""");
        jira.Version = "2";
        var back = await jira.GetAsync("issue/SHOP-1?fields=description");

        Assert.Equal("h2. Why\n\nIt is *good* and _new_, see [here|http://x/1].\nNext line\n\n* one\n* two",
            markup.At("fields.description"));
        Assert.Equal("""
            {"type":"doc","version":1,"content":[{"type":"heading","attrs":{"level":2},"content":[{"type":"text","text":"Why"}]},{"type":"paragraph","content":[{"type":"text","text":"It is "},{"type":"text","text":"good","marks":[{"type":"strong"}]},{"type":"text","text":" and "},{"type":"text","text":"new","marks":[{"type":"em"}]},{"type":"text","text":", see "},{"type":"text","text":"here","marks":[{"type":"link","attrs":{"href":"http://x/1"}}]},{"type":"text","text":"."},{"type":"hardBreak"},{"type":"text","text":"Next line"}]},{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"one"}]}]},{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"two"}]}]}]}]}
            """.Trim(), document.Json["fields"]!["description"]!.ToJsonString());
        Assert.Equal(
            "<h2><a name=\"Why\"></a>Why</h2>\n<p>It is <b>good</b> and <em>new</em>, see <a href=\"http://x/1\" "
            + "class=\"external-link\" target=\"_blank\" rel=\"nofollow noopener\">here</a>.<br/>\nNext line</p>\n"
            + "<ul>\n\t<li>one</li>\n\t<li>two</li>\n</ul>\n", document.At("renderedFields.description"));
        Assert.Equal(markup.At("fields.description"), back.At("fields.description"));
    }

    [Theory]
    [InlineData("3", "\"plain\"", "Operation value must be an Atlassian Document (see the Atlassian Document Format)")]
    [InlineData("2", "{\"type\": \"doc\", \"version\": 1, \"content\": []}", "Operation value must be a string")]
    public async Task A_description_in_the_form_of_the_other_version_is_refused(
        string version, string value, string message)
    {
        await using var jira = await OneIssueAsync(version);

        var reply = await jira.PutAsync("issue/SHOP-1", "{\"fields\": {\"description\": " + value + "}}");

        Assert.Equal((400, message), (reply.Status, reply.At("errors.description")));
    }

    [Fact]
    public async Task An_edit_that_is_refused_changes_nothing()
    {
        await using var jira = await OneIssueAsync();
        await jira.CreateAsync("Two");

        var link = await jira.PutAsync("issue/SHOP-1",
            """{"fields": {"summary": "New"}, "update": {"issuelinks": [{"add": {"type": {"name": "None"}, "outwardIssue": {"key": "SHOP-2"}}}]}}""");
        var label = await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "New"}, "update": {"labels": [{"add": "two words"}]}}""");
        var verb = await jira.PutAsync("issue/SHOP-1", """{"update": {"summary": [{"set": ""}]}}""");
        var priority = await jira.PutAsync("issue/SHOP-1", """{"fields": {"priority": {"name": "Whatever"}}}""");

        Assert.Equal(404, link.Status);
        Assert.Equal("The label 'two words' contains spaces which is invalid.", label.At("errors.labels"));
        Assert.Equal("You must specify a summary of the issue.", verb.At("errors.summary"));
        Assert.Equal(400, priority.Status);
        Assert.Equal("One", (await jira.GetAsync("issue/SHOP-1")).At("fields.summary"));
    }

    [Fact]
    public async Task An_edit_links_as_reading_says_it()
    {
        await using var jira = await OneIssueAsync();
        await jira.CreateAsync("Two");

        await jira.PutAsync("issue/SHOP-1",
            """{"update": {"issuelinks": [{"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": "SHOP-2"}}}]}}""");

        Assert.Equal("SHOP-2", (await jira.GetAsync("issue/SHOP-1")).At("fields.issuelinks.0.outwardIssue.key"));
    }

    [Fact]
    public async Task An_issue_does_not_become_the_parent_of_what_is_above_it()
    {
        await using var jira = await OneIssueAsync();
        await jira.CreateAsync("Two", more: "\"parent\": {\"key\": \"SHOP-1\"}");

        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"parent": {"key": "SHOP-2"}}}""")).Status);
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"parent": {"key": "SHOP-1"}}}""")).Status);
    }

    [Fact]
    public async Task Several_issues_are_created_at_once_and_failures_are_reported_by_their_index()
    {
        await using var jira = await JiraWire.StartAsync();

        var reply = await jira.PostAsync("issue/bulk", """
            {"issueUpdates": [
              {"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": "One"}},
              {"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}}},
              {"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": "Three"}}]}
            """);

        Assert.Equal(201, reply.Status);
        Assert.Equal(["SHOP-1", "SHOP-2"],
            reply.Json["issues"]!.AsArray().Select(issue => issue!["key"]!.ToString()).Order());
        Assert.Equal("1", reply.At("errors.0.failedElementNumber"));
        Assert.Equal("You must specify a summary of the issue.", reply.At("errors.0.elementErrors.errors.summary"));
    }

    private static async Task<JiraWire> OneIssueAsync(string version = "3")
    {
        var jira = await JiraWire.StartAsync(new SandboxOptions());
        jira.Version = version;
        await jira.CreateAsync("One");
        return jira;
    }

    private static MultipartFormDataContent File(string name, string text) => new()
    {
        { new ByteArrayContent(Encoding.UTF8.GetBytes(text)) { Headers =
            { ContentType = new MediaTypeHeaderValue("text/plain") } }, "file", name },
    };
}
