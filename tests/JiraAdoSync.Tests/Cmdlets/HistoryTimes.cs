using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What times the entries in the histories of issues have: Jira stamps an edit twice, and some databases cut times.</summary>
public sealed record HistoryTimes(int Skew, bool AreWholeSeconds)
{
    /// <summary>Each flavor of Jira with each kind of times.</summary>
    public static TheoryData<JiraFlavor, HistoryTimes> OnEach =>
        new(from flavor in Enum.GetValues<JiraFlavor>()
            from times in (HistoryTimes[])[new(0, false), new(7, false), new(-7, false), new(0, true)]
            select (flavor, times));

    public void Set(SandboxSwitches switches) =>
        (switches.HistorySkewMilliseconds, switches.HistoryTimesAreWholeSeconds) = (Skew, AreWholeSeconds);

    public override string ToString() => AreWholeSeconds ? "whole seconds" : $"{Skew} ms";
}
