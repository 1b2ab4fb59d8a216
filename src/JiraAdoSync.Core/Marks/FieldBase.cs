namespace JiraAdoSync.Marks;

/// <summary>What the two sides of a field had when they were last in step, as short digests.</summary>
/// <param name="Counter">The number of the write that recorded it; the higher one is the later one.</param>
/// <param name="Jira">Of what Jira had.</param>
/// <param name="Ado">Of what Azure DevOps had.</param>
public sealed record FieldBase(int Counter, string Jira, string Ado)
{
    /// <summary>No digest of anything that is there: the side counts as changed.</summary>
    internal const string Unknown = "----";

    /// <summary>
    /// Of a field in which a run wrote over an edit that it had not read, and of a text that people edited on a side that
    /// has what it had: both sides count as changed until they have the same or somebody decides, whatever they had before.
    /// </summary>
    internal const string Open = "____";

    /// <summary>Whether both sides count as changed: see <see cref="Open"/>.</summary>
    internal bool IsOpen => this is { Jira: Open, Ado: Open };

    /// <summary>The digests of the elements, where the field is a set; null where they are not known.</summary>
    public IReadOnlyList<string>? Elements { get; init; }

    /// <summary>
    /// When the issue had last been updated as the run read it that recorded this, by Jira's clock in milliseconds of
    /// Unix time: an edit of a later time came after it. 0 where that is not known.
    /// </summary>
    public long Updated { get; init; }

    /// <summary>The revision of the work item as that run read it; 0 where it is not known.</summary>
    public int Rev { get; init; }

    /// <summary>
    /// What a side refused that was to be written to it; null where none refused anything since the two were in step. A mark
    /// has no room for it: where the issue's own register is lost, the value is sent once more.
    /// </summary>
    public Refusal? Refused { get; init; }

    /// <summary>The same, of a field that Jira refused to have as Azure DevOps has it.</summary>
    /// <param name="jira">What Jira has, as text.</param>
    /// <param name="ado">What Azure DevOps has, as text.</param>
    internal FieldBase WithRefused(string? jira, string? ado) => this with { Refused = Refusal.ByJira(jira, ado) };

    /// <summary>The same, as if both sides had had the same value before.</summary>
    /// <param name="value">The value as text; null for nothing.</param>
    internal FieldBase WithBoth(string? value)
    {
        var digest = ShortDigest.Of(value ?? (Elements is null ? null : string.Empty));
        return this with { Jira = digest, Ado = digest, Elements = Elements is null ? null : [] };
    }

    /// <summary>The same with what a run had read, where it has the values of both sides.</summary>
    /// <param name="updated">See <see cref="Updated"/>.</param>
    /// <param name="rev">See <see cref="Rev"/>.</param>
    internal FieldBase At(long updated, int rev) =>
        Jira == Unknown || Ado == Unknown ? this : this with { Updated = updated, Rev = rev };

    /// <summary>Whether it has the same values.</summary>
    /// <param name="other">Another one.</param>
    internal bool HasValuesOf(FieldBase other) => Jira == other.Jira && Ado == other.Ado;

    /// <summary>Whether it has the same elements, as far as both have any.</summary>
    /// <param name="other">Another one.</param>
    internal bool HasElementsOf(FieldBase other) =>
        Elements is null || other.Elements is null || Elements.ToHashSet().SetEquals(other.Elements);
}
