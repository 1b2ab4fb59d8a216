using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Contract;

/// <summary>
/// The vendors' documents of both services, and what of the exchanges with a sandbox is against them or not in them.
/// </summary>
internal sealed class VendorContract
{
    /// <summary>
    /// Where the sandbox departs from a document and is right: other documents, examples and recordings say so.
    /// </summary>
    private static readonly (string Problem, string Because)[] Known =
    [
        (" at .*\\._links\\.", "The document has a name 'links' there; every example has the links themselves."),
        (" at .*\\.multilineFieldsFormat$", "Recorded next to the fields since 2025."),
        (" at #/.*transitions.*\\.actions$", "Null in the official example of a work item type."),
        ("fields.*: StringExpected at #/.*description$",
            "Null for what is not there, as the example of a work item type has it."),
        ("workitemtypes.*: StringExpected at .*defaultValue$", "Recorded as null for a field without a default."),
        ("jql/parse: 200: \\w+ at .*structure\\.where", "The document closes the type of which all clauses are."),
        ("wit/attachments/.*: 200: the answer is of type application/octet-stream; api-version=",
            "The version is beside every type."),
        ("serverInfo: 200: .*defaultLocale$", "In the official example of the same document."),
        ("issue/\\{issueIdOrKey}/remotelink: 200: ObjectExpected at #/$",
            "A list in the official example of the same document."),
        ("issue.*: 200: StringExpected at .*items\\[]\\.(from|to)$",
            "Null for a field whose values have no ids, such as a summary."),
        ("issue.*: 200: StringExpected at .*items\\[]\\.(fromString|toString)$",
            "Null where there was nothing before, or is nothing after; clients' tests have it so."),
        ("changelog/bulkfetch: 200: StringExpected at .*items\\[]\\.(from|to)(String)?$",
            "As in the changelog of one issue."),
        ("GET /rest/api/3/webhook: 200: IntegerExpected at .*expirationDate$",
            "A text in the official example of the same document."),
        ("changelog/bulkfetch: 200: StringExpected at .*created$",
            "A number in the official example of the same document."),
        ("bulk/queue/\\{taskId}: 200: StringExpected at #/(created|started|updated)$",
            "Numbers in the official example of the same document, and in its description."),
        ("bulk/issues/move: body: PropertyRequired at #/targetToMultipleSourceMapping$",
            "Required, but no property of the same document; its official example has no such thing."),
        ("bulk/issues/move: body: PropertyRequired at #/targetToSourcesMapping\\..*\\.issueIdOrKeys$",
            "The property is issueIdsOrKeys, in the same document and in its official example."),
        ("bulkfetch: 200: .*expand$", "In the official example of the same document."),
        ("POST /rest/api/3/issue/properties(/multi)?: body: \\w+ at .*properties\\.",
            "The document closes the values of properties, which its own example has as any JSON."),
        ("(?i)reporting/workitem(links|revisions|revisions/discussions): 200: .* at #/values\\[]",
            "The document has texts there; the examples have objects."),
        ("wit/workItems/.*/comments.*: UnknownName at .*commentId$", "In every official example of a comment."),
        ("wit/workItems/.*/comments/.*: 200: the answer has a body$", "So in the official example of the deletion."),
        ("/comments: the parameter ids is required$", "The read without ids is there too, under x-ms-paths."),
        ("/comments: there is no parameter (\\$top|order|continuationToken)$",
            "Those of the read without ids, under x-ms-paths."),
        ("POST .*/wit/attachments: a body is required$",
            "The official example registers a chunked upload without one."),
        ("GET .*/wit/attachments/.*: the answer is of type application/octet-stream; api-version",
            "Each answer repeats the version."),
    ];

    private static readonly Lazy<Task<VendorDocument[]?>> Documents = new(ReadAsync);

    private readonly Lock _gate = new();
    private readonly SortedSet<string> _problems = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _outside = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _covered = new(StringComparer.Ordinal);
    private readonly VendorDocument[] _documents;

    private VendorContract(VendorDocument[] documents) => _documents = documents;

    /// <summary>Whether requests are let be, as those of tests that send what no client sends.</summary>
    public bool AnswersOnly { get; init; }

    /// <summary>What is against the documents, and not known to be right.</summary>
    public IReadOnlyCollection<string> Problems =>
        [.. Copy(_problems).Where(problem => !Known.Any(known => Regex.IsMatch(problem, known.Problem)))];

    /// <summary>What the documents don't have: operations, and statuses of operations.</summary>
    public IReadOnlyCollection<string> Outside => Copy(_outside);

    /// <summary>The operations of the documents of which an answer was judged.</summary>
    public IReadOnlyCollection<string> Covered => Copy(_covered);

    public IEnumerable<string> Operations => _documents.SelectMany(one => one.Operations).Distinct();

    /// <summary>Null where the documents do not lie beside the repository.</summary>
    public static async Task<VendorContract?> OpenAsync(bool answersOnly = false) =>
        await Documents.Value is { } read ? new VendorContract(read) { AnswersOnly = answersOnly } : null;

    /// <summary>Says what is against the documents, if anything is.</summary>
    public void Verify() => Assert.True(Problems.Count == 0, string.Join("\n", Problems));

    /// <summary>Judges an exchange; to be a sandbox's watcher.</summary>
    public void Watch(Exchange exchange)
    {
        try
        {
            Judge(exchange);
        }
        catch (Exception wrong) when (wrong is not OutOfMemoryException)
        {
            // The test reports it; the sandbox that is watched continues.
            lock (_gate)
            {
                _problems.Add(
                    $"{exchange.Method} {exchange.Target}: {exchange.Status}: it can't be judged. {wrong.Message}");
            }
        }
    }

    private void Judge(Exchange exchange)
    {
        var parts = exchange.Target.Split('?', 2);
        var path = Uri.UnescapeDataString(exchange.Target[exchange.Target.IndexOf('/', 1)..]);
        var query = QueryHelpers.ParseQuery(parts.Length == 2 ? parts[1] : "")
            .ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        lock (_gate)
        {
            if (_documents.FirstOrDefault(one => one.Find(exchange.Method, path) is not null) is not { } document)
            {
                _outside.Add($"{exchange.Method} {Anonymous(path.Split('?')[0])}");
                return;
            }

            var operation = document.Find(exchange.Method, path)!;
            // A request that was refused may well have been wrong.
            if (exchange.Status < 400 && !AnswersOnly)
            {
                _problems.UnionWith(document.JudgeRequest(exchange, path, query).Select(one => $"{operation}: {one}"));
            }

            if (document.JudgeAnswer(exchange, path) is not { } problems)
            {
                _outside.Add($"{operation}: {exchange.Status}");
                return;
            }

            _covered.Add(operation);
            _problems.UnionWith(problems.Select(one => $"{operation}: {exchange.Status}: {one}"));
        }
    }

    private static string Anonymous(string path) =>
        string.Join('/', path.Split('/').Select(
            part => part.Any(char.IsAsciiDigit) && !part.StartsWith("api", StringComparison.Ordinal) ? "{}" : part));

    private static async Task<VendorDocument[]?> ReadAsync()
    {
        var read = new List<VendorDocument>();
        foreach (var (name, isAzureDevOps) in
            (IEnumerable<(string, bool)>)[("ado-wit-7.1.json", true), ("ado-core-7.1-projects.json", true),
                ("jira-cloud-v3.json", false)])
        {
            if (Repository.Shared("specs", name) is not { } file)
            {
                return null;
            }

            read.Add(await VendorDocument.ReadAsync(file, isAzureDevOps));
        }

        return [.. read];
    }

    private List<string> Copy(SortedSet<string> set)
    {
        lock (_gate)
        {
            return [.. set];
        }
    }
}
