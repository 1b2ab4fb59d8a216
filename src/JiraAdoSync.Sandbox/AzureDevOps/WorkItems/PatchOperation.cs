using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>One operation of a json-patch document.</summary>
internal sealed record PatchOperation(string Op, string Path, JsonNode? Value)
{
    private static readonly string[] Known = ["add", "replace", "remove", "test"];

    /// <summary>The path without its first slash, in parts.</summary>
    public string[] Parts { get; } = Path.Trim('/').Split('/');

    public static List<PatchOperation> Read(JsonNode? document)
    {
        if (document is not JsonArray operations)
        {
            throw AdoError.NoPatchDocument();
        }

        var read = new List<PatchOperation>(operations.Count);
        foreach (var one in operations)
        {
            if (one is not JsonObject)
            {
                throw AdoError.NoPatchDocument();
            }

            var op = one.GetAnyCase("op").Text()?.ToLowerInvariant();
            var path = one.GetAnyCase("path").Text();
            if (op is null || path is null || !Known.Contains(op))
            {
                throw AdoError.NoPatchDocument();
            }

            var value = one.GetAnyCase("value");
            if (op == "remove" && value is not null)
            {
                throw AdoError.Bound("Remove requires Value to be null.");
            }

            read.Add(new PatchOperation(op, path, value));
        }

        return read;
    }

    /// <summary>
    /// The negative number by which the other requests of a batch call the item that this document creates.
    /// </summary>
    public static int? PlaceholderOf(IEnumerable<PatchOperation> operations) => operations
        .Where(operation => operation.Path.Equals("/id", StringComparison.OrdinalIgnoreCase) && operation.Op != "test")
        .Select(operation => int.TryParse(operation.Value.Text(), out var id) && id < 0 ? id : (int?)null)
        .LastOrDefault();
}
