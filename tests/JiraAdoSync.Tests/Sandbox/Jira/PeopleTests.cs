using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Finding people: by the beginnings of names and addresses, some of which are hidden.</summary>
public sealed class PeopleTests
{
    [Theory]
    [InlineData(false, "[]")]
    [InlineData(true, "712020:sandbox-account-10001")]
    public async Task A_hidden_address_is_not_shown_and_finds_nobody_unless_a_switch_says_so(bool isFound, string id)
    {
        await using var jira = await StartAsync();
        jira.Server.Switches.HiddenAddressesAreFound = isFound;
        var byAddress = await jira.GetAsync("user/search?query=ann%40example.com");
        var byName = await jira.GetAsync("user/search?query=archer");

        Assert.Equal(id, byAddress.At("0.accountId") ?? byAddress.Text);
        Assert.Equal(("Ann Archer", null), (byName.At("0.displayName"), byName.At("0.emailAddress")));
        await jira.CreateAsync("One", more: "\"assignee\": {\"accountId\": \"712020:sandbox-account-10001\"}");
        var issue = await jira.GetAsync("issue/SHOP-1");
        Assert.Equal(("Ann Archer", null),
            (issue.At("fields.assignee.displayName"), issue.At("fields.assignee.emailAddress")));
    }

    [Fact]
    public async Task Data_Center_shows_addresses_and_finds_by_them()
    {
        await using var jira = await StartAsync(JiraFlavor.DataCenter);
        var found = await jira.GetAsync("user/search?username=ann%40");
        Assert.Equal(("ann@example.com", "ann@example.com"), (found.At("0.name"), found.At("0.emailAddress")));
    }

    [Theory]
    [InlineData("user/search?query=ann", "Ann Archer")]
    [InlineData("user/search?query=ARCH", "Ann Archer")]
    [InlineData("user/search?query=nn", "")]
    [InlineData("user/search?query=bob%40example", "Bob Baker")]
    [InlineData("user/search?query=cli", "Clive Cook")]
    [InlineData("user/search?accountId=712020:sandbox-account-10002", "Bob Baker")]
    [InlineData("user/assignable/search?query=b&project=SHOP", "Bob Baker")]
    [InlineData("user/assignable/search?query=c&issueKey=SHOP-1", "Clive Cook")]
    [InlineData("user/assignable/search?query=ann&project=SHOP", "")]
    [InlineData("user/assignable/multiProjectSearch?query=b&projectKeys=SHOP", "Bob Baker")]
    public async Task Searches_go_by_the_beginnings_of_words(string path, string names)
    {
        await using var jira = await StartAsync(seed: SeedText.Issue(
            1, "\"summary\": \"S\", \"assignee\": {\"accountId\": \"c1\", \"displayName\": \"Clive Cook\", \"active\": true}"));
        await AddAsync(jira, "ann@example.com", "Ann Archer", "\"withoutPermissions\": [\"ASSIGNABLE_USER\"]");
        var found = await jira.GetAsync(path);
        Assert.Equal(
            names, string.Join(' ', found.Json.AsArray().Select(person => person!["displayName"]!.ToString())));
    }

    [Theory]
    [InlineData("user/search", 400)]
    [InlineData("user/search?query=a&accountId=b", 400)]
    [InlineData("user/assignable/search?query=a", 400)]
    [InlineData("user/assignable/search?project=SHOP", 400)]
    [InlineData("user/assignable/search?query=a&project=NONE", 404)]
    [InlineData("user/assignable/search?query=a&issueKey=SHOP-9", 404)]
    [InlineData("user/assignable/multiProjectSearch?query=a", 400)]
    [InlineData("user/bulk", 400)]
    public async Task A_search_says_what_it_lacks(string path, int status)
    {
        await using var jira = await StartAsync();
        Assert.Equal(status, (await jira.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Who_may_not_browse_users_finds_nobody()
    {
        await using var jira = await StartAsync();
        var bob = await AddAsync(jira, "bob@example.com", "Bob Baker", "\"withoutPermissions\": [\"USER_PICKER\"]");
        jira.Authorization = JiraWire.Basic("bob@example.com", bob.At("token")!);
        Assert.Equal("[]", (await jira.GetAsync("user/search?query=ann")).Text);
        Assert.Equal(200, (await jira.GetAsync("user/assignable/search?query=ann&project=SHOP")).Status);
        await AddAsync(
            jira, "bob@example.com", "Bob Baker", "\"withoutPermissions\": [\"USER_PICKER\", \"ASSIGN_ISSUES\"]");
        Assert.Equal(401, (await jira.GetAsync("user/assignable/search?query=ann&project=SHOP")).Status);
    }

    [Fact]
    public async Task An_issue_is_given_only_to_who_can_have_it()
    {
        await using var jira = await StartAsync();
        await AddAsync(jira, "ann@example.com", "Ann Archer", "\"withoutPermissions\": [\"SHOP:ASSIGNABLE_USER\"]");
        await jira.CreateAsync("One");
        var refused = await jira.PutAsync("issue/SHOP-1/assignee", """{"accountId": "712020:sandbox-account-10001"}""");
        Assert.Equal((400, "User '712020:sandbox-account-10001' cannot be assigned issues."),
            (refused.Status, refused.At("errors.assignee")));
        await AddAsync(jira, "ann@example.com", "Ann Archer", "\"active\": false");
        Assert.Equal("[]", (await jira.GetAsync("user/search?query=ann")).Text);
        Assert.Equal("false", (await jira.GetAsync("user?accountId=712020:sandbox-account-10001")).At("active"));
    }

    [Fact]
    public async Task People_are_read_in_bulk_by_id()
    {
        await using var jira = await StartAsync();
        var page = await jira.GetAsync(
            "user/bulk?accountId=712020:sandbox-account-10001&accountId=nobody&accountId=712020:sandbox-account-10002");
        Assert.Equal(("2", "Ann Archer", "Bob Baker"),
            (page.At("total"), page.At("values.0.displayName"), page.At("values.1.displayName")));
    }

    /// <summary>Ann, who hides her address, and Bob, who does not.</summary>
    private static async Task<JiraWire> StartAsync(JiraFlavor flavor = JiraFlavor.Cloud, params string[] seed)
    {
        var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = flavor, Seed = seed });
        await AddAsync(jira, "ann@example.com", "Ann Archer", "\"hidesAddress\": true");
        await AddAsync(jira, "bob@example.com", "Bob Baker", "\"hidesAddress\": false");
        return jira;
    }

    private static Task<Reply> AddAsync(JiraWire jira, string address, string name, string more) => jira.PostAsync(
        "/sandbox/jira/accounts", $$"""{"emailAddress": "{{address}}", "displayName": "{{name}}", {{more}} }""");
}
