using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>
/// jira.js, as npm has it, drives the sandbox and finds nothing strange: <c>node/drive.mjs</c>, one area a test.
/// </summary>
public sealed class NodeClientTests(NodeClientTests.Packages packages) : IClassFixture<NodeClientTests.Packages>
{
    [Theory]
    [InlineData("site")]
    [InlineData("configuration")]
    [InlineData("search")]
    [InlineData("issues")]
    [InlineData("links")]
    [InlineData("remoteLinks")]
    [InlineData("properties")]
    [InlineData("comments")]
    [InlineData("attachments")]
    [InlineData("history")]
    [InlineData("users")]
    [InlineData("webhooks")]
    [InlineData("jql")]
    [InlineData("lists")]
    [InlineData("versions")]
    [InlineData("worklogs")]
    [InlineData("watchers")]
    [InlineData("sprints")]
    [InlineData("writing")]
    [InlineData("transitions")]
    [InlineData("bulk")]
    [InlineData("manyProperties")]
    [InlineData("commentProperties")]
    [InlineData("people")]
    public async Task The_client_from_npm_works_on_it_unmodified(string area)
    {
        Assert.SkipWhen(packages.Missing is not null, packages.Missing ?? "");
        await using var server = await SandboxServer.StartAsync(
            new SandboxOptions { Switches = new SandboxSwitches { JiraAccountsMayUseDynamicWebhooks = true } },
            TestContext.Current.CancellationToken);

        await packages.Node.RunAsync("drive.mjs", area, $"{server.JiraUri}", server.JiraUser, server.JiraToken);
    }

    /// <summary>Fetches the packages once.</summary>
    public sealed class Packages : IAsyncLifetime
    {
        /// <summary>Why the client is not there, or null.</summary>
        public string? Missing { get; private set; }

        /// <summary>The script and its packages.</summary>
        internal NodeFolder Node { get; } = new("Sandbox", "Jira", "node");

        /// <inheritdoc/>
        public async ValueTask InitializeAsync() => Missing = await Node.InstallAsync();

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
