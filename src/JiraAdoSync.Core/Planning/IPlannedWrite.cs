namespace JiraAdoSync.Planning;

/// <summary>A change of a plan, or what became of it: it writes to one of the two sides, or to neither.</summary>
public interface IPlannedWrite
{
    /// <summary>The side that it writes to; null where it writes to neither.</summary>
    Side? Side { get; }
}
