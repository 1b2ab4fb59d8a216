using System.Text.Json;

namespace JiraAdoSync.Watching;

/// <summary>What a webhook is about.</summary>
/// <param name="Sent">When the service says that it happened; null where it does not say.</param>
/// <param name="Hints">The items.</param>
/// <param name="By">The id of the account in Azure DevOps that changed it; null where the hook does not say.</param>
public sealed record Hook(DateTimeOffset? Sent, IReadOnlyList<Hint> Hints, string? By = null);

/// <summary>
/// Reads the bodies of webhooks of both services. Only ids and times are read.
/// </summary>
public static class HookReader
{
    /// <summary>
    /// Reads a webhook of Jira: of issues and their comments, <c>issue.id</c>; of links, the ids of both ends.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <returns>The hook; null where the body is none.</returns>
    public static Hook? OfJira(ReadOnlyMemory<byte> body) =>
        Read(
            body,
            root =>
            {
                var hints = new List<Hint>();
                Add(hints, HintSide.Jira, Find(root, "issue", "id"));
                Add(hints, HintSide.Jira, Find(root, "issueLink", "sourceIssueId"));
                Add(hints, HintSide.Jira, Find(root, "issueLink", "destinationIssueId"));
                var sent =
                    Find(root, "timestamp") is { ValueKind: JsonValueKind.Number } number
                    && number.TryGetInt64(out var stamp)
                    && stamp is >= 0 and < 253_402_300_800_000
                        ? DateTimeOffset.FromUnixTimeMilliseconds(stamp)
                        : (DateTimeOffset?)null;
                return new Hook(sent, hints);
            });

    /// <summary>
    /// Reads a service hook of Azure DevOps: <c>resource.workItemId</c> of updates, <c>resource.id</c> of other events
    /// of work items.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <returns>The hook; null where the body is none.</returns>
    public static Hook? OfAzureDevOps(ReadOnlyMemory<byte> body) => Read(body, root =>
    {
        var hints = new List<Hint>();
        if (Find(root, "eventType")?.ValueKind == JsonValueKind.String
            && Find(root, "eventType")!.Value.GetString()!.StartsWith("workitem.", StringComparison.Ordinal))
        {
            Add(hints, HintSide.AzureDevOps, Find(root, "resource", "workItemId") ?? Find(root, "resource", "id"));
        }

        var sent = Find(root, "createdDate") is { ValueKind: JsonValueKind.String } text
            && text.TryGetDateTimeOffset(out var date) ? date : (DateTimeOffset?)null;
        return new Hook(sent, hints, Find(root, "resource", "revisedBy", "id")?.ToString());
    });

    private static Hook? Read(ReadOnlyMemory<byte> body, Func<JsonElement, Hook> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Find(JsonElement element, params string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }

    private static void Add(List<Hint> hints, HintSide side, JsonElement? id)
    {
        // Jira writes ids of issues as texts, and those in links as numbers.
        if ((id is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value))
            || (id is { ValueKind: JsonValueKind.String } text && long.TryParse(
                text.GetString(), System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture, out value)))
        {
            if (value > 0 && (side == HintSide.Jira || value <= int.MaxValue))
            {
                hints.Add(new Hint(side, value));
            }
        }
    }
}
