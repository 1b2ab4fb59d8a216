namespace JiraAdoSync.Marks;

/// <summary>What the two sides of a field had when they were last in step, as short digests.</summary>
/// <param name="Counter">The number of the write that recorded it; the higher one is the later one.</param>
/// <param name="Jira">Of what Jira had.</param>
/// <param name="Ado">Of what Azure DevOps had.</param>
public sealed record FieldBase(int Counter, string Jira, string Ado)
{
    /// <summary>The digests of the elements, where the field is a set; null where they are not known.</summary>
    public IReadOnlyList<string>? Elements { get; init; }

    /// <summary>
    /// When the issue had last been updated as the run read it that recorded this, by Jira's clock in milliseconds of Unix
    /// time: an edit of a later time came after it. 0 where that is not known.
    /// </summary>
    public long Updated { get; init; }

    /// <summary>The revision of the work item as that run read it; 0 where it is not known.</summary>
    public int Rev { get; init; }

    /// <summary>Whether it tells the same values.</summary>
    /// <param name="other">Another one.</param>
    internal bool HasValuesOf(FieldBase other) => Jira == other.Jira && Ado == other.Ado;
}
