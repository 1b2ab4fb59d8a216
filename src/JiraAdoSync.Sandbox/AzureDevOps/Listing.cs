using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>How the service wraps a list.</summary>
internal static class Listing
{
    public static Answer Of(IEnumerable<JsonNode?> values)
    {
        var list = new JsonArray([.. values]);
        return Answer.Json(new JsonObject { ["count"] = list.Count, ["value"] = list });
    }
}
