using System.Globalization;
using System.Text.Json.Serialization;
using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>An entry of the recycle bin. Without <c>ids</c> in the request it has its id and no more.</summary>
internal sealed record WireDeletedWorkItem
{
    /// <summary>A number, or in older documents a text.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int Id { get; init; }

    public string? Type { get; init; }

    public string? Name { get; init; }

    public string? Project { get; init; }

    public string? DeletedDate { get; init; }

    /// <summary>As in <c>Ann Example &lt;ann@contoso.example&gt;</c>.</summary>
    public string? DeletedBy { get; init; }

    public DeletedWorkItem ToDeleted() => new(
        Id,
        Type ?? string.Empty,
        Name ?? string.Empty,
        DeletedBy is { } by && by.EndsWith('>') && by.LastIndexOf('<') is >= 0 and var at ? by[(at + 1)..^1] : null,
        DateTimeOffset.TryParse(
            DeletedDate, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when) ? when : null);
}
