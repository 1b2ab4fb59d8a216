using JiraAdoSync.Planning;

namespace JiraAdoSync.Applying;

/// <summary>What became of one change of a plan.</summary>
public interface IRunResult : IPlannedWrite
{
    /// <summary>What was done; what would be done, where nothing was applied.</summary>
    ChangeAction Action { get; }

    /// <summary>Whether something was written.</summary>
    bool IsApplied { get; }

    /// <summary>What went wrong; null where nothing did.</summary>
    ServiceError? Problem { get; }

    /// <summary>What it is about, for people.</summary>
    string Subject { get; }
}
