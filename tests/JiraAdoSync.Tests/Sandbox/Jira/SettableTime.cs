namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>A clock that moves only when a test moves it. It starts on Wednesday, 11 March 2026, 12:00 UTC.</summary>
internal sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 11, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
