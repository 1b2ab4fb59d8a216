using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Marks;

/// <summary>
/// What shows that a work item belongs to an issue: a hyperlink whose address names the issue's id and whose comment is
/// <c>ABC-1 [JiraAdoSync 1 nonce rev fields text]</c>. It is written in the request that creates the item, so there is
/// no moment at which an item of ours is without it.
/// </summary>
public sealed record WorkItemMark
{
    /// <summary>The type of relation that carries a mark.</summary>
    public const string Hyperlink = "Hyperlink";

    /// <summary>The digest of fields in the mark of a work item whose issue was created and is still to get the rest.</summary>
    public const string Unfinished = "00000000";

    private const int DrawnDigits = 8;
    private const int CheckDigits = 4;

    /// <summary>The work item's issue.</summary>
    public required IssueReference Issue { get; init; }

    /// <summary>
    /// Hexadecimal digits, drawn at creation and kept for life: two items with one nonce are an item and a person's
    /// copy of it, two with different nonces are twins of two runs. See <see cref="MayBeOf"/>, too.
    /// </summary>
    public required string Nonce { get; init; }

    /// <summary>The item's revision after our last write of fields.</summary>
    public required int Rev { get; init; }

    /// <summary>The digest of the plain fields' values in Jira when they were last written.</summary>
    public required string FieldsDigest { get; init; }

    /// <summary>The digest of the rich texts' values in Jira when they were last written.</summary>
    public required string TextDigest { get; init; }

    /// <summary>
    /// What both sides had when they were last in step, see <see cref="MarkBase"/>; null where no run ever wrote to
    /// Jira.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Base { get; init; }

    /// <summary>The comment that carries all but the issue's id.</summary>
    public string Comment => string.Create(
        CultureInfo.InvariantCulture,
        $"{Issue.Key} [JiraAdoSync 1 {Nonce} {Rev} {FieldsDigest}{Base} {TextDigest}]");

    /// <summary>The mark with a base, as much of it as the comment has room for.</summary>
    /// <param name="fields">What is known of fields, by reference name, those that matter most first.</param>
    public WorkItemMark WithBase(IEnumerable<KeyValuePair<string, FieldBase>> fields)
    {
        var plain = this with { Base = null };
        return plain with { Base = MarkBase.Write(fields, RelationMark.MaximumLength - plain.Comment.Length) };
    }

    /// <summary>The mark with the base that another one had, where the comment has room for it.</summary>
    /// <param name="text">The base as text; null for none.</param>
    internal WorkItemMark WithBase(string? text)
    {
        var mark = this with { Base = text };
        return mark.Comment.Length <= RelationMark.MaximumLength ? mark : this with { Base = null };
    }

    /// <summary>The mark with something else of a field in its base, where the comment has room for it.</summary>
    /// <param name="field">The reference name.</param>
    /// <param name="known">What is known of it.</param>
    internal WorkItemMark With(string field, FieldBase known)
    {
        var mark = this with { Base = MarkBase.With(Base, field, known) };
        return mark.Comment.Length <= RelationMark.MaximumLength ? mark : this;
    }

    /// <summary>The hyperlink to add to a work item.</summary>
    /// <param name="site">The issue's site.</param>
    public NewRelation ToRelation(JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return new NewRelation(Hyperlink, Comment) { Url = site.MarkUrl(Issue.Id) };
    }

    /// <summary>
    /// A nonce for a work item that is marked in a project: eight digits by chance, and four that follow.
    /// </summary>
    /// <param name="projectId">The project's id.</param>
    public static string NewNonce(Guid projectId)
    {
        var drawn = RandomNumberGenerator.GetHexString(DrawnDigits, lowercase: true);
        return drawn + CheckOf(drawn, projectId);
    }

    /// <summary>
    /// Whether the nonce can have been drawn for a project. Of 65,536 that were drawn for another one, one can, too;
    /// and so can any that is not of our making.
    /// </summary>
    /// <param name="projectId">The project's id.</param>
    public bool MayBeOf(Guid projectId) =>
        Nonce.Length != DrawnDigits + CheckDigits || Nonce[DrawnDigits..] == CheckOf(Nonce[..DrawnDigits], projectId);

    /// <summary>Whether a work item has a mark of any site.</summary>
    /// <param name="workItem">The work item, read with its relations.</param>
    public static bool IsOnAny(WorkItem workItem)
    {
        ArgumentNullException.ThrowIfNull(workItem);
        return workItem.Relations.Any(relation =>
            relation.ReferenceName == Hyperlink && MarkComment.TryRead(relation.Comment, out _));
    }

    /// <summary>Whether a work item has what looks like a mark of a site, whoever put it there.</summary>
    /// <param name="workItem">The work item, read with its relations.</param>
    /// <param name="site">The site.</param>
    internal static bool IsOnAny(WorkItem workItem, JiraSite site) => workItem.Relations.Any(relation =>
        Parse(relation.IsForeign ? relation with { IsForeign = false } : relation, site) is not null);

    /// <summary>Finds a work item's mark for one issue.</summary>
    /// <param name="workItem">The work item, read with its relations.</param>
    /// <param name="site">The issue's site.</param>
    /// <param name="issueId">The issue's id.</param>
    /// <param name="address">
    /// The address of the hyperlink that was found to be ours; null where the first one will do.
    /// </param>
    /// <returns>The mark, and the index of its hyperlink among the relations; null where there is none.</returns>
    public static (WorkItemMark Mark, int Index)? Find(
        WorkItem workItem, JiraSite site, long issueId, string? address = null)
    {
        ArgumentNullException.ThrowIfNull(workItem);
        foreach (var found in FindAll(workItem, site))
        {
            if (found.Mark.Issue.Id == issueId
                && (address is null || address == workItem.Relations[found.Index].Url))
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Finds a work item's marks for whichever issues of a site.</summary>
    /// <param name="workItem">The work item, read with its relations.</param>
    /// <param name="site">The site.</param>
    public static IEnumerable<(WorkItemMark Mark, int Index)> FindAll(WorkItem workItem, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(workItem);
        return FindAll(workItem.Relations, site);
    }

    /// <summary>Finds the marks for whichever issues of a site among relations.</summary>
    /// <param name="relations">The relations.</param>
    /// <param name="site">The site.</param>
    internal static IEnumerable<(WorkItemMark Mark, int Index)> FindAll(
        IReadOnlyList<Relation> relations, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        for (var index = 0; index < relations.Count; index++)
        {
            if (Parse(relations[index], site) is { } mark)
            {
                yield return (mark, index);
            }
        }
    }

    /// <summary>Whether a relation is a mark for an issue of a site.</summary>
    /// <param name="relation">The relation.</param>
    /// <param name="site">The site.</param>
    internal static bool IsMark(Relation relation, JiraSite site) =>
        IssueOf(relation, site) is not null && MarkComment.TryRead(relation.Comment, out _);

    /// <summary>The id of the issue at whose address a hyperlink leads to a site as a mark does; null where it is none.</summary>
    /// <param name="relation">The relation.</param>
    /// <param name="site">The site.</param>
    internal static long? IssueOf(Relation relation, JiraSite site) =>
        relation.ReferenceName != Hyperlink || relation.IsForeign ? null : site.FindMarked(relation.Url);

    private static string CheckOf(string drawn, Guid projectId) => Convert
        .ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{drawn}{projectId:N}")), 0, CheckDigits / 2)
        .ToLowerInvariant();

    private static WorkItemMark? Parse(Relation relation, JiraSite site)
    {
        if (IssueOf(relation, site) is not { } issueId || !MarkComment.TryRead(relation.Comment, out var comment))
        {
            return null;
        }

        return new WorkItemMark
        {
            Issue = new IssueReference(issueId, comment.Key.ToString()),
            Nonce = comment.Nonce.ToString(),
            Rev = comment.Rev,
            FieldsDigest = comment.Fields.ToString(),
            Base = comment.Base.IsEmpty ? null : comment.Base.ToString(),
            TextDigest = comment.Text.ToString(),
        };
    }
}
