using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Reporting;

/// <summary>Chromium, driven by <c>node/look.mjs</c>. Where it is not found, there is a reason to skip.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string? Chromium =
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(
            File.Exists);

    private readonly NodeFolder _node = new("Reporting", "node");
    private string? _skipReason;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() =>
        _skipReason = Chromium is null ? "Chromium is needed." : await _node.InstallAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What is seen of a page.</summary>
    /// <param name="report">The file.</param>
    /// <param name="options">Those of <c>look.mjs</c>.</param>
    internal async Task<JsonNode> LookAtAsync(string report, params string[] options)
    {
        Assert.SkipWhen(_skipReason is not null, _skipReason ?? string.Empty);
        return JsonNode.Parse(await _node.RunAsync("look.mjs", [Chromium!, report, .. options]))!;
    }
}
