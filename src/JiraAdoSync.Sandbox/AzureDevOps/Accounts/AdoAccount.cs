using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Accounts;

/// <summary>A permission that can be denied to an account; the security page calls them by longer names.</summary>
internal enum AdoPermission
{
    ReadWorkItems,
    EditWorkItems,
    DeleteWorkItems,
    PermanentlyDeleteWorkItems,
    BypassRules,
    SuppressNotifications,
    EditNodes,
}

/// <summary>Somebody who can sign in to Azure DevOps, what is denied to them, and the areas that they see.</summary>
internal sealed class AdoAccount(Person person, string token)
{
    private HashSet<AdoPermission> _denied = [];
    private List<string> _areas = [];

    public Person Person { get; set; } = person;

    /// <summary>The personal access token; good as bearer token, too.</summary>
    public string Token { get; private set; } = token;

    public bool May(AdoPermission permission) => !_denied.Contains(permission);

    /// <summary>Whether the account reads a work item: it may read, and the item is in one of its areas.</summary>
    public bool CanRead(WorkItem item) => May(AdoPermission.ReadWorkItems) && Covers(item.AreaPath);

    /// <summary>Whether the account saves work items in an area.</summary>
    public bool CanEditIn(string areaPath) => May(AdoPermission.EditWorkItems) && Covers(areaPath);

    /// <summary>Takes what a control request says of the account; what it leaves out is unrestricted.</summary>
    /// <returns>What is wrong with the request; null if it was accepted.</returns>
    public string? Set(JsonObject body)
    {
        var denied = new HashSet<AdoPermission>();
        foreach (var name in Texts(body["deny"]))
        {
            if (!Enum.TryParse<AdoPermission>(name, ignoreCase: true, out var permission))
            {
                var names = Enum.GetNames<AdoPermission>().Select(one => char.ToLowerInvariant(one[0]) + one[1..]);
                return $"There is no permission '{name}'. The permissions are {string.Join(", ", names)}.";
            }

            denied.Add(permission);
        }

        Token = body["token"].Text() ?? Token;
        _denied = denied;
        _areas = Texts(body["areas"]);
        return null;
    }

    public JsonObject ToJson(Uri organization)
    {
        var json = (JsonObject)Person.ToJson(organization);
        json["token"] = Token;
        json["deny"] = new JsonArray([.. _denied.Order()
            .Select(one => (JsonNode)(char.ToLowerInvariant($"{one}"[0]) + $"{one}"[1..]))]);
        json["areas"] = new JsonArray([.. _areas.Select(area => (JsonNode)area)]);
        return json;
    }

    public static string NewToken() => Convert.ToHexString(RandomNumberGenerator.GetBytes(26)).ToLowerInvariant();

    // An area covers what is below it.
    private bool Covers(string areaPath) => _areas.Count == 0 || _areas.Exists(area =>
        areaPath.Equals(area, StringComparison.OrdinalIgnoreCase)
        || areaPath.StartsWith(area + "\\", StringComparison.OrdinalIgnoreCase));

    private static List<string> Texts(JsonNode? list) =>
        [.. (list as JsonArray ?? []).Select(one => one.Text()).OfType<string>()];
}
