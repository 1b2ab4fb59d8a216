namespace JiraAdoSync.Tests.Pester;

/// <summary>What became of a Pester test, as <c>tests/Invoke-Suite.ps1</c> writes it.</summary>
/// <param name="Name">The names of its blocks and its own, between dots.</param>
/// <param name="File">The name of the file that has it.</param>
/// <param name="Outcome">As Pester says it: Passed, Failed, Skipped, NotRun, Inconclusive.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Message">Its errors and where they come from; empty where there are none.</param>
public sealed record PesterResult(string Name, string File, string Outcome, int Milliseconds, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}: {Name}";
}
