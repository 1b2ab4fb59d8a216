using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>A base as far as histories bear it out.</summary>
/// <param name="Base">The base that counts.</param>
internal sealed record CheckedBase(FieldBase? Base)
{
    /// <summary>Whether its values are those of the histories, whatever the registers say.</summary>
    public bool IsFromHistory { get; init; }

    /// <summary>Whether both sides count as changed.</summary>
    public bool IsUnsure { get; init; }

    /// <summary>
    /// Whether a run wrote over an edit that it had not read, after which nobody knows what people had seen.
    /// </summary>
    public bool IsBlind { get; init; }

    /// <summary>Elements of a set of which nobody knows who changed them last: they are kept.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>The histories that are needed first.</summary>
    public Histories Needs { get; init; }

    /// <summary>Whether the statuses of the project are needed first.</summary>
    public bool NeedsStatuses { get; init; }
}

/// <summary>One field of a pair, with what its history needs to be understood.</summary>
/// <param name="Pair">The pair.</param>
/// <param name="Field">The field as it is on both sides.</param>
/// <param name="Names">The ids and names of the field in Jira.</param>
/// <param name="Id">The id of the field in Jira; null where the value is made of several.</param>
/// <param name="TextsOf">
/// What the issue has as text as it is compared, and what it is in Azure DevOps as text; null where the mapping leaves
/// it out.
/// </param>
/// <param name="AdoText">A value of the work item as text.</param>
internal sealed record CheckedField(
    PairInput Pair,
    FieldPair Field,
    IReadOnlyCollection<string> Names,
    string? Id,
    Func<Replica, (string? Compared, string? Image)?> TextsOf,
    Func<object?, string?> AdoText);

/// <summary>
/// Looks whether a side that has what the base says has had it all the time: it may have had something else, on which
/// both sides agreed, and somebody took it back. See <see cref="LastAgreement"/>.
/// <list type="bullet">
/// <item>An issue that is to be written: its history is read, many at a time. Where the field was not edited since the
/// base, or once and by the run that recorded it, the base holds.</item>
/// <item>A work item that is to be written: where it has the revision of the run that recorded the base, nobody edited
/// it.</item>
/// <item>The history of the other side is read where there are other edits, and nowhere else.</item>
/// </list>
/// </summary>
/// <param name="context">What is known of the site.</param>
/// <param name="statuses">Which status a state becomes.</param>
/// <param name="statusesOf">The statuses that an issue can have.</param>
internal sealed class BaseCheck(
    InverseContext context, StatusMapping statuses, Func<Replica, IReadOnlyList<IssueStatus>> statusesOf)
{
    private static readonly string State = WorkItemField.State.ReferenceName;

    /// <summary>Looks at the base of a field that differs.</summary>
    /// <param name="field">The field.</param>
    public CheckedBase Check(CheckedField field)
    {
        if (field.Field is { Base: null } or { Corresponds: true } or { IsRefused: true } || !field.Field.Direction.IncludesJira())
        {
            return new CheckedBase(field.Field.Base);
        }

        return field.Field.IsSet ? CheckSet(field) : CheckValue(field);
    }

    private CheckedBase CheckValue(CheckedField field)
    {
        var (pair, known) = (field.Pair, field.Field.Base!);
        var sides = (field.Field.HasJiraChanged, field.Field.HasAdoChanged);
        if (
            sides == (false, false)
            || IsOpenSinceLongAgo(known)
            || Missing(pair, known, sides, IsOwn(Jira().ConvertAll(IsOurs)), IsOwn(Ado().ConvertAll(one => one.IsOurs)))
                is not { } needs)
        {
            return new CheckedBase(known);
        }

        if (needs != Histories.None)
        {
            return new CheckedBase(known) { Needs = needs };
        }

        var (edits, updates) = (Jira(), Ado());
        var isState = field.Field.Field.Equals(State, StringComparison.OrdinalIgnoreCase);
        if (isState && statusesOf(pair.Issue).Count == 0)
        {
            return new CheckedBase(known) { NeedsStatuses = true };
        }

        var issues = Enumerable.Range(0, edits.Count + 1).Select(IssueAt).ToList();
        var texts = issues.ConvertAll(issue => issue is null ? null : field.TextsOf(issue));
        var values = Enumerable.Range(0, updates.Count + 1).Select(ValueAt).ToList();
        // What a run wrote for the base is as late as the base: what both sides had before is older.
        var timeline = edits.ConvertAll(edit => (edit.When, IsOurs: IsOurs(edit)));
        var fromJira = 1 + Enumerable.Range(0, edits.Count).FirstOrDefault(
            at => timeline[at].IsOurs && !IsUnverified(pair, timeline[at].When) && texts[at + 1] is { } text && ShortDigest.Of(text.Compared) == known.Jira, -1);
        var fromAdo = 1 + Enumerable.Range(0, updates.Count).FirstOrDefault(
            at => updates[at].IsOurs && ShortDigest.Of(field.AdoText(values[at + 1])) == known.Ado, -1);
        if (IsAnyBlind(pair, timeline))
        {
            return new CheckedBase(known) { IsUnsure = true, IsBlind = true };
        }

        var (verdict, jira, ado) = LastAgreement.Find(
            [DateTimeOffset.MinValue, .. edits.Select(edit => edit.When)],
            [DateTimeOffset.MinValue, .. updates.Select(TimeOf)],
            (one, other) => one < fromJira || other < fromAdo ? false
                // Whatever the mapping makes of it: a run recorded that both had it in common.
                : IsBase(one, other) ? true
                : issues[one] is not { } issue || texts[one] is not { } text ? null
                : isState ? statuses.Corresponds(issue, pair.Type, values[other] as string)
                : text.Image == field.AdoText(values[other]),
            (one, other) => !IsBase(one, other) ? false
                : (one == 0 || timeline[one - 1].IsOurs) && (other == 0 || updates[other - 1].IsOurs) ? true
                : null);
        return verdict switch
        {
            BaseVerdict.Unsure => new CheckedBase(known) { IsUnsure = true },
            BaseVerdict.IsBehind => new CheckedBase(known with
            {
                Jira = ShortDigest.Of(texts[jira]!.Value.Compared),
                Ado = ShortDigest.Of(field.AdoText(values[ado])),
            }) { IsFromHistory = true },
            _ => new CheckedBase(known),
        };

        List<IssueFieldChange> Jira() => EditsOf(field);

        List<WorkItemUpdate> Ado() => UpdatesOf(field);

        bool IsBase(int one, int other) => texts[one] is { } text && ShortDigest.Of(text.Compared) == known.Jira
            && ShortDigest.Of(field.AdoText(values[other])) == known.Ado;

        Replica? IssueAt(int at) => at == edits.Count ? pair.Issue
            : at == 0 ? IssueWith(field, edits[0].From, edits[0].FromText)
            : IssueWith(field, edits[at - 1].To, edits[at - 1].ToText);

        object? ValueAt(int at) => at == updates.Count ? pair.Item.Fields.GetValueOrDefault(field.Field.Field)
            : at == 0 ? updates[0].Fields[field.Field.Field].Before
            : updates[at - 1].Fields[field.Field.Field].After;
    }

    private CheckedBase CheckSet(CheckedField field)
    {
        var (pair, compared, known) = (field.Pair, field.Field, field.Field.Base!);
        if (known.Elements is null)
        {
            return new CheckedBase(known);
        }

        var elements = known.Elements.ToHashSet(StringComparer.Ordinal);
        var kept = new List<string>();
        var (needs, isAnyBlind) = (Histories.None, false);
        foreach (var element in compared.JiraSet!.Union(compared.AdoSet!, StringComparer.OrdinalIgnoreCase))
        {
            var (inJira, inAdo) = (compared.JiraSet!.Contains(element), compared.AdoSet!.Contains(element));
            var digest = FieldMerge.DigestOf(element);
            var inBase = known.Elements.Contains(digest);
            if (inJira == inAdo)
            {
                continue;
            }

            var edits = WithoutTurns(Changes(EditsOf(field), element));
            var updates = WithoutTurns(Changes(UpdatesOf(field), element));
            if (
                Missing(
                    pair,
                    known,
                    (inJira != inBase, inAdo != inBase),
                    IsOwn(edits.ConvertAll(one => one.IsOurs)),
                    IsOwn(updates.ConvertAll(one => one.IsOurs)))
                is not { } missing)
            {
                continue;
            }

            needs |= missing;
            if (missing != Histories.None)
            {
                continue;
            }

            var fromJira = 1 + Enumerable.Range(0, edits.Count)
                .FirstOrDefault(
                    at => edits[at].IsOurs && !IsUnverified(pair, edits[at].When) && Had(inJira, edits, at + 1) == inBase, -1);
            var fromAdo = 1 + Enumerable.Range(0, updates.Count)
                .FirstOrDefault(at => updates[at].IsOurs && Had(inAdo, updates, at + 1) == inBase, -1);
            var isBlind = IsAnyBlind(pair, edits);
            isAnyBlind |= isBlind;
            var (verdict, jira, _) = isBlind ? (BaseVerdict.Unsure, 0, 0) : LastAgreement.Find(
                [DateTimeOffset.MinValue, .. edits.Select(one => one.When)],
                [DateTimeOffset.MinValue, .. updates.Select(one => one.When)],
                (one, other) => one >= fromJira && other >= fromAdo
                    && Had(inJira, edits, one) == Had(inAdo, updates, other),
                (one, other) => Had(inJira, edits, one) != inBase || Had(inAdo, updates, other) != inBase ? false
                    : (one == 0 || edits[one - 1].IsOurs) && (other == 0 || updates[other - 1].IsOurs) ? true
                    : null);
            if (verdict == BaseVerdict.Unsure)
            {
                // What counts as new is kept.
                elements.Remove(digest);
                kept.Add(element);
            }
            else if (verdict == BaseVerdict.IsBehind)
            {
                _ = Had(inJira, edits, jira) ? elements.Add(digest) : elements.Remove(digest);
            }
        }

        return new CheckedBase(known with { Elements = elements.Order(StringComparer.Ordinal).ToList() })
        {
            Kept = kept, Needs = needs, IsBlind = isAnyBlind,
        };

        // Each change turns it round, and now is the last.
        bool Had(bool now, List<(DateTimeOffset When, bool IsOurs)> changes, int at) =>
            (changes.Count - at) % 2 == 0 ? now : !now;
    }

    /// <summary>
    /// The histories that are missing before a decision may rest on a base.
    /// </summary>
    /// <returns>None where all is there; null where the base holds and nothing has to be looked at.</returns>
    private static Histories? Missing(
        PairInput pair, FieldBase known, (bool Jira, bool Ado) changed, bool isJiraOwn, bool isAdoOwn)
    {
        var (hasJira, hasAdo) = (pair.JiraHistory is not null, pair.AdoHistory is not null);
        switch (changed)
        {
            case (true, true):
                return (hasJira ? Histories.None : Histories.Jira) | (hasAdo ? Histories.None : Histories.Ado);
            case (false, _):
                return !hasJira ? Histories.Jira
                    : isJiraOwn ? null
                    : hasAdo ? Histories.None
                    : Histories.Ado;
            default:
                return IsUntouched(pair, known) ? null
                    : !hasAdo ? Histories.Ado
                    : isAdoOwn ? null
                    : hasJira ? Histories.None
                    : Histories.Jira;
        }
    }

    /// <summary>
    /// Whether a field is open and nobody knows since when, as a mark says that of its latest write alone: what both sides
    /// agreed on before they came apart must not count as their last agreement.
    /// </summary>
    private static bool IsOpenSinceLongAgo(FieldBase known) =>
        known.IsOpen && (known.Updated == 0 || known.Rev == 0);

    /// <summary>Whether an edit is later than what a run read that did not look in the history afterwards.</summary>
    private static bool IsUnverified(PairInput pair, DateTimeOffset when) =>
        when.ToUnixTimeMilliseconds() > (pair.Base.Pending ?? long.MaxValue);

    /// <summary>
    /// Whether such a run wrote over an edit that it had not read: nobody agreed on what it wrote, and who edited
    /// something since may have seen it or not.
    /// </summary>
    internal static bool IsAnyBlind(PairInput pair, List<(DateTimeOffset When, bool IsOurs)> edits) =>
        edits.Zip(edits.Skip(1))
            .Any(two => !two.First.IsOurs && two.Second.IsOurs && IsUnverified(pair, two.First.When));

    /// <summary>
    /// Whether a side that has what the base says has had it since: nobody edited it, or once the run that recorded the
    /// base did.
    /// </summary>
    private static bool IsOwn(List<bool> edits) => edits is [] or [true];

    /// <summary>
    /// Whether nobody edited the work item since a base was recorded: the write of that run guards its revision.
    /// </summary>
    private static bool IsUntouched(PairInput pair, FieldBase known) => known.Rev > 0
        && (pair.Item.Rev == known.Rev
            || (pair.Item.Rev == known.Rev + 1 && pair.Found.Mark?.Rev == pair.Item.Rev));

    /// <summary>The edits of a field in Jira since the base.</summary>
    private List<IssueFieldChange> EditsOf(CheckedField field)
    {
        var edits = (field.Pair.JiraHistory ?? [])
            .Where(edit => field.Names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase))
            .ToList();
        var read = edits.Take(1 + edits.FindLastIndex(edit => IsRead(field, edit)));
        return PairHistory.Merged(read.Where(edit => IsSince(edit, field.Field.Base!)), IsOurs);
    }

    /// <summary>
    /// Whether an edit came after a base. What came within the clock's skew of it counts as what the run had read that
    /// recorded the base: that changes nothing that <see cref="FieldMerge.Tolerance"/> leaves to be seen.
    /// </summary>
    /// <param name="edit">The edit.</param>
    /// <param name="known">The base.</param>
    internal static bool IsSince(IssueFieldChange edit, FieldBase known) => !IssueClock.MayBeSeen(edit, known.Updated);

    /// <summary>Whether an edit is known to be older than the read of the issue, whose history was read later.</summary>
    private bool IsRead(CheckedField field, IssueFieldChange edit)
    {
        var updated = field.Pair.Issue.Updated ?? long.MaxValue;
        return edit.When.ToUnixTimeMilliseconds() <= updated
            || (IssueClock.MayBeSeen(edit, updated) && LeadsToNow(field, edit));
    }

    /// <summary>Whether an edit gave a field what it has.</summary>
    private bool LeadsToNow(CheckedField field, IssueFieldChange edit)
    {
        if (!field.Field.IsSet)
        {
            return IssueWith(field, edit.To, edit.ToText) is { } issue
                && field.TextsOf(issue)?.Compared == field.TextsOf(field.Pair.Issue)?.Compared;
        }

        var set = field.Field.JiraSet!;
        return string.IsNullOrEmpty(edit.From) && string.IsNullOrEmpty(edit.To)
            ? set.SetEquals(PairHistory.LabelsOf(edit.ToText))
            : set.Any(element => IsElement(edit.ToText, element)) || !set.Any(element => IsElement(edit.FromText, element));
    }

    private bool IsOurs(IssueFieldChange edit) =>
        context.Account is { } account && edit.Author?.AccountId == account;

    /// <summary>The edits of a field in Azure DevOps since the base.</summary>
    private static List<WorkItemUpdate> UpdatesOf(CheckedField field) => PairHistory.Merged(
        (field.Pair.AdoHistory ?? [])
            .Where(update => update.Fields.ContainsKey(field.Field.Field)
                && update.Rev > field.Field.Base!.Rev && update.Rev <= field.Pair.Item.Rev),
        field.Field.Field);

    private static DateTimeOffset TimeOf(WorkItemUpdate update) =>
        PairHistory.TimeOf(update) ?? DateTimeOffset.MinValue;

    /// <summary>The issue as it was when a field had a value of the history; null where nobody knows.</summary>
    private Replica? IssueWith(CheckedField field, string? id, string? text)
    {
        var issue = field.Pair.Issue;
        if (field.Field.Field.Equals(State, StringComparison.OrdinalIgnoreCase))
        {
            return statusesOf(issue).FirstOrDefault(status => status.Id == id) is { } status
                ? issue with { Status = status }
                : null;
        }

        return field.Id is not { } name || PairHistory.ValueOf(name, id, text, context) is not (true, var value) ? null
            : name.Equals("summary", StringComparison.OrdinalIgnoreCase) ? issue with { Summary = text ?? string.Empty }
            : issue with
            {
                Fields = new Table<object?>(issue.Fields, StringComparer.OrdinalIgnoreCase) { [name] = value },
            };
    }

    /// <summary>When an element of a set was added to an issue or removed from it.</summary>
    private List<(DateTimeOffset When, bool IsOurs)> Changes(List<IssueFieldChange> edits, string element) => edits
        .Where(edit => string.IsNullOrEmpty(edit.From) && string.IsNullOrEmpty(edit.To)
            ? PairHistory.LabelsOf(edit.FromText).Contains(element) != PairHistory.LabelsOf(edit.ToText).Contains(element)
            // What has ids is named by itself, once an edit.
            : IsElement(edit.FromText, element) != IsElement(edit.ToText, element))
        .Select(edit => (edit.When, IsOurs(edit)))
        .ToList();

    /// <summary>
    /// The changes without those of runs that runs reversed, with nobody else's change of the element between:
    /// what was written over a person's edit of other elements and put back, or undone, is no change of this one.
    /// </summary>
    private static List<(DateTimeOffset When, bool IsOurs)> WithoutTurns(List<(DateTimeOffset When, bool IsOurs)> changes)
    {
        var left = new List<(DateTimeOffset When, bool IsOurs)>();
        foreach (var change in changes)
        {
            if (change.IsOurs && left is [.., { IsOurs: true }])
            {
                left.RemoveAt(left.Count - 1);
            }
            else
            {
                left.Add(change);
            }
        }

        return left;
    }

    private static List<(DateTimeOffset When, bool IsOurs)> Changes(List<WorkItemUpdate> updates, string element) => updates
        .Where(update => update.Fields[WorkItemField.Tags.ReferenceName] is var (before, after)
            && TagList.Split(before as string).Contains(element) != TagList.Split(after as string).Contains(element))
        .Select(update => (TimeOf(update), update.IsOurs))
        .ToList();

    private static bool IsElement(string? text, string element) =>
        text is not null && PlainText.TagOf(text).Equals(element, StringComparison.OrdinalIgnoreCase);
}
