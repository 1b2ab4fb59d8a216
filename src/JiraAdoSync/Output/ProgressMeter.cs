using System.Management.Automation;

namespace JiraAdoSync.Output;

/// <summary>
/// Turns progress, however often it is reported, into a few records a second, with the rate and the time that is left.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="show">Takes a record to be shown.</param>
internal sealed class ProgressMeter(TimeProvider time, Action<ProgressRecord> show)
{
    private const string Activity = "JiraAdoSync";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new();
    private string? _phase;
    private long _phaseStarted;
    private long _lastShown;

    /// <summary>Takes progress, on any thread.</summary>
    public void Report(SyncProgress progress)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (progress.Phase != _phase)
            {
                (_phase, _phaseStarted) = (progress.Phase, now);
            }
            else if (time.GetElapsedTime(_lastShown, now) < Interval)
            {
                return;
            }

            _lastShown = now;
            show(ToRecord(progress, time.GetElapsedTime(_phaseStarted, now)));
        }
    }

    /// <summary>Takes the end of the work: the bar is removed.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_phase is not null)
            {
                _phase = null;
                show(new ProgressRecord(0, Activity, "Done") { RecordType = ProgressRecordType.Completed });
            }
        }
    }

    private static ProgressRecord ToRecord(SyncProgress progress, TimeSpan elapsed)
    {
        var count = progress.Total is { } total ? $"{progress.Done} of {total}" : $"{progress.Done}";
        // The first moments give no rate.
        var rate = elapsed > Interval ? progress.Done / elapsed.TotalSeconds : 0;
        var record = new ProgressRecord(
            0, Activity, $"{progress.Phase}: {count}"
                + (rate > 0 ? FormattableString.Invariant($", {rate:N0} a second") : string.Empty));
        if (progress.Total is > 0)
        {
            record.PercentComplete = (int)(100L * progress.Done / progress.Total.Value);
            record.SecondsRemaining = rate > 0 ? (int)Math.Ceiling((progress.Total.Value - progress.Done) / rate) : -1;
        }

        return record;
    }
}
