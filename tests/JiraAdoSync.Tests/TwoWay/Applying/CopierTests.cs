using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Ports;
using JiraAdoSync.Tests.Sandbox.Jira;
using JiraAdoSync.TwoWay.Applying;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Applying;

/// <summary>Two runs copy the same comment or file at the same moment, when neither knows of the other.</summary>
public sealed class CopierTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_comment_that_two_runs_add_at_once_is_there_once()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(1));
        var issue = (await desk.IssuesAsync())[0].Reference;
        var pair = desk.Discussed(
            issue, new WorkItemComment(1, "<p>One</p>", false), new WorkItemComment(2, "<p>Two</p>", false));
        var copier = new CommentCopier(desk.Jira, desk.Log);
        var (first, second) = (
            await copier.PlanAsync([pair], prune: false, Stop), await copier.PlanAsync([pair], prune: false, Stop));

        var written = await copier.ApplyAsync(first, notify: false, Stop);
        var again = await copier.ApplyAsync(second, notify: false, Stop);

        var present = (await ((IIssueStore)desk.Jira).ReadCommentsAsync(issue.Id, Stop)).Select(one => (long?)one.Id).ToList();
        Assert.Equal(2, present.Count);
        Assert.Equal(present, written.Select(one => one.Id));
        Assert.Equal(present, again.Select(one => one.Id));
    }

    [Fact]
    public async Task A_file_that_two_runs_attach_at_once_is_there_once()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(1));
        var issue = (await desk.IssuesAsync())[0].Reference;
        var item = (await desk.ItemsAsync(1))[0];
        var (address, _) = await desk.Ado.UploadAsync(
            "plan.txt", 3, new MemoryStream("One"u8.ToArray()), Stop);
        var file = new WorkItemFile(Guid.Parse(address!.Split('/')[^1].Split('?')[0]), "plan.txt", 3);
        var copier = new FileCopier(desk.Jira, desk.Ado, desk.Log);

        var first = await copier.AddAsync(issue, item.Id, file, new HashSet<long>(), Stop);
        var second = await copier.AddAsync(issue, item.Id, file, new HashSet<long>(), Stop);
        var other = await copier.AddAsync(issue, item.Id, file, new HashSet<long> { first.Id!.Value }, Stop);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        await foreach (var read in desk.Jira.ReadAsync([issue.Key], IssueDetail.None with { Attachments = true }, Stop))
        {
            Assert.Equal([first.Id, other.Id], read.Attachments!.Select(one => (long?)one.Id).Order());
        }
    }
}
