using System.Text;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.AzureDevOps;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// Link writes that touch one work item at the same time: the database under Azure DevOps lets one of them through, and
/// passes on the text of its refusal of the others. While the switch is on, a link write holds the items that
/// it names from its arrival, its latency included, to its end.
/// </summary>
internal sealed partial class LinkCollisions
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _held = [];

    /// <summary>The items that a request's links touch: that of its path, and those that its body names.</summary>
    public static async Task<IReadOnlyCollection<string>> TouchedByAsync(HttpRequest request)
    {
        request.EnableBuffering();
        var body = Encoding.UTF8.GetString(
            await RequestReader.ReadBodyAsync(request, request.HttpContext.RequestAborted));
        request.Body.Position = 0;
        return body.Contains("/relations/-", StringComparison.Ordinal)
            ? WorkItemUrl().Matches($"{request.Path} {body}").Select(match => match.Groups[1].Value).ToHashSet()
            : [];
    }

    /// <summary>Holds the items; the one that another request holds already, or null.</summary>
    public string? Hold(IReadOnlyCollection<string> items)
    {
        lock (_gate)
        {
            if (items.FirstOrDefault(_held.Contains) is { } busy)
            {
                return busy;
            }

            _held.UnionWith(items);
            return null;
        }
    }

    public void Release(IReadOnlyCollection<string> items)
    {
        lock (_gate)
        {
            _held.ExceptWith(items);
        }
    }

    public static Answer Refusal(string item) => AdoError.DuplicateKey(item).ToAnswer();

    [GeneratedRegex("/workitems/(\\d+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WorkItemUrl();
}
