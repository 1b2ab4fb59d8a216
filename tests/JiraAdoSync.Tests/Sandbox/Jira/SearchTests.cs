using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

public class SearchTests
{
    [Fact]
    public async Task A_search_by_token_shows_ids_and_nothing_else_unless_asked()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");

        var byDefault = await jira.GetAsync("search/jql?jql=project=SHOP");
        var posted = await jira.PostAsync("search/jql", """{"jql": "project = SHOP"}""");
        var asked = await jira.PostAsync("search/jql", """{"jql": "project = SHOP", "fields": ["summary"]}""");

        Assert.Equal("""{"issues":[{"id":"10001"}],"isLast":true}""", byDefault.Text);
        Assert.Equal(byDefault.Text, posted.Text);
        Assert.Equal("expand id self key fields", asked.Names("issues.0"));
        Assert.Equal("""{"summary":"One"}""", asked.Json["issues"]![0]!["fields"]!.ToJsonString());
    }

    [Fact]
    public async Task Pages_follow_each_other_by_token_until_the_last_which_has_none()
    {
        await using var jira = await JiraWire.StartAsync();
        for (var number = 1; number <= 5; number++)
        {
            await jira.CreateAsync($"Issue {number}");
        }

        var first = await jira.GetAsync("search/jql?jql=project=SHOP&maxResults=2");
        var second = await jira.PostAsync("search/jql",
            $$"""{"jql": "project=SHOP", "maxResults": 2, "nextPageToken": "{{first.At("nextPageToken")}}"}""");
        var third = await jira.GetAsync("search/jql?jql=project=SHOP&maxResults=2&nextPageToken="
            + Uri.EscapeDataString(second.At("nextPageToken")!));

        Assert.Equal("issues nextPageToken isLast", first.Names());
        Assert.Equal("false", first.At("isLast"));
        Assert.Equal("""[{"id":"10005"},{"id":"10004"}]""", first.Json["issues"]!.ToJsonString());
        Assert.Equal("""[{"id":"10003"},{"id":"10002"}]""", second.Json["issues"]!.ToJsonString());
        Assert.Equal("""{"issues":[{"id":"10001"}],"isLast":true}""", third.Text);
    }

    [Fact]
    public async Task A_token_is_good_for_its_own_query_for_seven_days()
    {
        var time = new SettableTime();
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { TimeProvider = time });
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two");
        var token = Uri.EscapeDataString(
            (await jira.GetAsync("search/jql?jql=project=SHOP&maxResults=1")).At("nextPageToken")!);

        var garbage = await jira.GetAsync("search/jql?jql=project=SHOP&nextPageToken=garbage");
        var otherQuery = await jira.GetAsync($"search/jql?jql=type=Task&nextPageToken={token}");
        time.Now += TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1);
        var inTime = await jira.GetAsync($"search/jql?jql=project=SHOP&nextPageToken={token}");
        time.Now += TimeSpan.FromSeconds(1);
        var late = await jira.GetAsync($"search/jql?jql=project=SHOP&nextPageToken={token}");

        Assert.Equal(400, garbage.Status);
        Assert.Equal(400, otherQuery.Status);
        Assert.Equal(200, inTime.Status);
        Assert.Equal(400, late.Status);
        Assert.Equal("The provided next page token is invalid or expired.", late.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("order by created")]
    public async Task Cloud_wants_a_restriction(string jql)
    {
        await using var jira = await JiraWire.StartAsync();

        Assert.Equal("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
            await jira.RefusalAsync(jql));
        Assert.Equal(400, (await jira.PostAsync("search/approximate-count", $$"""{"jql": "{{jql}}"}""")).Status);
    }

    [Fact]
    public async Task Cloud_sorts_by_seven_fields_at_most()
    {
        await using var jira = await JiraWire.StartAsync();
        const string Seven = "project = SHOP ORDER BY key, created, updated, summary, status, priority, type";

        Assert.Equal("", await jira.KeysAsync(Seven));
        Assert.Equal(
            "The ORDER BY clause can have no more than 7 fields.", await jira.RefusalAsync(Seven + ", project"));
    }

    [Fact]
    public async Task A_page_holds_fifty_by_default_a_hundred_with_fields_and_thousands_of_ids()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Seed = SeedText.Plain(130) });

        async Task<int> CountAsync(string query) =>
            (await jira.GetAsync($"search/jql?jql=project=SHOP&{query}")).Json["issues"]!.AsArray().Count;

        Assert.Equal(50, await CountAsync(""));
        Assert.Equal(100, await CountAsync("maxResults=5000&fields=summary"));
        Assert.Equal(130, await CountAsync("maxResults=5000"));
        Assert.Equal(130, await CountAsync("maxResults=5000&fields=id,key"));
    }

    [Theory]
    [InlineData("search/jql?jql=project=SHOP&maxResults=many")]
    [InlineData("search/jql?jql=project=SHOP&maxResults=-1")]
    [InlineData("search/jql?jql=project=SHOP&reconcileIssues=SHOP-1")]
    public async Task A_search_that_makes_no_sense_is_refused(string path)
    {
        await using var jira = await JiraWire.StartAsync();

        var reply = await jira.GetAsync(path);

        Assert.Equal(400, reply.Status);
        Assert.NotEmpty(reply.Error);
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", """{"jql": "project = SHOP"}""")]
    public async Task The_old_search_of_Cloud_is_removed(string method, string? body)
    {
        await using var jira = await JiraWire.StartAsync();

        foreach (var version in (string[])["2", "3"])
        {
            jira.Version = version;
            var reply = await jira.SendAsync(method, "search?jql=project=SHOP", body);

            Assert.Equal(410, reply.Status);
            Assert.Equal("""
                {"errorMessages":["The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"],"errors":{}}
                """.Trim(), reply.Text);
        }
    }

    [Fact]
    public async Task Data_Center_pages_by_position_and_reports_the_total()
    {
        await using var jira = await JiraWire.StartAsync(
            new SandboxOptions { Jira = JiraFlavor.DataCenter, Seed = SeedText.Plain(3) });

        var page = await jira.GetAsync("search?jql=order by key&startAt=1&maxResults=1&fields=summary");
        var posted = await jira.PostAsync("search", """{"jql": "", "startAt": 2, "maxResults": 5}""");

        Assert.Equal("expand startAt maxResults total issues", page.Names());
        Assert.Equal("1", page.At("startAt"));
        Assert.Equal("1", page.At("maxResults"));
        Assert.Equal("3", page.At("total"));
        Assert.Equal("SHOP-2", page.At("issues.0.key"));
        Assert.Equal("""{"summary":"Issue 2"}""", page.Json["issues"]![0]!["fields"]!.ToJsonString());
        Assert.Equal("SHOP-1", posted.At("issues.0.key"));
        Assert.Equal("Issue 1", posted.At("issues.0.fields.summary"));
        Assert.Equal(404, (await jira.GetAsync("search/jql?jql=project=SHOP")).Status);
        Assert.Equal(404, (await jira.GetAsync("/jira/rest/api/3/myself")).Status);
    }

    [Fact]
    public async Task The_approximate_count_counts()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Seed = SeedText.Plain(7) });

        var reply = await jira.PostAsync("search/approximate-count", """{"jql": "key > SHOP-2"}""");

        Assert.Equal("""{"count":5}""", reply.Text);
    }

    [Fact]
    public async Task Bulkfetch_answers_in_the_order_of_ids_and_leaves_out_what_it_does_not_find()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Seed = SeedText.Plain(3) });

        var reply = await jira.PostAsync("issue/bulkfetch",
            """{"issueIdsOrKeys": ["SHOP-3", "SHOP-99", "1001", "SHOP-1"], "fields": ["summary"]}""");

        Assert.Equal(200, reply.Status);
        Assert.Equal(
            "1001 1003", string.Join(' ', reply.Json["issues"]!.AsArray().Select(issue => issue!["id"]!.ToString())));
        Assert.Equal("""{"summary":"Issue 1"}""", reply.Json["issues"]![0]!["fields"]!.ToJsonString());
        Assert.Equal("[]", reply.Json["issueErrors"]!.ToJsonString());
    }

    [Fact]
    public async Task Bulkfetch_takes_a_hundred_and_shows_navigable_fields_by_default()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Seed = SeedText.Plain(2) });

        string Body(int count) => $$"""{"issueIdsOrKeys": [{{string.Join(',', Enumerable.Range(1, count).Select(n => $"\"SHOP-{n}\""))}}]}""";

        var hundred = await jira.PostAsync("issue/bulkfetch", Body(100));
        Assert.Equal(200, hundred.Status);
        Assert.Equal("To Do", hundred.At("issues.0.fields.status.name"));
        Assert.Equal(400, (await jira.PostAsync("issue/bulkfetch", Body(101))).Status);
        Assert.Equal(400, (await jira.PostAsync("issue/bulkfetch", Body(0))).Status);
    }

    [Fact]
    public async Task By_default_a_search_finds_what_was_just_written()
    {
        await using var jira = await JiraWire.StartAsync();

        Assert.Equal("SHOP-1", await jira.CreateAsync("New"));
        Assert.Equal("SHOP-1", await jira.KeysAsync("project = SHOP"));
    }

    [Fact]
    public async Task A_switch_lets_searches_miss_a_new_issue_unless_it_is_to_be_reconciled()
    {
        await using var jira = await JiraWire.StartAsync(
            new SandboxOptions { Switches = new SandboxSwitches { SearchesThatMissNewIssues = 2 } });
        await jira.CreateAsync("New");

        var first = await jira.GetAsync("search/jql?jql=project=SHOP");
        var reconciled = await jira.PostAsync("search/jql", """{"jql": "project = SHOP", "reconcileIssues": [10001]}""");
        var third = await jira.GetAsync("search/jql?jql=project=SHOP");

        Assert.Equal("""{"issues":[],"isLast":true}""", first.Text);
        Assert.Equal("""{"issues":[{"id":"10001"}],"isLast":true}""", reconciled.Text);
        Assert.Equal("""{"issues":[{"id":"10001"}],"isLast":true}""", third.Text);
    }

    [Fact]
    public async Task Fifty_issues_can_be_reconciled()
    {
        await using var jira = await JiraWire.StartAsync();

        string Body(int count) => $$"""{"jql": "project = SHOP", "reconcileIssues": [{{string.Join(',', Enumerable.Range(1, count))}}]}""";

        Assert.Equal(200, (await jira.PostAsync("search/jql", Body(50))).Status);
        Assert.Equal(400, (await jira.PostAsync("search/jql", Body(51))).Status);
    }
}
