using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// Damaged answers to every request that the clients send: each is a result or an error of ours, never an exception of
/// the runtime's and never a wait without end. The environment variable <c>JIRAADOSYNC_GARBLED</c> asks for more of them.
/// </summary>
public sealed class GarbledAnswerTests
{
    private static readonly (string Name, Func<AdoClient, JiraClient, CancellationToken, Task> Send)[] Calls =
    [
        ("relation types", (ado, _, token) => ado.GetRelationTypesAsync(token)),
        ("work item types", (ado, _, token) => ado.GetWorkItemTypesAsync(token)),
        ("work items", (ado, _, token) => ado.ReadAsync([1, 2, 3, 4], token)),
        ("look-up", (ado, _, token) => ado.FindByHyperlinkAsync(["https://a.example/1", "https://a.example/2"], token)),
        ("hyperlinks", (ado, _, token) => ado.ListHyperlinkHoldersAsync(0, isEverywhere: false, token)),
        ("field", (ado, _, token) => ado.FindByFieldAsync("System.Title", ["1", "2"], token)),
        ("fields", (ado, _, token) => ado.GetFieldsAsync(token)),
        ("paths", (ado, _, token) => ado.GetPathsAsync(token)),
        ("look-up by field", (ado, _, token) => ado.FindByFieldAsync("System.Title", ["Task 1", "O'Task"], token)),
        ("history", (ado, _, token) => ado.ReadHistoryAsync(1, 0, token)),
        ("trial", (ado, _, token) => ado.TryCreationAsync("Task", bypassRules: false, token)),
        ("recycling", (ado, _, token) => ado.RecycleAsync([4], token)),
        ("batch", (ado, _, token) => ado.WriteAsync([Creation(5), Creation(6)], token)),
        ("comments", (ado, _, token) => ado.ReadCommentsAsync(1, token)),
        ("upload", (ado, _, token) => ado.UploadAsync("a.txt", 3, new MemoryStream([1, 2, 3]), token)),
        ("rendered issues", (_, jira, token) => DrainAsync(jira.ReadRenderedAsync([1001, 1002], true, true, token))),
        ("web links", (_, jira, token) => jira.ReadWebLinksAsync(1001, token)),
        ("search", (_, jira, token) => DrainAsync(jira.SearchAsync("project = SHOP", IssueDetail.Default, token))),
        ("issues", (_, jira, token) => DrainAsync(jira.ReadAsync(["SHOP-1", "SHOP-2"], IssueDetail.Default, token))),
        ("readable issues", (_, jira, token) => jira.FindReadableAsync([1, 2], token)),
        ("fields of Jira", (_, jira, token) => jira.GetFieldsAsync(token)),
        ("link types", (_, jira, token) => jira.GetLinkTypesAsync(token)),
        ("permission", (_, jira, token) => jira.MayBrowseAsync(token)),
    ];

    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("JIRAADOSYNC_GARBLED"), CultureInfo.InvariantCulture, out var count) ? count : 1500;

    [Theory(Timeout = 3_600_000)]
    [InlineData(JiraFlavor.Cloud, AdoFlavor.Services)]
    [InlineData(JiraFlavor.DataCenter, AdoFlavor.Server2020)]
    public async Task A_damaged_answer_is_a_result_or_an_error_of_ours(JiraFlavor flavor, AdoFlavor ado)
    {
        var seed = new JiraSeed();
        for (var issue = 1; issue <= 120; issue++)
        {
            seed.Issue(issue, "Story");
        }

        seed.Link(1, "blocks", 2);
        await using var world =
            await RestWorld.StartAsync(new SandboxOptions { Seed = seed.Lines, Jira = flavor, AzureDevOps = ado });
        using (var writer = await world.ConnectAdoAsync())
        {
            await writer.WriteAsync([.. Enumerable.Range(1, 4).Select(Creation)], TestContext.Current.CancellationToken);
            await writer.WriteAsync([new WorkItemWrite { WorkItemId = 1, RemoveRelations = [0] }], TestContext.Current.CancellationToken);
        }

        var random = new Random(20261124);
        var (wrong, failed) = (new List<string>(), 0);
        for (var one = 0; one < Count; one++)
        {
            var rule = new JsonObject
            {
                ["kind"] = "garble",
                ["times"] = 1,
                ["seed"] = random.Next(),
                ["skip"] = random.Next(4) == 0 ? 1 : 0,
            };
            var name = "connecting";
            try
            {
                // Connecting is among the requests, too; clients that remember what they read are new each time.
                var isConnecting = random.Next(6) == 0;
                var (told, send) = Calls[random.Next(Calls.Length)];
                name = isConnecting ? name : told;
                await (isConnecting ? world.Sandbox.SetFaultsAsync(rule) : Task.CompletedTask);
                using var azure = await world.ConnectAdoAsync();
                using var jira = await world.ConnectJiraAsync();
                await (isConnecting ? Task.CompletedTask : world.Sandbox.SetFaultsAsync(rule));
                await send(azure, jira, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            }
            catch (Exception failure) when (failure is RestException or SyncException)
            {
                failed++;
            }
            catch (Exception raw)
            {
                wrong.Add($"{name} {rule.ToJsonString()}: {raw}");
            }

            await world.Sandbox.CallAsync("DELETE", "/sandbox/faults");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Count}: {string.Join(Environment.NewLine, wrong.Take(10))}");
        Assert.InRange(failed, Count / 3, Count);
        TestContext.Current.TestOutputHelper!.WriteLine($"{flavor}, {ado}: {failed} of {Count} damaged answers were told as errors.");
    }

    private static WorkItemWrite Creation(int number) => new()
    {
        WorkItemType = "Task",
        Fields = new Dictionary<string, object?> { ["System.Title"] = $"Task {number}" },
        AddRelations = [new NewRelation("Hyperlink", "c") { Url = $"https://a.example/{number}" }],
    };

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> answers)
    {
        await foreach (var answer in answers)
        {
            Assert.NotNull(answer);
        }
    }
}
