using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Queries over one small site; the clock is stopped at 11 March 2026, 12:00 UTC.</summary>
public sealed class JqlTests : IAsyncLifetime
{
    private const string Done = """ "status": {"id": "3", "name": "Done", "statusCategory": {"id": 3, "key": "done", "name": "Done"}} """;
    private const string Blocks = """{"id": "500", "name": "Dependency", "inward": "is blocked by", "outward": "blocks"}""";

    private static readonly string[] Site =
    [
        SeedText.Issue(1, """
            "summary": "Pay by card", "issuetype": {"id": "11", "name": "Epic", "subtask": false}, "labels": ["web", "pay"], "priority": {"id": "1", "name": "High"}, "created": "2026-03-01T09:00:00.000+0000", "updated": "2026-03-11T11:30:00.000+0000", "description": "Customers want to pay by card in the shop", "customfield_10020": "Alpha", "customfield_10030": 5
            """.Trim()),
        SeedText.Issue(2, """
            "summary": "Build the checkout page", "issuetype": {"id": "12", "name": "Story", "subtask": false}, "labels": ["web"], "priority": {"id": "2", "name": "Low"}, "created": "2026-03-05T09:00:00.000+0000", "updated": "2026-03-10T12:00:00.000+0000", "parent": {"id": "1001", "key": "SHOP-1"}, "assignee": {"accountId": "ann", "displayName": "Ann", "emailAddress": "ann@example.com"}, "customfield_10020": "Beta", "customfield_10030": 8
            """.Trim()),
        SeedText.Issue(3, $$"""
            "summary": "Check the totals", "issuetype": {"id": "13", "name": "Bug", "subtask": false}, "priority": {"id": "1", "name": "High"}, "created": "2026-03-09T09:00:00.000+0000", "updated": "2026-03-09T09:00:00.000+0000", "resolution": {"id": "1", "name": "Fixed"}, "components": [{"id": "40", "name": "Shop"}], "duedate": "2026-03-20", {{Done}}, "issuelinks": [{"id": "900", "type": {{Blocks}}, "outwardIssue": {"id": "1002", "key": "SHOP-2"} }]
            """.Trim()),
        SeedText.Issue("OPS", 10, 2010, """
            "summary": "Rotate the card keys", "issuetype": {"id": "12", "name": "Story", "subtask": false}, "labels": ["ops"], "created": "2026-02-01T09:00:00.000+0000", "updated": "2026-02-01T09:00:00.000+0000"
            """.Trim()),
    ];

    private JiraWire _jira = null!;

    public async ValueTask InitializeAsync() =>
        _jira = await JiraWire.StartAsync(new SandboxOptions { Seed = Site, TimeProvider = new SettableTime() });

    public ValueTask DisposeAsync() => _jira.DisposeAsync();

    [Theory]
    [InlineData("project = SHOP", "SHOP-3 SHOP-2 SHOP-1")]
    [InlineData("project = shop", "SHOP-3 SHOP-2 SHOP-1")]
    [InlineData("project = \"The OPS project\"", "OPS-10")]
    [InlineData("project != SHOP", "OPS-10")]
    [InlineData("project in (SHOP, OPS)", "OPS-10 SHOP-3 SHOP-2 SHOP-1")]
    [InlineData("project not in (SHOP)", "OPS-10")]
    [InlineData("type = Bug", "SHOP-3")]
    [InlineData("issuetype in (Bug, Epic)", "SHOP-3 SHOP-1")]
    [InlineData("status = Done", "SHOP-3")]
    [InlineData("statusCategory != Done AND project = SHOP", "SHOP-2 SHOP-1")]
    [InlineData("priority = High", "SHOP-3 SHOP-1")]
    [InlineData("component = Shop", "SHOP-3")]
    [InlineData("assignee = ann", "SHOP-2")]
    [InlineData("assignee = \"ann@example.com\"", "SHOP-2")]
    [InlineData("labels = web", "SHOP-2 SHOP-1")]
    [InlineData("labels in (pay, ops)", "OPS-10 SHOP-1")]
    public async Task A_choice_is_compared_by_name_in_any_case(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("labels is EMPTY", "SHOP-3")]
    [InlineData("labels is not empty", "OPS-10 SHOP-2 SHOP-1")]
    [InlineData("assignee is null", "OPS-10 SHOP-3 SHOP-1")]
    [InlineData("assignee = EMPTY", "OPS-10 SHOP-3 SHOP-1")]
    [InlineData("parent is EMPTY", "OPS-10 SHOP-3 SHOP-1")]
    [InlineData("duedate is EMPTY", "OPS-10 SHOP-2 SHOP-1")]
    [InlineData("resolution = Unresolved", "OPS-10 SHOP-2 SHOP-1")]
    [InlineData("description is not EMPTY", "SHOP-1")]
    public async Task Emptiness_is_asked_with_is(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("labels != web", "OPS-10")]
    [InlineData("labels not in (web)", "OPS-10")]
    [InlineData("assignee != ann", "")]
    public async Task An_issue_without_a_value_is_not_found_by_unequal(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("summary ~ card", "OPS-10 SHOP-1")]
    [InlineData("summary ~ \"page build\"", "SHOP-2")]
    [InlineData("summary ~ \"\\\"page build\\\"\"", "")]
    [InlineData("summary ~ \"\\\"checkout page\\\"\"", "SHOP-2")]
    [InlineData("summary ~ \"check*\"", "SHOP-3 SHOP-2")]
    [InlineData("summary !~ card", "SHOP-3 SHOP-2")]
    [InlineData("text ~ customers", "SHOP-1")]
    [InlineData("description ~ \"shop\"", "SHOP-1")]
    public async Task Words_are_searched_with_a_tilde(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("key = SHOP-2", "SHOP-2")]
    [InlineData("key in (SHOP-1, OPS-10)", "OPS-10 SHOP-1")]
    [InlineData("issuekey >= SHOP-2", "SHOP-3 SHOP-2")]
    [InlineData("key < SHOP-2", "SHOP-1")]
    [InlineData("key <= SHOP-2", "SHOP-2 SHOP-1")]
    [InlineData("key > SHOP-2", "SHOP-3")]
    [InlineData("id = 2010", "OPS-10")]
    [InlineData("id in (1001, 1003)", "SHOP-3 SHOP-1")]
    [InlineData("id not in (1001, 1003)", "OPS-10 SHOP-2")]
    [InlineData("id > 1001 AND project = SHOP", "SHOP-3 SHOP-2")]
    [InlineData("parent = SHOP-1", "SHOP-2")]
    [InlineData("parent in (SHOP-1, SHOP-2)", "SHOP-2")]
    public async Task Issues_are_named_by_key_or_id(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("issueLinkType = dependency", "SHOP-3 SHOP-2")]
    [InlineData("issueLinkType = blocks", "SHOP-3")]
    [InlineData("issueLinkType = \"is blocked by\"", "SHOP-2")]
    [InlineData("issueLinkType in (\"is blocked by\", \"relates to\")", "SHOP-2")]
    [InlineData("issueLinkType is EMPTY", "OPS-10 SHOP-1")]
    [InlineData("issue in linkedIssues(SHOP-3)", "SHOP-2")]
    [InlineData("issue in linkedIssues(SHOP-2, \"is blocked by\")", "SHOP-3")]
    [InlineData("issue in linkedIssues(SHOP-2, blocks)", "")]
    public async Task Links_are_searched_by_type_phrase_and_issue(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("updated >= 2026-03-10", "SHOP-2 SHOP-1")]
    [InlineData("updated >= \"2026/03/10 12:01\"", "SHOP-1")]
    [InlineData("updated >= \"2026-03-10 12:00\"", "SHOP-2 SHOP-1")]
    [InlineData("created < 2026-03-05", "OPS-10 SHOP-1")]
    [InlineData("updated >= -1h", "SHOP-1")]
    [InlineData("updated >= -1d", "SHOP-2 SHOP-1")]
    [InlineData("updated > \"-1d\"", "SHOP-1")]
    [InlineData("updated >= \"-1w 1d\"", "SHOP-3 SHOP-2 SHOP-1")]
    [InlineData("updated >= -30m", "SHOP-1")]
    [InlineData("updated > startOfDay()", "SHOP-1")]
    [InlineData("updated > startOfDay(-1)", "SHOP-2 SHOP-1")]
    [InlineData("updated > startOfDay(\"-2d\")", "SHOP-3 SHOP-2 SHOP-1")]
    [InlineData("created < startOfMonth()", "OPS-10")]
    [InlineData("created > startOfYear() AND created < endOfMonth(-1)", "OPS-10")]
    [InlineData("updated < now()", "OPS-10 SHOP-3 SHOP-2 SHOP-1")]
    [InlineData("due < 2w", "SHOP-3")]
    [InlineData("duedate <= endOfDay(\"+8d\")", "")]
    public async Task Dates_are_absolute_relative_or_from_a_function(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("type = Story AND project = SHOP OR type = Bug", "SHOP-3 SHOP-2")]
    [InlineData("type = Story AND (project = SHOP OR type = Bug)", "SHOP-2")]
    [InlineData("type = Bug OR type = Story AND project = OPS", "OPS-10 SHOP-3")]
    [InlineData("NOT project = SHOP", "OPS-10")]
    [InlineData("NOT (type = Story OR type = Bug)", "SHOP-1")]
    [InlineData("project = SHOP AND NOT type = Epic", "SHOP-3 SHOP-2")]
    [InlineData("project = SHOP && type = Bug || ! project = SHOP", "OPS-10 SHOP-3")]
    public async Task And_binds_tighter_than_or(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("project is not EMPTY ORDER BY key", "OPS-10 SHOP-1 SHOP-2 SHOP-3")]
    [InlineData("project is not EMPTY ORDER BY key DESC", "SHOP-3 SHOP-2 SHOP-1 OPS-10")]
    [InlineData("project is not EMPTY ORDER BY id ASC", "SHOP-1 SHOP-2 SHOP-3 OPS-10")]
    [InlineData("project is not EMPTY order by updated desc", "SHOP-1 SHOP-2 SHOP-3 OPS-10")]
    [InlineData("project = SHOP ORDER BY priority, created DESC", "SHOP-3 SHOP-1 SHOP-2")]
    [InlineData("project = SHOP ORDER BY summary", "SHOP-2 SHOP-3 SHOP-1")]
    [InlineData("project is not EMPTY", "OPS-10 SHOP-3 SHOP-2 SHOP-1")]
    public async Task Results_are_in_the_order_asked_for_or_newest_first(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("customfield_10020 = alpha", "SHOP-1")]
    [InlineData("cf[10020] ~ beta", "SHOP-2")]
    [InlineData("cf[10030] > 5", "SHOP-2")]
    [InlineData("cf[10030] <= 5", "SHOP-1")]
    [InlineData("cf[10020] is EMPTY", "OPS-10 SHOP-3")]
    public async Task Custom_fields_are_named_by_id(string jql, string keys) =>
        Assert.Equal(keys, await _jira.KeysAsync(jql));

    [Theory]
    [InlineData("nonsense = 1", "Field 'nonsense' does not exist or you do not have permission to view it.")]
    [InlineData("project = NONE", "The value 'NONE' does not exist for the field 'project'.")]
    [InlineData("key = SHOP-99", "An issue with key 'SHOP-99' does not exist for field 'key'.")]
    [InlineData("id = 99", "A value with ID '99' does not exist for the field 'id'.")]
    [InlineData("project ~ SHOP", "The operator '~' is not supported by the 'project' field.")]
    [InlineData("summary = card", "The operator '=' is not supported by the 'summary' field.")]
    [InlineData("project = (SHOP, OPS)", "Operator '=' does not support list values for field 'project'.")]
    [InlineData("project in nonsense()", "Unable to find JQL function 'nonsense()'.")]
    [InlineData("key in linkedIssues()", "Function 'linkedIssues' expected between '1' and '2' arguments but received '0'.")]
    [InlineData("updated > yesterday", "Date value 'yesterday' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.")]
    [InlineData("project = SHOP ORDER BY description", "Not able to sort using field 'description'.")]
    [InlineData("project = SHOP AND", "Error in the JQL Query: Expecting a field name at the end of the query.")]
    [InlineData("project", "Error in the JQL Query: Expecting operator before the end of the query. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.")]
    [InlineData("project = ", "Error in the JQL Query: Expecting either a value, list or function before the end of the query.")]
    [InlineData("(project = SHOP", "Error in the JQL Query: Expecting ')' before the end of the query. (line 1, character 16)")]
    [InlineData("project = SHOP type = Bug", "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'type'. (line 1, character 16)")]
    [InlineData("project = \"SHOP", "Error in the JQL Query: The quoted string 'SHOP' has not been completed. (line 1, character 11)")]
    [InlineData("project = SH@P", "Error in the JQL Query: The character '@' is a reserved JQL character. You must enclose it in a string or use the escape '\\u0040' instead. (line 1, character 13)")]
    [InlineData("project = SHOP\nAND status = and", "Error in the JQL Query: Expecting either a value, list or function but got 'and'. You must surround 'and' in quotation marks to use it as a value. (line 2, character 14)")]
    [InlineData("labels is web", "Error in the JQL Query: Expecting either 'EMPTY' or 'NULL' but got 'web'. (line 1, character 11)")]
    public async Task A_query_that_makes_no_sense_says_where(string jql, string message) =>
        Assert.Equal(message, await _jira.RefusalAsync(jql));

    [Fact]
    public async Task A_query_nested_beyond_reason_is_refused() => Assert.Equal(
        "Error in the JQL Query: The query is nested too deeply.",
        await _jira.RefusalAsync(new string('(', 300) + "project = SHOP" + new string(')', 300)));

    [Fact]
    public async Task The_account_is_the_current_user()
    {
        await _jira.CreateAsync("Mine");

        Assert.Equal("SHOP-4", await _jira.KeysAsync("reporter = currentUser()"));
        Assert.Equal("SHOP-4", await _jira.KeysAsync("creator = \"sandbox@example.com\""));
    }

    [Theory]
    [InlineData("priority > Medium", "SHOP-2 SHOP-1")]
    [InlineData("priority >= medium", "SHOP-3 SHOP-2 SHOP-1")]
    [InlineData("priority < High", "SHOP-4 SHOP-3")]
    [InlineData("priority <= Lowest", "SHOP-4")]
    public async Task Priorities_are_compared_by_their_rank_whatever_order_the_site_met_them_in(string jql, string keys)
    {
        await using var jira = await JiraWire.StartAsync(
            Ranked(3, "3", "Medium"), Ranked(1, "1", "Highest"), Ranked(2, "2", "High"), Ranked(4, "5", "Lowest"));
        Assert.Equal(keys, await jira.KeysAsync($"{jql} ORDER BY key DESC"));
        Assert.Equal("SHOP-1 SHOP-2 SHOP-3 SHOP-4", await jira.KeysAsync("project = SHOP ORDER BY priority"));
        Assert.Equal(
            "The value 'Huge' does not exist for the field 'priority'.", await jira.RefusalAsync("priority > Huge"));

        static string Ranked(int number, string id, string name) => SeedText.Issue(
            number, $"\"summary\": \"S\", \"priority\": {{\"id\": \"{id}\", \"name\": \"{name}\"}}");
    }

    [Fact]
    public async Task Watchers_and_voters_are_found()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1), SeedText.Issue(2));
        await jira.PostAsync("issue/SHOP-1/watchers", "\"712020:sandbox-account\"");
        await jira.PostAsync("issue/SHOP-2/votes", "{}");
        Assert.Equal("SHOP-1", await jira.KeysAsync("watcher = currentUser()"));
        Assert.Equal("SHOP-2", await jira.KeysAsync("voter = \"sandbox@example.com\""));
    }
}
