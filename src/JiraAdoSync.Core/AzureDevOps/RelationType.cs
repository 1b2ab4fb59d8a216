namespace JiraAdoSync.AzureDevOps;

/// <summary>
/// One end of a type of relation, as the organisation's <c>workitemrelationtypes</c> describes it. A relation of this
/// type on work item A with target B reads "B is the <see cref="Name"/> of A".
/// </summary>
public sealed record RelationType
{
    /// <summary>Its fixed name, such as <c>System.LinkTypes.Dependency-Forward</c>.</summary>
    public required string ReferenceName { get; init; }

    /// <summary>The name that people see, such as <c>Successor</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The type that shows at the other end; its own name where the type has no direction.</summary>
    public required string OppositeReferenceName { get; init; }

    /// <summary>Whether the two ends differ.</summary>
    public required bool IsDirectional { get; init; }

    /// <summary>Whether this is the forward end (Child, Successor); true where the type has no direction.</summary>
    public required bool IsForward { get; init; }

    /// <summary>
    /// Whether an item may have one relation of the reverse end only: one parent, one original. Read from
    /// <c>topology</c>; the attribute <c>singleTarget</c> says something else.
    /// </summary>
    public required bool IsTree { get; init; }

    /// <summary>Whether relations of this type may form no cycle.</summary>
    public required bool IsAcyclic { get; init; }

    /// <summary>Whether the organisation has the type enabled.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Whether the other end is in another organisation.</summary>
    public bool IsRemote { get; init; }

    /// <summary>Whether both ends are work items; false for hyperlinks, attachments and artifacts.</summary>
    public bool IsWorkItemLink { get; init; } = true;

    /// <summary>Whether an issue link can become a relation of this type.</summary>
    public bool IsUsable => IsWorkItemLink && IsEnabled && !IsRemote;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
