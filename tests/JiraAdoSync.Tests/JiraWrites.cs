using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

[assembly: AssemblyFixture(typeof(JiraAdoSync.Tests.JiraWrites))]

namespace JiraAdoSync.Tests;

/// <summary>
/// Watches every request that the product sends in this process, whichever test it is for, and sees which of them write
/// to Jira. One-way synchronisation sends none: connections of the tests of cmdlets allow writes, so that nothing but
/// the cmdlets themselves holds them back, and at the end of the test run no write may have been seen at a sandbox
/// whose test did not say that it writes (<see cref="Allow"/>).
/// </summary>
public sealed partial class JiraWrites : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    /// <summary>The runtime's own event for a request that is about to be sent.</summary>
    private const string Sending = "System.Net.Http.Request";

    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Seen = new();
    private static readonly ConcurrentDictionary<string, bool> Allowed = new();
    private static long _requests;

    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    public JiraWrites() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    /// <summary>How many requests of the product were seen.</summary>
    public static long Requests => Interlocked.Read(ref _requests);

    /// <summary>Says that a test writes to the Jira of a sandbox.</summary>
    public static void Allow(Uri address) => Allowed[address.Authority] = true;

    /// <summary>A sandbox starts: one that had its port before has nothing to do with it.</summary>
    public static void Begin(Uri address)
    {
        if (Allowed.TryRemove(address.Authority, out _))
        {
            Seen.TryRemove(address.Authority, out _);
        }
    }

    /// <summary>The writes that a sandbox got.</summary>
    public static IReadOnlyList<string> Of(Uri address) =>
        Seen.TryGetValue(address.Authority, out var writes) ? [.. writes] : [];

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }

        var found = Seen.Where(one => !Allowed.ContainsKey(one.Key)).SelectMany(one => one.Value).ToList();
        Assert.True(found.Count == 0,
            $"{found.Count} writes were sent to Jira by tests of one-way synchronisation: {string.Join("; ", found.Take(10))}");
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "HttpHandlerDiagnosticListener")
        {
            _subscriptions.Add(value.Subscribe(this, (name, _, _) => name == Sending));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != Sending
            || value.Value?.GetType().GetProperty("Request")?.GetValue(value.Value) is not HttpRequestMessage request
            || !request.Headers.UserAgent.Any(agent => agent.Product?.Name == "JiraAdoSync"))
        {
            return;
        }

        Interlocked.Increment(ref _requests);
        var (address, method) = (request.RequestUri!, request.Method);
        if (method != HttpMethod.Get && JiraPath().IsMatch(address.AbsolutePath) && !ReadPath().IsMatch(address.AbsolutePath))
        {
            Seen.GetOrAdd(address.Authority, _ => new ConcurrentQueue<string>())
                .Enqueue($"{method} {address.AbsolutePath} ({TestContext.Current.Test?.TestDisplayName})");
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    [GeneratedRegex("^/(jira|ex/jira/[^/]+)/")]
    private static partial Regex JiraPath();

    /// <summary>What Jira takes as POST and does not change anything.</summary>
    [GeneratedRegex(@"/(search(/jql|/approximate-count)?|issue/bulkfetch|changelog/bulkfetch|comment/list|jql/parse)\z")]
    private static partial Regex ReadPath();
}
