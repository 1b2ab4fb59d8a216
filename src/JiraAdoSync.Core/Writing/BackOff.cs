namespace JiraAdoSync.Writing;

/// <summary>The pauses between looks at the same thing, and between tries of the same thing.</summary>
internal static class BackOff
{
    /// <summary>Waits half a second at first, and twice as long each time.</summary>
    /// <param name="attempt">Which attempt it was, from 1.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static Task WaitAsync(int attempt, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt - 2)), time, cancellationToken);
}
