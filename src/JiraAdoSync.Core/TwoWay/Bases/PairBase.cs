using JiraAdoSync.Marks;

namespace JiraAdoSync.TwoWay.Bases;

/// <summary>
/// What a pair had in common when it was last in step, from the two copies that say so: the work item's mark and the
/// issue's property. Per field the entry with the higher counter holds; one copy alone will do.
/// </summary>
public sealed class PairBase
{
    /// <summary>The field that says which page the issue links to.</summary>
    internal const string PageLink = "WorkItemLink";

    /// <summary>How far one register can be ahead of the other: a write makes it one or two more.</summary>
    private const int MaximumLead = 100_000;

    private readonly MarkBase? _mark;
    private readonly IssueRegister? _register;
    private readonly Dictionary<string, FieldBase> _proven = new(StringComparer.OrdinalIgnoreCase);

    private PairBase(MarkBase? mark, IssueRegister? register) => (_mark, _register) = (mark, register);

    /// <summary>A pair of which nothing is known.</summary>
    public static PairBase None { get; } = new(null, null);

    /// <summary>Whether neither copy says anything of a field.</summary>
    public bool IsEmpty => _mark is null && _register is not { Fields.Count: > 0 };

    /// <summary>
    /// Whether a copy says anything of a value: what is noted of the discussion and of the link to the page is none.
    /// </summary>
    public bool HasValues => _mark is not null
        || _register?.Fields.Keys.Any(name => name is not (MarkBase.Discussion or PageLink)) == true;

    /// <summary>Why the property was dropped, as a sentence; null where it was not.</summary>
    public string? Problem { get; private init; }

    /// <summary>The number of the latest write.</summary>
    public int Counter => Math.Max(_mark?.Counter ?? 0, _register?.Counter ?? 0);

    /// <summary>The links that existed on both sides, of which the issue is the source.</summary>
    public IReadOnlyList<LinkBase> Links => _register?.Links ?? [];

    /// <summary>The comments that were copied to the issue.</summary>
    public IReadOnlyList<CommentBase> Comments => _register?.Comments ?? [];

    /// <summary>The files that were copied to the issue.</summary>
    public IReadOnlyList<FileBase> Files => Recalled.Count == 0 ? _register?.Files ?? [] : [.. _register?.Files ?? [], .. Recalled];

    /// <summary>Copies of files that the issue no longer names.</summary>
    private IReadOnlyList<FileBase> Recalled { get; init; } = [];

    /// <summary>The way through the workflow that an earlier run began; null where it began none or ended it.</summary>
    public IssueWalkMark? Walk => _register?.Walk;

    /// <summary>See <see cref="IssueRegister.Pending"/>.</summary>
    public long? Pending => _register?.Pending;

    /// <summary>Combines the two copies.</summary>
    /// <param name="mark">The genuine mark of the work item: it alone proves identity.</param>
    /// <param name="property">The issue's property as it was read; null where it has none.</param>
    /// <param name="organization">The address of the organisation.</param>
    /// <param name="project">The name of the project.</param>
    /// <param name="workItem">The work item.</param>
    public static PairBase Combine(
        WorkItemMark mark,
        string? property,
        string organization,
        string project,
        int workItem)
    {
        ArgumentNullException.ThrowIfNull(mark);
        var (known, register) = (MarkBase.Parse(mark.Base), IssueRegister.Parse(property));
        var problem = property is null or IssueRegister.Nothing ? null
            : register is null ? "its text is none of ours"
            : !Same(register.Organization, organization) || !Same(register.Project, project)
                ? $"it is of the project {register.Project} at {register.Organization}"
            : register.WorkItem != workItem ? $"it names work item {register.WorkItem}"
            : register.Nonce != mark.Nonce ? "it is of another mark"
            : register.Counter - (known?.Counter ?? 0) > MaximumLead ? "its counter is none of ours"
            : null;
        // Nor does a mark get that far ahead by itself.
        var isFar = problem is null && known?.Counter - register?.Counter > MaximumLead;
        return new PairBase(isFar ? null : known, problem is null ? register : null)
        {
            Problem = problem is null ? null
                : $"The property '{IssueRegister.Key}' of {mark.Issue.Key} is passed over: {problem}.",
        };
    }

    /// <summary>
    /// Whether both registers say the same of a field. Who may write to one side alone can't have made them.
    /// </summary>
    /// <param name="field">The reference name.</param>
    public bool IsAgreed(string field) =>
        _mark?.Of(field) is { } inMark && _register?.Fields.GetValueOrDefault(field) is { } inRegister
        && inMark.HasValuesOf(inRegister) && inMark.HasElementsOf(inRegister);

    /// <summary>What the mark says of a field, whoever wrote it; null where it says nothing.</summary>
    /// <param name="field">The reference name.</param>
    public FieldBase? InMark(string field) => _mark?.Of(field);

    /// <summary>The same base, of which some fields are what histories bear out.</summary>
    /// <param name="proven">The fields, by reference name.</param>
    /// <param name="keepsWalk">Whether the way through the workflow is borne out, too.</param>
    internal PairBase With(IReadOnlyDictionary<string, FieldBase> proven, bool keepsWalk)
    {
        var copy = new PairBase(
            _mark,
            keepsWalk ? _register
                : _register is null ? null
                : _register with { Walk = null })
        {
            Problem = Problem,
            Recalled = Recalled,
        };
        foreach (var (field, known) in _proven.Concat(proven))
        {
            copy._proven[field] = known;
        }

        return copy;
    }

    /// <summary>The same base with copies of files that the issue no longer names.</summary>
    /// <param name="files">The copies.</param>
    internal PairBase With(IReadOnlyList<FileBase> files) => files.Count == 0 ? this
        : new PairBase(_mark, _register) { Problem = Problem, Recalled = files };

    /// <summary>What is known of a field; null where nothing is.</summary>
    /// <param name="field">The reference name.</param>
    public FieldBase? Of(string field)
    {
        if (_proven.TryGetValue(field, out var proven))
        {
            return proven;
        }

        var (inMark, inRegister) = (_mark?.Of(field), _register?.Fields.GetValueOrDefault(field));
        if (inMark is null || inRegister is null)
        {
            return inMark ?? inRegister;
        }

        // Of one write, the mark is what nobody in Jira can change; the register knows what it has no room for.
        var known = inMark with { Refused = inRegister.Counter == inMark.Counter ? inRegister.Refused : null };
        return inRegister.Counter > inMark.Counter ? inRegister
            : !inMark.HasValuesOf(inRegister) ? known
            : known with
            {
                Elements = inMark.Elements ?? inRegister.Elements,
                Updated =
                    inMark.Updated == 0 && inMark.Counter == inRegister.Counter ? inRegister.Updated : inMark.Updated,
                Rev = inMark.Rev == 0 && inMark.Counter == inRegister.Counter ? inRegister.Rev : inMark.Rev,
            };
    }

    private static bool Same(string left, string right) =>
        left.TrimEnd('/').Equals(right.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
}
