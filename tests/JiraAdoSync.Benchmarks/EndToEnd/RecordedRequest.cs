using System.Text;
using System.Text.Json;
using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>A request that the module sent.</summary>
internal sealed record RecordedRequest(string Method, string Target, string? ContentType, string Body)
{
    public bool IsJira => Target.StartsWith("/jira/", StringComparison.Ordinal);

    public bool IsSearch => Target.Contains("/search", StringComparison.Ordinal);

    public bool IsBatch => Target.Contains("/_apis/wit/$batch", StringComparison.Ordinal);

    /// <summary>Whether it is a batch that creates work items.</summary>
    public bool IsCreation => IsBatch && Body.Contains("/workitems/$", StringComparison.Ordinal);

    /// <summary>What it is to a run that writes.</summary>
    public WritingStep WritingStep => IsCreation ? WritingStep.Creation
        : Target.Contains("/task/", StringComparison.Ordinal) ? WritingStep.Poll
        : Target.Contains("/issue/properties", StringComparison.Ordinal) ? WritingStep.Record
        : Method == "GET" || IsSearch || Step != ReadingStep.Any || Target.Contains("/bulkfetch", StringComparison.Ordinal)
            ? WritingStep.LookBack
        : WritingStep.Write;

    /// <summary>What it is to a run that reads; other reads wait for nothing.</summary>
    public ReadingStep Step => IsSearch ? ReadingStep.Page
        : Target.Contains("/artifacturiquery", StringComparison.Ordinal) ? ReadingStep.LookUp
        : Target.Contains("/workitemsbatch", StringComparison.Ordinal) ? ReadingStep.Items
        : ReadingStep.Any;

    public static RecordedRequest Of(Exchange exchange) => new(
        exchange.Method, exchange.Target, exchange.RequestType, Encoding.UTF8.GetString(exchange.Request.Span));

    public static async Task WriteAsync(
        string path, IReadOnlyList<RecordedRequest> requests, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, requests, cancellationToken: cancellationToken);
    }

    public static async Task<IReadOnlyList<RecordedRequest>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return (await JsonSerializer.DeserializeAsync<List<RecordedRequest>>(
            file, cancellationToken: cancellationToken))!;
    }
}

/// <summary>
/// What a request is to a run that reads: each step but the last needs the answer to the one before it.
/// </summary>
internal enum ReadingStep
{
    Page,
    LookUp,
    Items,
    Any,
}

/// <summary>What a request is to a run that writes: each step needs the answers to the one before it.</summary>
internal enum WritingStep
{
    /// <summary>Work items are created.</summary>
    Creation,

    /// <summary>Anything else is written.</summary>
    Write,

    /// <summary>What was written is read.</summary>
    LookBack,

    /// <summary>Issues record what both sides have in common.</summary>
    Record,

    /// <summary>Whether Jira has done so.</summary>
    Poll,
}
