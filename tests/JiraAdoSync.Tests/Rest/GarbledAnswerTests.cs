using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// Damaged answers to every request that the clients send: each is a result or an error of ours, never an exception of
/// the runtime's and never a wait without end. The environment variable <c>JIRAADOSYNC_GARBLED</c> asks for more of
/// them.
/// </summary>
public sealed class GarbledAnswerTests
{
    private const string Area = "System.AreaPath";

    /// <summary>More than fits in one part.</summary>
    private static readonly byte[] Large = new byte[5 << 20];

    private static readonly IssueAttachment File =
        new() { Id = 10001, FileName = "a.txt", Size = 3, Author = "Somebody", Created = default };

    private static readonly Call[] Calls =
    [
        new("GetRelationTypesAsync", (ado, _, token) => ado.GetRelationTypesAsync(token)),
        new("GetWorkItemTypesAsync", (ado, _, token) => ado.GetWorkItemTypesAsync(token)),
        new("ReadAsync", (ado, _, token) => ado.ReadAsync([1, 2, 3, 4], token)),
        new("FindByHyperlinkAsync", (ado, _, token) =>
            ado.FindByHyperlinkAsync(["https://a.example/1", "https://a.example/2"], token)),
        new("ListHyperlinkOwnersAsync", (ado, _, token) =>
            ado.ListHyperlinkOwnersAsync(0, isEverywhere: false, token)),
        new("FindByFieldAsync", (ado, _, token) => ado.FindByFieldAsync("System.Title", ["Task 1", "O'Task"], token)),
        new("GetFieldsAsync", (ado, _, token) => ado.GetFieldsAsync(token)),
        new("GetPathsAsync", (ado, _, token) => ado.GetPathsAsync(token)),
        new("CreatePathAsync", (ado, _, token) => ado.CreatePathAsync(Area, $@"Fabrikam\{Guid.NewGuid():N}", token)),
        new("RemovePathAsync", (ado, _, token) => ado.RemovePathAsync(Area, @"Fabrikam\Nowhere", token)),
        new("ListInPathAsync", (ado, _, token) => ado.ListInPathAsync(Area, "Fabrikam", token)),
        new("ReadHistoryAsync", (ado, _, token) => ado.ReadHistoryAsync(1, 0, token)),
        new("ReadRevisionsAsync", (ado, _, token) => ado.ReadRevisionsAsync(DateTimeOffset.UnixEpoch, token)),
        new("ReadRevisionFeedAsync", (ado, _, token) => ado.ReadRevisionFeedAsync(DateTimeOffset.UnixEpoch, null, token)),
        new("ReadLinkFeedAsync", (ado, _, token) => ado.ReadLinkFeedAsync(DateTimeOffset.UnixEpoch, null, token)),
        new("ReadLastRevisionsAsync", (ado, _, token) => ado.ReadLastRevisionsAsync([1, 2], token)),
        new("QueryAsync", (ado, _, token) => ado.QueryAsync("[System.Id] > 0", token)),
        new("MayBeAssignedAsync", (ado, _, token) => ado.MayBeAssignedAsync("Task", "a@contoso.com", token)),
        new("GetProjectsAsync", (_, jira, token) => jira.GetProjectsAsync(token)),
        new("FindProblemAsync", (_, jira, token) => jira.FindProblemAsync("project = SHOP", token)),
        new("TryCreationAsync", (ado, _, token) => ado.TryCreationAsync("Task", bypassRules: false, token)),
        new("RecycleAsync", (ado, _, token) => ado.RecycleAsync([4], token)),
        new("ReadDeletedAsync", (ado, _, token) => ado.ReadDeletedAsync(token)),
        new("RestoreAsync", (ado, _, token) => ado.RestoreAsync(4, token)),
        new("WriteAsync", (ado, _, token) => ado.WriteAsync([Creation(5), Creation(6)], token)),
        new("ReadCommentsAsync", (ado, _, token) => ado.ReadCommentsAsync(1, token)),
        new("ReadCommentVersionsAsync", (ado, _, token) => ado.ReadCommentVersionsAsync(1, 1, token)),
        new("AddCommentAsync", (ado, _, token) => ado.AddCommentAsync(2, "<p>new</p>", token)),
        new("EditCommentAsync", (ado, _, token) => ado.EditCommentAsync(1, 1, "<p>edited</p>", token)),
        new("RemoveCommentAsync", (ado, _, token) => ado.RemoveCommentAsync(1, 99, token)),
        new("UploadAsync", (ado, _, token) => ado.UploadAsync("a.txt", 3, new MemoryStream([1, 2, 3]), token)),
        new("UploadAsync", (ado, _, token) =>
            ado.UploadAsync("large.bin", Large.Length, new MemoryStream(Large), token)),
        new("ReadRenderedAsync", (_, jira, token) =>
            DrainAsync(jira.ReadRenderedAsync([1001, 1002], true, true, token))),
        new("ReadWebLinksAsync", (_, jira, token) => jira.ReadWebLinksAsync(1001, token)),
        new("DownloadAsync", (_, jira, token) =>
            jira.DownloadAsync(File, (stream, stop) => stream.CopyToAsync(Stream.Null, stop), token)),
        new("ReadCopiedFilesAsync", (_, jira, token) => jira.ReadCopiedFilesAsync(1001, token)),
        new("ReadEditorsAsync", (_, jira, token) => jira.ReadEditorsAsync([1001, 1002], token)),
        new("SearchAsync", (_, jira, token) =>
            DrainAsync(jira.SearchAsync("project = SHOP", IssueDetail.Default, token))),
        new("ReadAsync", (_, jira, token) =>
            DrainAsync(jira.ReadAsync(["SHOP-1", "SHOP-2"], IssueDetail.Default, token))),
        new("FindReadableAsync", (_, jira, token) => jira.FindReadableAsync([1, 2], token)),
        new("GetFieldsAsync", (_, jira, token) => jira.GetFieldsAsync(token)),
        new("GetLinkTypesAsync", (_, jira, token) => jira.GetLinkTypesAsync(token)),
        new("GetPrioritiesAsync", (_, jira, token) => jira.GetPrioritiesAsync(token)),
        new("MayBrowseAsync", (_, jira, token) => jira.MayBrowseAsync(token)),
        new("ReadAsync", (_, jira, token) =>
            DrainAsync(jira.ReadAsync(["SHOP-1"], IssueDetail.None with { Property = true }, token))),
        new("ReadPermissionsAsync", (_, jira, token) => jira.ReadPermissionsAsync("SHOP", [JiraPermissions.Edit], token)),
        new("ReadChangesAsync", (_, jira, token) => jira.ReadChangesAsync([1001, 1002], token)),
        new("ReadIssueTypesAsync", (_, jira, token) => jira.ReadIssueTypesAsync("SHOP", token)),
        new("ReadStatusesAsync", (_, jira, token) => jira.ReadStatusesAsync("SHOP", token)),
        new("ReadCreationFieldsAsync", async (_, jira, token) =>
            await jira.ReadCreationFieldsAsync("SHOP", (await jira.ReadIssueTypesAsync("SHOP", token))[0].Id, token)),
        new("ReadEditFieldsAsync", (_, jira, token) => jira.ReadEditFieldsAsync(1001, token)),
        new("ReadTransitionsAsync", (_, jira, token) => jira.ReadTransitionsAsync(1001, token)),
        new("FindPeopleAsync", (_, jira, token) => jira.FindPeopleAsync([jira.Account.AccountId!], token)),
        new("CreateAsync", async (_, jira, token) => await jira.CreateAsync(
            [Issue((await jira.ReadIssueTypesAsync("SHOP", token))[0])], token)),
        new("UpdateAsync", (_, jira, token) => jira.UpdateAsync(
            new IssueWrite { Issue = new IssueReference(1003, "SHOP-3"), Property = "{}" }, notify: false, token)),
        new("TransitionAsync", (_, jira, token) =>
            jira.TransitionAsync(1003, "99", new Dictionary<string, object?>(), null, token)),
        new("AddLinkAsync", async (_, jira, token) =>
            await jira.AddLinkAsync((await jira.GetLinkTypesAsync(token))[0], 1003, 1004, token)),
        new("RemoveLinkAsync", (_, jira, token) => jira.RemoveLinkAsync(99_999, token)),
        new("ReadCommentMarksAsync", (_, jira, token) => jira.ReadCommentMarksAsync([10_000, 10_001], token)),
        new("AddCommentAsync", (_, jira, token) =>
            jira.AddCommentAsync(1003, new CommentWrite("<p>new</p>", "{}"), token)),
        new("EditCommentAsync", (_, jira, token) =>
            jira.EditCommentAsync(1003, 10_000, new CommentWrite("<p>new</p>", "{}"), notify: false, token)),
        new("RemoveCommentAsync", (_, jira, token) => jira.RemoveCommentAsync(1003, 99_999, token)),
        new("AddAttachmentAsync", (_, jira, token) => jira.AddAttachmentAsync(1003, "a.txt", [1, 2, 3], token)),
        new("RemoveAttachmentAsync", (_, jira, token) => jira.RemoveAttachmentAsync(1003, 99_999, token)),
        new("WriteRemoteLinkAsync", (_, jira, token) =>
            jira.WriteRemoteLinkAsync(1003, "a", new Uri("https://a.example"), "A", token)),
        new("RemoveRemoteLinkAsync", (_, jira, token) => jira.RemoveRemoteLinkAsync(1003, "b", token)),
        new("WritePropertiesAsync", (_, jira, token) => jira.WritePropertiesAsync(
            Enumerable.Range(1001, 4).ToDictionary(id => (long)id, _ => "{}"), token)),
        new("TryWritePropertiesAsync", (_, jira, token) => jira.TryWritePropertiesAsync(
            new Dictionary<long, string> { [1003] = "{}", [1004] = "{}" }, token)),
        new("DeleteAsync", (_, jira, token) => jira.DeleteAsync(99_999, token)),
    ];

    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("JIRAADOSYNC_GARBLED"), CultureInfo.InvariantCulture,
            out var count) ? count : 1500;

    [Fact]
    public void Every_method_of_the_clients_is_among_the_calls()
    {
        // Connecting is a call of its own.
        var methods = new[] { typeof(AdoClient), typeof(JiraClient) }
            .SelectMany(client =>
                client.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal))
                .Select(method => method.Name));
        Assert.Empty(methods.Except(Calls.Select(call => call.Name)));
    }

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
        using (var tracker = new Tracker(world.Sandbox.Server))
        {
            Assert.Equal(File.Id, await tracker.AttachAsync("SHOP-1", File.FileName, [1, 2, 3]));
        }

        using (var writer = await world.ConnectAdoAsync())
        {
            await writer.WriteAsync(
                [.. Enumerable.Range(1, 4).Select(Creation)], TestContext.Current.CancellationToken);
            await writer.WriteAsync(
                [new WorkItemWrite { WorkItemId = 1, RemoveRelations = [0] }], TestContext.Current.CancellationToken);
            Assert.Equal(1,
                (await writer.AddCommentAsync(1, "<p>first</p>", TestContext.Current.CancellationToken)).Comment!.Id);
        }

        var random = new Random(20261124);
        var (wrong, failed, heard) = (new List<string>(), 0, new HashSet<string>());
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
                var (call, send) = Calls[random.Next(Calls.Length)];
                name = isConnecting ? name : call;
                heard.Add(name);
                await (isConnecting ? world.Sandbox.SetFaultsAsync(rule) : Task.CompletedTask);
                using var azure = await world.ConnectAdoAsync();
                using var jira = await world.ConnectJiraToWriteAsync();
                await (isConnecting ? Task.CompletedTask : world.Sandbox.SetFaultsAsync(rule));
                await send(azure, jira, TestContext.Current.CancellationToken)
                    .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
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

        Assert.Empty(Calls.Select(call => call.Name).Except(heard));
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Count}: {string.Join(Environment.NewLine, wrong.Take(10))}");
        Assert.InRange(failed, Count / 4, Count);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{flavor}, {ado}: {failed} of {Count} damaged answers were reported as errors.");
    }

    /// <summary>A method of a client, and what calls it.</summary>
    private sealed record Call(string Name, Func<AdoClient, JiraClient, CancellationToken, Task> Send);

    private static WorkItemWrite Creation(int number) => new()
    {
        WorkItemType = "Task",
        Fields = new Dictionary<string, object?> { ["System.Title"] = $"Task {number}" },
        AddRelations = [new NewRelation("Hyperlink", "c") { Url = $"https://a.example/{number}" }],
    };

    private static IssueWrite Issue(IssueType type) => new()
    {
        Project = "SHOP",
        Type = type,
        Fields = new Dictionary<string, object?> { ["summary"] = "New" },
        Property = "{}",
    };

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> answers)
    {
        await foreach (var answer in answers)
        {
            Assert.NotNull(answer);
        }
    }
}
