using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Tests.Planning.Relations;
using Xunit;

namespace JiraAdoSync.Tests.Writing;

/// <summary>An organisation's look-up may not find hyperlinks; then they are read through.</summary>
public sealed class MarkLookUpTests
{
    [Fact]
    public async Task A_look_up_that_found_nothing_waits_for_one_that_is_proving_whether_it_could()
    {
        var store = new MemoryStore { ListsHyperlinks = true }.Item(1, 2);
        var (looks, ended) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        store.BeforeLookUp = () =>
        {
            // The second is that of the proof, the third that of the other issue.
            looks++;
            if (looks == 3)
            {
                ended.SetResult();
            }

            return looks == 2 ? ended.Task : Task.CompletedTask;
        };
        foreach (var id in new[] { 1, 2 })
        {
            store.Hyperlink(id, Scenario.Site.MarkUrl(id), string.Empty);
        }

        var lookUp = new MarkLookUp(store, Scenario.Site, null, _ => { }, TimeProvider.System);
        var first = lookUp.FindAsync([new IssueReference(1, "A-1")], TestContext.Current.CancellationToken);
        var second = lookUp.FindAsync([new IssueReference(2, "A-2")], TestContext.Current.CancellationToken);
        var found = await Task.WhenAll(first, second);
        Assert.Equal([1], found[0][1].Select(owner => owner.WorkItemId));
        Assert.Equal([2], found[1][2].Select(owner => owner.WorkItemId));
    }
}
