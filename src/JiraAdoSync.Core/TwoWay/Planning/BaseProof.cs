using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;
using JiraAdoSync.RichText;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// What histories bear out of a base. Members of the project can write another text into the mark, and editors of the
/// issue another property: what one of the two says alone makes nobody's edit be written over.
/// <code>
/// both registers say the same                            it counts, and nothing is read
/// the text of the mark is what a run of ours wrote       it counts: the work item's history says so
/// "Jira has what it had": ours is the last edit there    it counts, and so does a field that nobody ever edited
/// "Azure DevOps has what it had": ours is the last
///   edit there, or we brought its value to Jira, where
///   the history shows rich texts in another form         it counts
/// "Azure DevOps has nothing": it never had anything      it counts
/// an element that one side removed                       it counts where that side's history shows it removed
/// anything else                                          that side counts as changed: a conflict, or a larger set
/// </code>
/// </summary>
/// <param name="isOurs">Whether an account of Jira is the one that is connected.</param>
/// <param name="site">The issues' site.</param>
internal sealed class BaseProof(Predicate<JiraPerson?> isOurs, JiraSite site)
{
    private const string Parent = "System.Parent";

    /// <summary>What counts as ours on the site that a run is connected to.</summary>
    /// <param name="issues">The issues.</param>
    public static BaseProof For(IIssueStore issues) => new(
        account => account?.AccountId is { } id && id == issues.Account.AccountId, issues.Site);

    /// <summary>The fields that a plan writes over because of what one register alone says.</summary>
    /// <param name="plan">The plan.</param>
    public static IReadOnlyList<(string Field, BaseNeeds Needs)> Doubtful(PairPlan plan) => plan.Base
        .Where(one => one.RestsOnBase && one.Needs != BaseNeeds.Nothing)
        // A way through the workflow is in one register only.
        .Where(one => !plan.Pair.Base.IsAgreed(one.Field)
            || (one.Needs.HasFlag(BaseNeeds.Walk) && plan.Pair.IsOnTheWay))
        .Select(one => (one.Field, one.Needs))
        .ToList();

    /// <summary>Looks at what is known of a field.</summary>
    /// <param name="pair">The pair, with the histories that were read.</param>
    /// <param name="field">The reference name.</param>
    /// <param name="names">What the field is called in the histories of issues.</param>
    /// <param name="needs">What is to be written.</param>
    /// <param name="html">What the work item has where the field is a rich text; null for any other.</param>
    /// <returns>What is borne out, and whether that is all that the write needs.</returns>
    public (FieldBase Base, bool IsEnough) Check(
        PairInput pair, string field, IReadOnlyCollection<string> names, BaseNeeds needs, string? html = null)
    {
        var known = pair.Base.Of(field)!;
        var edits = pair
            .JiraHistory?.Where(edit => names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase))
            .ToList();
        var updates = pair.AdoHistory?.Where(update => IsOf(update, field)).ToList();
        var written = pair.AdoHistory is { } history ? AsWritten(history, pair, field)
            : pair.IsMarkAsWritten ? pair.Base.InMark(field)
            : null;
        if (
            written is not null
            && written.HasValuesOf(known)
            && (known.Elements is null || written.Elements is not null)
            && !(needs.HasFlag(BaseNeeds.Walk) && pair.IsOnTheWay))
        {
            return (written with { Counter = known.Counter }, true);
        }

        var isOurLast = edits is not null && (edits.Count == 0 || isOurs(edits[^1].Author));
        var jira = isOurLast || (!pair.IsOnTheWay && written?.Jira == known.Jira);
        var ado = written?.Ado == known.Ado || updates?.LastOrDefault()?.IsOurs == true
            || (updates is [] && known.Ado == ShortDigest.Of(null))
            || (known.Jira == known.Ado && edits?.Exists(edit => isOurs(edit.Author)
                && (ShortDigest.Of(edit.ToText) == known.Ado || ShortDigest.Of(edit.To) == known.Ado)) == true)
            || (html is not null
                && edits?.Exists(edit => isOurs(edit.Author) && JiraSource.IsShownAs(edit.ToText, html)) == true);
        var isEnough = (jira || !IsToJira(needs)) && (ado || !needs.HasFlag(BaseNeeds.Ado));
        var proven = new FieldBase(
            known.Counter,
            jira ? known.Jira : FieldBase.Unknown,
            ado ? known.Ado : FieldBase.Unknown)
        {
            Updated = isEnough || known.Elements is not null ? known.Updated : 0,
            Rev = isEnough || known.Elements is not null ? known.Rev : 0,
        };
        if (known.Elements is not { } elements)
        {
            return (proven, isEnough);
        }

        var removed = Removed(edits).Concat(Removed(updates)).Concat(written?.Elements ?? []).ToHashSet();
        return (
            proven with
            {
                Elements = elements.Where(removed.Contains).ToList(),
            },
            edits is not null && updates is not null);
    }

    /// <summary>Whether an update is one of a field; a parent is a relation, too.</summary>
    private static bool IsOf(WorkItemUpdate update, string field) => update.Fields.ContainsKey(field)
        || (field.Equals(Parent, StringComparison.OrdinalIgnoreCase)
            && update.Added.Concat(update.Removed)
                .Any(relation => relation.ReferenceName == RelationTypes.HierarchyReverse));

    private static bool IsToJira(BaseNeeds needs) => (needs & (BaseNeeds.Jira | BaseNeeds.Walk)) != BaseNeeds.Nothing;

    /// <summary>
    /// What the last of our own writes says in the mark of a field. What another one wrote there, and a later run
    /// copied, is not ours.
    /// </summary>
    private FieldBase? AsWritten(IReadOnlyList<WorkItemUpdate> history, PairInput pair, string field)
    {
        FieldBase? ours = null;
        var foreign = new List<FieldBase>();
        foreach (var update in history)
        {
            var mark = WorkItemMark.FindAll([.. update.Added, .. update.Changed], site)
                .Select(one => one.Mark).FirstOrDefault(one => one.Issue.Id == pair.Issue.IssueId);
            if (MarkBase.Parse(mark?.Base)?.Of(field) is not { } said)
            {
                continue;
            }

            if (!update.IsOurs)
            {
                foreign.Add(said);
            }
            else if (!foreign.Exists(said.HasValuesOf) || ours?.HasValuesOf(said) == true)
            {
                ours = said;
            }
        }

        return ours;
    }

    private static IEnumerable<string> Removed(List<IssueFieldChange>? edits) => (edits ?? [])
        .SelectMany(edit => PairHistory.LabelsOf(edit.FromText)
            .Except(PairHistory.LabelsOf(edit.ToText), StringComparer.OrdinalIgnoreCase)
            .Append(edit.FromText is { } text && edit.ToText is null ? PlainText.TagOf(text) : string.Empty))
        .Where(tag => tag.Length > 0)
        .Select(FieldMerge.DigestOf);

    private static IEnumerable<string> Removed(List<WorkItemUpdate>? updates) => (updates ?? [])
        .SelectMany(update => update.Fields.Values.SelectMany(value => value is (string before, var after)
            ? TagList.Split(before).Except(TagList.Split(after as string), StringComparer.OrdinalIgnoreCase)
            : []))
        .Select(FieldMerge.DigestOf);
}
