using System.Collections.Concurrent;
using System.Globalization;
using JiraAdoSync.Jira;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>
/// Adds and removes issue links. The request that adds one names the ends the other way round than any read does, so
/// that each link is read back: one that was created the other way round is removed again, and is an error.
/// </summary>
/// <param name="store">The issues.</param>
/// <param name="log">Takes note of every change.</param>
internal sealed class LinkWriter(IIssueStore store, IssueLog log)
{
    /// <summary>Adds links, one request each, and reads them back, 100 issues a request.</summary>
    /// <param name="additions">The links.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each, in the same order.</returns>
    public async Task<IReadOnlyList<IssueLinkResult>> AddAsync(
        IReadOnlyList<LinkAddition> additions, CancellationToken cancellationToken)
    {
        var sent = new ConcurrentDictionary<LinkAddition, (IssueLog.Note Note, ServiceError? Error)>();
        await SideBySide
            .ForEachAsync(
                additions.Distinct().ToList(),
                store.ThrottleLimit,
                async (link, cancellationToken) =>
                {
                    var note = log.Linking(link.Type, link.Source, link.Target, null);
                    var error = await store
                        .AddLinkAsync(link.Type, link.Source.Id, link.Target.Id, cancellationToken)
                        .ConfigureAwait(false);
                    sent[link] = (note, error);
                    if (error is not null)
                    {
                        log.Ended(note, error);
                    }
                },
                cancellationToken)
            .ConfigureAwait(false);

        var doubtful = additions.Where(link => sent[link].Error is null or { MayBeDone: true }).ToList();
        var now = await ReadLinksAsync(doubtful.Select(link => link.Source.Id), cancellationToken)
            .ConfigureAwait(false);
        var results = new List<IssueLinkResult>();
        foreach (var link in additions)
        {
            var (note, error) = sent[link];
            var result = Of(link, ChangeAction.Create);
            if (error is { MayBeDone: false })
            {
                results.Add(result with { Action = ChangeAction.Fail, Error = error });
            }
            else if (Find(link.Source.Id, link.Target.Id) is { } right)
            {
                log.Ended(note, null);
                results.Add(result with { IsApplied = true, LinkId = right.LinkId });
            }
            else if (Find(link.Target.Id, link.Source.Id) is { } turned)
            {
                results.Add(await TakeOffAsync(result, link, turned, cancellationToken).ConfigureAwait(false));
            }
            else
            {
                results.Add(
                    result with
                    {
                        Action = ChangeAction.Fail,
                        Error =
                            error
                            ?? new ServiceError(
                                Failure.RequestFailed,
                                $"Jira says that the link was added, and {link.Source} does not show it."),
                    });
            }

            IssueLink? Find(long source, long target) => now[link.Source.Id].FirstOrDefault(one =>
                one.Type.Id == link.Type.Id && one.Source.Id == source && one.Target.Id == target);
        }

        return results;
    }

    /// <summary>Removes links.</summary>
    /// <param name="links">The links as they were read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each, in the same order.</returns>
    public async Task<IReadOnlyList<IssueLinkResult>> RemoveAsync(
        IReadOnlyList<IssueLink> links, CancellationToken cancellationToken)
    {
        var results = new ConcurrentDictionary<IssueLink, IssueLinkResult>();
        await SideBySide
            .ForEachAsync(
                links.Distinct().ToList(),
                store.ThrottleLimit,
                async (link, cancellationToken) =>
                {
                    var note = log.Linking(link.Type, link.Source, link.Target, link.LinkId);
                    var error = await store.RemoveLinkAsync(link.LinkId!.Value, cancellationToken).ConfigureAwait(false);
                    log.Ended(note, error);
                    var result = Of(new LinkAddition(link.Type, link.Source, link.Target), ChangeAction.Remove) with
                    {
                        LinkId = link.LinkId,
                        IsApplied = error is null,
                    };
                    results[link] = error is null ? result : result with { Action = ChangeAction.Fail, Error = error };
                },
                cancellationToken)
            .ConfigureAwait(false);
        return links.Select(link => results[link]).ToList();
    }

    private async Task<IssueLinkResult> TakeOffAsync(
        IssueLinkResult result, LinkAddition link, IssueLink turned, CancellationToken cancellationToken)
    {
        var note = log.Linking(link.Type, turned.Source, turned.Target, turned.LinkId);
        var error = await store.RemoveLinkAsync(turned.LinkId!.Value, cancellationToken).ConfigureAwait(false);
        log.Ended(note, error);
        return result with
        {
            Action = ChangeAction.Fail,
            LinkId = error is null ? null : turned.LinkId,
            Error = error ?? new ServiceError(
                Failure.RequestFailed,
                $"Jira made '{turned}' of '{link}', which is the other way round; it was removed again."),
        };
    }

    private async Task<ILookup<long, IssueLink>> ReadLinksAsync(
        IEnumerable<long> issueIds, CancellationToken cancellationToken)
    {
        var links = new List<(long IssueId, IssueLink Link)>();
        var ids = issueIds.Distinct().Select(id => id.ToString(CultureInfo.InvariantCulture));
        await foreach (var issue in store.ReadAsync(ids, IssueDetail.None, cancellationToken).ConfigureAwait(false))
        {
            links.AddRange(issue.Links.Select(link => (issue.IssueId, link)));
        }

        return links.ToLookup(one => one.IssueId, one => one.Link);
    }

    private static IssueLinkResult Of(LinkAddition link, ChangeAction action) => new()
    {
        Action = action,
        Source = link.Source.Key,
        Phrase = link.Type.Outward,
        Target = link.Target.Key,
    };
}
