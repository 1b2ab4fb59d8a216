using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.RichText;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>What has been decided of a pair so far.</summary>
internal sealed class PairDraft(PairInput pair)
{
    private const string Lost = "Somebody gave it this value in the moment before a run wrote it, and that run broke off before "
        + "it could put it back.";

    private const string JiraUsed = "Both sides changed it, and Jira's value was used.";

    private static readonly string State = WorkItemField.State.ReferenceName;

    public Dictionary<string, object?> ToAdo { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, object?> ToJira { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<FieldResult> Results { get; } = [];

    public List<NextBase> Base { get; } = [];

    public List<(string Field, string Value)> NotInvertible { get; } = [];

    /// <summary>Jira's own values after the write, of fields of which several are one in Azure DevOps.</summary>
    public Dictionary<string, string?> Raw { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>See <see cref="PairPlan.Names"/>.</summary>
    public Dictionary<string, string> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>See <see cref="PairPlan.Texts"/>.</summary>
    public Dictionary<string, string> Texts { get; } = new(StringComparer.OrdinalIgnoreCase);

    public IssueStatus? Target { get; set; }

    public Histories Needs { get; set; }

    public bool NeedsStatuses { get; set; }

    public bool IsStateOpen { get; set; }

    /// <summary>What the next base of the pair records beside the values.</summary>
    public BaseStamp Stamp { get; } = BaseStamp.Of(pair);

    /// <summary>Records a base that no write has to make true.</summary>
    public void Keep(PairField field, Marks.FieldBase now) =>
        Base.Add(new NextBase(field.Name, field.Recorded, now, BaseNeeds.Nothing));

    /// <summary>Leaves the base of a field as it is.</summary>
    public void Carry(PairField field)
    {
        if (field.Recorded is { } known)
        {
            Keep(field, known);
        }
    }

    /// <summary>Reports an edit that a run wrote over.</summary>
    public void Report(PairField field, IssueFieldChange lost)
    {
        Report(field, ChangeAction.Conflict, Reasons.Overwritten, Lost, Side.AzureDevOps);
        Results[^1] = Overwritten(Results[^1], lost);
    }

    /// <summary>Reports a parent that a run wrote over.</summary>
    public void ReportParent(IssueFieldChange lost) => Results.Add(Overwritten(
        new FieldResult
        {
            Action = ChangeAction.Conflict,
            Key = pair.Issue.Key,
            IssueId = pair.Issue.IssueId,
            WorkItemId = pair.Item.Id,
            Field = ParentMerge.Field,
            JiraValue = null,
            AdoValue = ParentMerge.ParentOf(pair.Item)?.TargetWorkItemId?.ToString(CultureInfo.InvariantCulture),
            Winner = Side.AzureDevOps,
            Reason = Reasons.Overwritten,
            Detail = Lost,
        },
        lost));

    private static FieldResult Overwritten(FieldResult result, IssueFieldChange lost) => result with
    {
        JiraValue = lost.ToText, JiraAuthor = lost.Author?.ToString(), JiraTime = lost.When,
    };

    public void Report(
        PairField field, ChangeAction action, string reason, string? detail = null, Side? winner = null) =>
        Results.Add(new FieldResult
        {
            Action = action,
            Key = pair.Issue.Key,
            IssueId = pair.Issue.IssueId,
            WorkItemId = pair.Item.Id,
            Field = field.Name,
            JiraValue = field.Name == State ? pair.Issue.Status.Name
                : field.Text is not null ? Words(field.JiraValue)
                : Whole(InJira(field)),
            AdoValue = field.Text is not null ? Words(field.AdoValue) : Whole(field.AdoValue),
            JiraAuthor = field.Pair.JiraEdit?.Author,
            JiraTime = field.Pair.JiraEdit?.When,
            AdoAuthor = field.Pair.AdoEdit?.Author,
            AdoTime = field.Pair.AdoEdit?.When,
            Winner = winner,
            Reason = reason,
            Detail = detail ?? (action, winner) switch
            {
                (ChangeAction.Conflict, null) =>
                    "Both sides changed it since they were last in step, and it stays as it is on both.",
                (ChangeAction.Conflict, Side.Jira) => JiraUsed,
                (ChangeAction.Conflict, _) => "Both sides changed it, and the value of Azure DevOps was used.",
                _ => null,
            },
        });

    /// <summary>Reports a rich text of Jira that is written over what people wrote in Azure DevOps.</summary>
    public void ReportText(string field, object? html, FieldEdit edit) => Results.Add(new FieldResult
    {
        Action = ChangeAction.Conflict,
        Key = pair.Issue.Key,
        IssueId = pair.Issue.IssueId,
        WorkItemId = pair.Item.Id,
        Field = field,
        JiraValue = Words(html),
        AdoValue = Words(pair.Item.Fields.GetValueOrDefault(field)),
        AdoAuthor = edit.Author,
        AdoTime = edit.When,
        Winner = Side.Jira,
        Reason = nameof(FieldConflict),
        Detail = JiraUsed,
    });

    /// <summary>The words of a rich text.</summary>
    private static string Words(object? html) => html is string { Length: > 0 } text
        ? string.Join(' ', HtmlElement.Read(text).AllText.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        : FieldValue.Describe(null);

    /// <summary>A value as text, whole: two long ones may differ at their ends only.</summary>
    private static string Whole(object? value) => FieldValue.ToText(value) ?? FieldValue.Describe(value);

    private object? InJira(PairField field) =>
        field
            .Rule?.Source.Reads.Select(id => FieldValue.Read(pair.Issue, id))
            .FirstOrDefault(one => one is not null)
        ?? field.JiraValue;
}
