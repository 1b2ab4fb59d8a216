using System.Text.RegularExpressions;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.RichText;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>A rich text of an issue, as it was read since it changed on one side.</summary>
/// <param name="Html">What the work item would have of it.</param>
/// <param name="IsCut">Whether that is not all of it.</param>
/// <param name="Source">The text as Jira keeps it, as JSON; null where the issue has none.</param>
internal sealed record JiraText(string Html, bool IsCut, string? Source)
{
    /// <summary>
    /// Whether somebody edited the text since the issue was read: what the base would have of it is not what was rendered.
    /// </summary>
    public bool IsMoved { get; init; }
}

/// <summary>
/// The rich texts of pairs that may go both ways, as fields that are compared.
/// <list type="number">
/// <item>Jira's side is the text as Jira keeps it: it is read with the issues, and equal while nobody changes it. The
/// side of Azure DevOps is the document that Jira would get of it, so that neither the service's own clean-up of HTML
/// nor links that a run fills in are edits.</item>
/// <item>While both sides are as the base has them nothing is read. Else both forms of Jira's text are read, 100 issues
/// a request: the two sides correspond where the work item's text and Jira's own rendering become the same document.
/// </item>
/// <item>A text is written to Jira only where nothing is lost: neither of the work item's, which Jira could not show,
/// nor of Jira's present one, which a text of a work item can't hold. Else it is held, reason <c>RichText</c>.</item>
/// <item>What Jira makes of a text is known when it was read back. Until then the base says that Jira's side is
/// unknown: where a run breaks off in between, the next one compares the two.</item>
/// <item>What a history says of a text can't be compared with what a base has of it. A person's edit since the base
/// counts as a change of its side, whatever the text is now. Where a run wrote over one that it had not read, both sides
/// count as changed until they have the same or somebody decides.</item>
/// </list>
/// </summary>
/// <param name="input">What was read.</param>
/// <param name="walk">Says whose edits are ours.</param>
/// <param name="namesOf">What a field of Jira is called in histories.</param>
internal sealed partial class PairTexts(WorkItemPlanInput input, PairWalk walk, Func<string, string[]> namesOf)
{
    /// <summary>The rich texts of a pair that may go to Jira.</summary>
    /// <param name="pair">The pair.</param>
    public IEnumerable<PairField> FieldsOf(PairInput pair) => pair.TextContext is null ? []
        : input.Policy.Fields.MergedTextsOf(pair.Type)
            .Where(text => MergedText.IsRead(pair.Issue, text.Source))
            // Of a new work item nothing is known but what it gets.
            .Where(text => pair.Item.Id != 0 || pair.Item.Fields.ContainsKey(text.Field))
            .Select(text => FieldOf(pair, text));

    /// <summary>What a work item has in a field that is such a text; null for any other field.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="field">The reference name.</param>
    public string? HtmlOf(PairInput pair, string field) =>
        input.Policy.Fields.MergedTextsOf(pair.Type).Any(text => text.Field == field)
            ? pair.Item.Fields.GetValueOrDefault(field) as string ?? string.Empty
            : null;

    /// <summary>Puts a text among those that go to Jira.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="field">The text.</param>
    /// <param name="draft">Takes the text, or why it is held.</param>
    public static bool TryToJira(PairInput pair, PairField field, PairDraft draft)
    {
        var text = field.Text!;
        if (pair.Texts?.GetValueOrDefault(text.Source) is not { } read)
        {
            draft.Needs |= Histories.Texts;
            return false;
        }

        var html = field.AdoValue as string ?? string.Empty;
        var problem = JiraDocument.FindObstacle(html) is { } ado
            ? $"The text in Azure DevOps is not written to Jira, which would not give it back as it is: {ado}."
            : read.IsCut
                ? "The text in Jira is longer than a work item takes, and what was edited in Azure DevOps is a part of it."
            : JiraSource.FindObstacle(read.Source) is { } jira
                ? $"The text in Jira is not written over, since that would take something away: {jira}."
            : null;
        if (problem is not null)
        {
            draft.Report(field, ChangeAction.Skip, Reasons.RichText, problem);
            return false;
        }

        draft.ToJira[text.Source] = new HtmlText(html);
        draft.Names[text.Source] = draft.Texts[text.Source] = text.Field;
        foreach (var other in text.Fields.Where(other => other != text.Field
            && (pair.Item.Fields.GetValueOrDefault(other) as string ?? string.Empty) != html))
        {
            draft.ToAdo[other] = html;
        }

        return true;
    }

    private PairField FieldOf(PairInput pair, MergedText text)
    {
        var html = pair.Item.Fields.GetValueOrDefault(text.Field) as string;
        var read = pair.Texts?.GetValueOrDefault(text.Source);
        var names = namesOf(text.Source);
        var (image, ado) = (DocumentOf(pair, read?.Html), DocumentOf(pair, html));
        var (compared, needs) = Checked(pair, new FieldPair
        {
            Field = text.Field,
            Direction = text.Direction,
            Jira = MergedText.ValueOf(pair.Issue, text.Source),
            Ado = ado,
            State = pair.State,
            Corresponds = false,
            Base = pair.Base.Of(text.Field),
            JiraEdit = PairHistory.OfJira(pair, names, HasTextsOfMark(pair)),
            AdoEdit = PairHistory.OfAdo(pair, text.Field),
        }, names);
        var isBlind = compared.Base is { } known && IsBlind(pair, known, names);
        // An issue may have been created without a text that Jira refused.
        var isInStep = pair.Item.Id == 0
            || (pair.IsTextOriginal && (compared.Jira is not null || ado is null))
            || compared is { Base: not null, HasJiraChanged: false, HasAdoChanged: false }
            || (compared is { Base: null, Jira: null } && ado is null);
        compared = compared with { IsUnsure = compared.IsUnsure || isBlind };
        return new PairField(text.Field, null, read?.Html, html, image)
        {
            Text = text,
            IsMoved = read is { IsMoved: true },
            Names = names,
            Pair = compared with { Corresponds = isInStep || (read is not null && image == ado) },
            Check = new CheckedBase(compared.Base)
            {
                IsUnsure = compared.IsUnsure,
                Needs = isInStep ? Histories.None
                    : read is null ? Histories.Texts
                    : image == ado ? Histories.None
                    : needs,
            },
            // Once another write has recorded a base, nothing would show any more that a side was edited and has what it had.
            Recorded = compared.IsUnsure ? BaseStamp.Of(pair).OfOpen() : pair.Base.Of(text.Field),
        };
    }

    /// <summary>Whether a run wrote over an edit of a person that it had not read.</summary>
    private bool IsBlind(PairInput pair, FieldBase known, string[] names) => BaseCheck.IsAnyBlind(
        pair,
        (pair.JiraHistory ?? [])
            .Where(edit => names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase)
                && BaseCheck.IsSince(edit, known))
            .Select(edit => (edit.When, walk.IsOurs(edit)))
            .ToList());

    /// <summary>A text as its sides are compared, with the histories that are missing before it may be.</summary>
    private (FieldPair Compared, Histories Needs) Checked(
        PairInput pair, FieldPair compared, string[] names)
    {
        if (compared.Base is not { } known || compared.IsRefused)
        {
            return (compared, Histories.None);
        }

        var needs = Histories.None;
        var updates = (pair.AdoHistory ?? [])
            .Where(update => update.Rev > known.Rev && update.Fields.ContainsKey(compared.Field))
            .ToList();
        if (compared.HasAdoChanged && pair.AdoHistory is null)
        {
            needs |= Histories.Ado;
        }
        else if (compared.HasAdoChanged && updates is [.., var last] && WorkItemPlanner.IsOurs(last, input.Site))
        {
            // The service made another text of what a run wrote.
            compared = compared with { Base = known with { Ado = ShortDigest.Of(compared.Ado) } };
        }

        var edits = (pair.JiraHistory ?? [])
            .Where(edit => names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase))
            .ToList();
        var inJira = edits.FindLast(walk.IsOurs)?.When ?? DateTimeOffset.MinValue;
        var inAdo = PairHistory.TimeOf(updates.FindLast(update => update.IsOurs)) ?? DateTimeOffset.MinValue;
        switch (compared.HasJiraChanged, compared.HasAdoChanged)
        {
            case (false, true):
                needs |= pair.JiraHistory is null ? Histories.Jira : Histories.None;
                var isEdited = edits.Exists(edit => !walk.IsOurs(edit) && (known.Updated > 0
                    ? BaseCheck.IsSince(edit, known)
                    : edit.When > Later(inJira, inAdo)));
                return (compared with { IsUnsure = isEdited }, needs);
            case (true, false) when !IsUntouched(pair, known):
                needs |= pair.AdoHistory is null ? Histories.Ado : Histories.None;
                needs |= known.Rev == 0 && pair.JiraHistory is null ? Histories.Jira : Histories.None;
                var isChanged = updates.Exists(update => !update.IsOurs
                    && (known.Rev > 0 || PairHistory.TimeOf(update) > Later(inAdo, inJira)));
                return (compared with { IsUnsure = isChanged }, needs);
            default:
                return (compared, needs);
        }

        // A mark says when the latest base was recorded. An older one that is held was there after the last write of a run,
        // which the other service has by its own clock.
        static DateTimeOffset Later(DateTimeOffset same, DateTimeOffset other) =>
            other - same > FieldMerge.Tolerance ? other - FieldMerge.Tolerance : same;
    }

    /// <summary>Whether nobody but the run that recorded a base wrote the work item since.</summary>
    private static bool IsUntouched(PairInput pair, FieldBase known) => known.Rev > 0
        && (pair.Item.Rev == known.Rev || (pair.Item.Rev == known.Rev + 1 && pair.IsMarkAsWritten));

    private bool HasTextsOfMark(PairInput pair) => ContentPlanner.HasTextsOf(
        pair.Issue, pair.Found.Mark, [.. input.Policy.Fields.RichTextsOf(pair.Type)]);

    /// <summary>
    /// The document that Jira would get of a text; null where it has nothing. A link to a work item of the run is one
    /// to its issue, as it was before the work item was there.
    /// </summary>
    private static string? DocumentOf(PairInput pair, string? html)
    {
        if (string.IsNullOrWhiteSpace(html))
        {
            return null;
        }

        return JiraDocument.Canonical(RichTextConverter.Convert(html, pair.TextContext!).Html) is { } document
            ? Page().Replace(document, match => pair.Pages.TryGetValue(match.Groups["page"].Value, out var issue)
                ? $"\"href\":\"{issue}\""
                : match.Value)
            : null;
    }

    [GeneratedRegex("\"href\":\"(?<page>[^\"]*)\"")]
    private static partial Regex Page();
}
