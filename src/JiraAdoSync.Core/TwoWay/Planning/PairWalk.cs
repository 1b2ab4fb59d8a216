using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// Knows the steps of a way through the workflow that an earlier run began, which are no decisions of people.
/// </summary>
/// <param name="account">The account of the runs in Jira; null where it is not known.</param>
internal sealed class PairWalk(string? account)
{
    private static readonly string State = WorkItemField.State.ReferenceName;

    /// <summary>The base of the state. A step of a way that an earlier run began is no decision of a person.</summary>
    /// <param name="pair">The pair.</param>
    public Marks.FieldBase? BaseOf(PairInput pair) => pair.Base.Of(State) is { } known
        && ((pair.IsOnTheWay && IsUnderWay(pair)) || HasArrived(pair))
            // Whatever the state is now, the way was begun for one: Azure DevOps is the side that counts.
            ? known with { Jira = Marks.ShortDigest.Of(pair.Issue.Status.Id), Ado = string.Empty }
            : pair.Base.Of(State);

    /// <summary>
    /// Whether the history says that somebody else moved an issue that is on its way: to a status on the way, or back
    /// to where it came from, which by itself looks like our own step, or like none.
    /// </summary>
    /// <param name="pair">The pair.</param>
    public bool IsMovedOnTheWay(PairInput pair) => IsUnderWay(pair)
        && account is not null && MovesOf(pair).Exists(move => !IsOurs(move));

    /// <summary>The way of an earlier run that is continued; null where there is none, or where somebody left it.</summary>
    /// <param name="pair">The pair.</param>
    public IssueWalkMark? Continued(PairInput pair) =>
        pair.IsOnTheWay && IsUnderWay(pair) && !IsMovedOnTheWay(pair) ? pair.Base.Walk : null;

    /// <summary>
    /// Whether an issue is on a way that an earlier run began. Where nobody made the first step yet, all is as it was
    /// when that run decided, and is decided again.
    /// </summary>
    /// <param name="pair">The pair.</param>
    public bool IsUnderWay(PairInput pair) => pair.Base.Walk is { } walk && !IsAtItsEnd(pair)
        && !(pair.Issue.Status.Id == walk.From && MovesOf(pair).Count == 0);

    /// <summary>
    /// Whether the issue has the status to which an earlier run brought it that broke off before it could record that:
    /// nobody chose it in Jira, and the state may be another one since.
    /// </summary>
    /// <param name="pair">The pair.</param>
    public bool HasArrived(PairInput pair) => pair.Base.Walk is { } walk && pair.Issue.Status.Id == walk.To
        && account is not null && MovesOf(pair) is [.., var last] moves && last.To == walk.To && moves.TrueForAll(IsOurs);

    /// <summary>Whether a way that is under way by the property was at its end before the run broke off.</summary>
    private bool IsAtItsEnd(PairInput pair) =>
        pair.Base.Walk is { } walk
        && MovesOf(pair).Any(move => move.To == walk.To && (account is null || IsOurs(move)));

    private static List<IssueFieldChange> MovesOf(PairInput pair) => (pair.JiraHistory ?? [])
        .Where(edit => edit.Field == "status"
            && edit.When.ToUnixTimeMilliseconds() > (pair.Base.Walk?.Since ?? pair.Base.Pending ?? pair.Base.Of(State)?.Updated ?? 0))
        .ToList();

    /// <summary>Whether the account of the runs made an edit.</summary>
    /// <param name="edit">The edit.</param>
    public bool IsOurs(IssueFieldChange edit) => edit.Author?.AccountId == account;
}
