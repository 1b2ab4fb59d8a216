namespace JiraAdoSync.Marks;

/// <summary>What the two sides of a field had when they were last in step, as short digests.</summary>
/// <param name="Counter">The number of the write that recorded it; the higher one is the later one.</param>
/// <param name="Jira">Of what Jira had.</param>
/// <param name="Ado">Of what Azure DevOps had.</param>
public sealed record FieldBase(int Counter, string Jira, string Ado)
{
    /// <summary>The digests of the elements, where the field is a set; null where they are not known.</summary>
    public IReadOnlyList<string>? Elements { get; init; }

    /// <summary>Whether it has the same values.</summary>
    /// <param name="other">Another one.</param>
    internal bool HasValuesOf(FieldBase other) => Jira == other.Jira && Ado == other.Ado;
}
