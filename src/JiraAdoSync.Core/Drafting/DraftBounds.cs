namespace JiraAdoSync.Drafting;

/// <summary>
/// Holds a model's draft within what people said, which is the description as rules read it, and the present profile.
/// A model may narrow what they select, and choose between names. What takes more of Jira is a proposal, and in no
/// file:
/// <code>
/// the description says      the model says                      the draft
/// stories from SHOP         every issue type                    Story; "every issue type" is proposed
/// stories from SHOP         Story, Epic                         Story; "issue type 'Epic'" is proposed
/// everything from SHOP      Story                               Story
/// no clones                 Cloners = Related                   Cloners left out; the entry is proposed
/// (profile) Epic = $null    Epic = Epic                         Epic left out; the entry is proposed
/// with comments             comments, history                   comments; history is proposed
/// </code>
/// </summary>
/// <param name="read">The description as rules read it.</param>
/// <param name="leftOut">The names of the entries that the present profile leaves out.</param>
public sealed class DraftBounds(Draft read, IReadOnlyCollection<string> leftOut)
{
    /// <summary>The draft of a model, as far as it stays within them.</summary>
    /// <param name="draft">What the model says.</param>
    public Draft Hold(Draft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var said = read.Entries.Where(IsOfDescription).ToList();
        var proposed = draft.Entries.Where(Widens).ToList();
        return draft with
        {
            Selection = Hold(draft.Selection),
            Entries = [.. draft.Entries.Except(proposed).Where(entry => !Has(said, entry)), .. said],
            NotUnderstood =
            [
                .. draft.NotUnderstood.Where(gap => !gap.IsProposal || !said.Exists(entry => entry.Table == gap.Words)),
                .. Wider(draft.Selection).Select(words => Proposal(words, "Jql")),
                .. proposed.Select(entry => Proposal(entry.ToString(), entry.Table)),
            ],
        };
    }

    /// <summary>
    /// What an answer has no member for, and what the description leaves out: a model can't say otherwise.
    /// </summary>
    private static bool IsOfDescription(DraftEntry entry) => entry.Table is "PriorityMapping" or "CreatePaths"
        || entry.Table.StartsWith("Include", StringComparison.Ordinal)
        || entry is { Key: not null, Values.Count: 0 };

    private bool Widens(DraftEntry entry) => entry.Values.Count > 0
        && (read.Entries.FirstOrDefault(one => IsSame(one.Name, entry.Name)) is { } own
            ? own.Values.Count == 0
            : leftOut.Contains(entry.Name, StringComparer.OrdinalIgnoreCase));

    private Selection Hold(Selection wanted)
    {
        var own = read.Selection;
        var types = wanted.IssueTypes.Where(type => !IsBeyond(type)).ToList();
        var categories = SaysStatuses ? [] : wanted.Categories;
        var narrows =
            (types.Count > 0 && types.Count != own.IssueTypes.Count)
            || categories.Count > 0
            || wanted.Query is not null;
        return own with
        {
            IssueTypes = types.Count > 0 ? types : own.IssueTypes,
            Categories = [.. own.Categories, .. categories],
            Query = wanted.Query,
            Words = string.Join(
                ", ",
                new[] { own.Words, narrows ? wanted.Words : string.Empty }.Where(words => words.Length > 0)),
        };
    }

    /// <summary>What a model selects beyond what people did.</summary>
    private IEnumerable<string> Wider(Selection wanted)
    {
        foreach (var type in wanted.IssueTypes.Where(IsBeyond))
        {
            yield return $"issue type '{type}'";
        }

        if (wanted.IsOfEveryType && (read.Selection.IssueTypes.Count > 0 || read.Selection.NoIssueTypes.Count > 0))
        {
            yield return "every issue type";
        }

        if (SaysStatuses && wanted.IsOfEveryStatus)
        {
            yield return "every status";
        }

        if (SaysStatuses && wanted.Categories is [var category] && !read.Selection.Categories.Contains(category))
        {
            yield return category[0] == '!' ? "issues that are not done" : "issues that are done";
        }
    }

    private bool IsBeyond(string type) => Has(read.Selection.NoIssueTypes, type)
        || (read.Selection.IssueTypes.Count > 0 && !Has(read.Selection.IssueTypes, type));

    private bool SaysStatuses =>
        read.Selection is not { Categories.Count: 0, Statuses.Count: 0, NoStatuses.Count: 0 };

    private static DraftGap Proposal(string words, string parameter) => new(
        words,
        "The model proposes it. The description and the present profile take less, and no model widens what is synced: say it "
        + $"in the description, or edit {parameter} in the file.")
    {
        IsProposal = true,
    };

    private static bool Has(IReadOnlyList<string> names, string name) =>
        names.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool Has(List<DraftEntry> entries, DraftEntry entry) =>
        entries.Exists(one => IsSame(one.Name, entry.Name));

    private static bool IsSame(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
