using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.AzureDevOps.Accounts;

/// <summary>Somebody in the organisation. A person whom only bypassRules let in has a name and nothing else.</summary>
internal sealed record Person(string DisplayName, string UniqueName)
{
    public bool IsKnown => UniqueName.Length > 0;

    public Guid Id { get; } = StableGuid.Of($"person:{UniqueName}:{DisplayName}");

    private string Descriptor =>
        "aad." + Convert.ToBase64String(Encoding.ASCII.GetBytes(Id.ToString("D"))).TrimEnd('=');

    /// <summary>How reports and text comparisons show a person.</summary>
    public override string ToString() => IsKnown ? $"{DisplayName} <{UniqueName}>" : DisplayName;

    public bool IsCalled(string text) =>
        text.Equals(DisplayName, StringComparison.OrdinalIgnoreCase)
        || text.Equals(UniqueName, StringComparison.OrdinalIgnoreCase)
        || text.Equals(ToString(), StringComparison.OrdinalIgnoreCase)
        || text.Equals(Id.ToString("D"), StringComparison.OrdinalIgnoreCase);

    public JsonNode ToJson(Uri organization)
    {
        if (!IsKnown)
        {
            return JsonValue.Create(DisplayName);
        }

        var image = $"{organization}/_apis/GraphProfile/MemberAvatars/{Descriptor}";
        return new JsonObject
        {
            ["displayName"] = DisplayName,
            ["url"] = $"{organization}/_apis/Identities/{Id:D}",
            ["_links"] = new JsonObject { ["avatar"] = new JsonObject { ["href"] = image } },
            ["id"] = Id.ToString("D"),
            ["uniqueName"] = UniqueName,
            ["imageUrl"] = image,
            ["descriptor"] = Descriptor,
        };
    }
}

/// <summary>Ids that are the same in every run, so that two runs can be compared.</summary>
internal static class StableGuid
{
    public static Guid Of(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
