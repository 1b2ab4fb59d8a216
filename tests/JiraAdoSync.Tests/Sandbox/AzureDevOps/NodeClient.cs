using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>
/// The vendor's own client from npm, unmodified, driven once through everything by <c>node/drive.js</c>. Where it can't
/// be had, there is a reason to skip instead of its output.
/// </summary>
public sealed class NodeClient : IAsyncLifetime
{
    private readonly NodeFolder _node = new("Sandbox", "AzureDevOps", "node");
    private JsonNode? _said;
    private string? _skipReason;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _skipReason = await _node.InstallAsync();
        if (_skipReason is null)
        {
            await using var ado = await Ado.StartAsync();
            _said = JsonNode.Parse(await _node.RunAsync(
                "drive.js", ado.Server.OrganizationUri.ToString(), ado.Server.Project, ado.Server.AdoToken));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the client got for one of the script's questions, as JSON.</summary>
    internal string Said(string name)
    {
        Assert.SkipWhen(_skipReason is not null, _skipReason ?? "");
        return _said![name]?.ToJsonString(new() { Encoder =
            System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            ?? "null";
    }
}
