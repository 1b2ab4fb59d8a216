using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Control;

/// <summary>
/// <c>serve</c> as a process of its own: its ready line, its end, and what it says when it can't start.
/// </summary>
public sealed class ServeTests
{
    [Fact]
    public async Task Prints_one_ready_line_that_is_enough_to_call_both_services()
    {
        await using var process = await Serving.StartAsync();
        var ready = JsonNode.Parse(process.ReadyLine)!.AsObject();

        Assert.Equal(
            ["jira", "organization", "project", "jiraUser", "jiraToken", "adoToken"],
            ready.Select(property => property.Key));
        Assert.EndsWith("/jira", ready["jira"]!.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("/ado/contoso", ready["organization"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("Fabrikam", ready["project"]!.ToString());
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(
            client, $"{ready["jira"]}/rest/api/3/myself", ready["jiraUser"]!.ToString(),
            ready["jiraToken"]!.ToString()));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(
            client, $"{ready["organization"]}/_apis/wit/fields?api-version=7.1", "", ready["adoToken"]!.ToString()));
    }

    [Fact]
    public async Task Ends_with_zero_when_it_is_asked_to_terminate()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var process = await Serving.StartAsync();
        Assert.Equal(0, await process.TerminateAsync());
        Assert.Equal("", process.RestOfOutput);
        Assert.Contains("The sandbox listens on http://127.0.0.1:", process.Log, StringComparison.Ordinal);
        Assert.Contains("Stop it with Ctrl+C", process.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_compressed_seed_the_flavor_and_the_process()
    {
        var seed = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await using (var file = new GZipStream(File.Create(seed), CompressionLevel.Fastest))
            {
                foreach (var line in new Cmdlets.JiraSeed().Issue(7, "Story").Lines)
                {
                    await file.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
                }
            }

            await using var process = await Serving.StartAsync(
                "--seed", seed, "--jira", "datacenter", "--process", "scrum");
            var ready = JsonNode.Parse(process.ReadyLine)!;
            using var client = new HttpClient();
            var (user, token) = (ready["jiraUser"]!.ToString(), ready["jiraToken"]!.ToString());
            Assert.Equal(
                HttpStatusCode.OK, await AskAsync(client, $"{ready["jira"]}/rest/api/2/issue/SHOP-7", user, token));
            Assert.Equal(HttpStatusCode.NotFound,
                await AskAsync(client, $"{ready["jira"]}/rest/api/3/issue/SHOP-7", user, token));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(
                client,
                $"{ready["organization"]}/Fabrikam/_apis/wit/workitemtypes/Product%20Backlog%20Item?api-version=7.1",
                "",
                ready["adoToken"]!.ToString()));
        }
        finally
        {
            File.Delete(seed);
        }
    }

    [Fact]
    public async Task Says_in_one_line_that_the_port_is_in_use_or_the_seed_is_none()
    {
        await using var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions(), TestContext.Current.CancellationToken);
        var port = sandbox.Address.Port.ToString(CultureInfo.InvariantCulture);
        await using var onUsedPort = Serving.Start("--port", port);
        await using var withoutSeed = Serving.Start("--seed", "/nowhere/seed.jsonl");
        foreach (var process in (Serving[])[onUsedPort, withoutSeed])
        {
            Assert.Equal(1, await process.EndAsync());
            Assert.StartsWith("The sandbox can't start. ", process.Log, StringComparison.Ordinal);
            Assert.Single(process.Log.Trim().Split('\n'));
        }
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string address, string user, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{token}")));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}

/// <summary>A child process that serves.</summary>
internal sealed class Serving : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private Serving(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public string ReadyLine { get; private set; } = "";

    /// <summary>What came on standard output after the ready line.</summary>
    public string RestOfOutput { get; private set; } = "";

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public int Id => _process.Id;

    public static Serving Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[typeof(SandboxServer).Assembly.Location, "serve", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new Serving(Process.Start(start)!);
    }

    public static async Task<Serving> StartAsync(params string[] arguments)
    {
        var serving = Start(arguments);
        serving.ReadyLine = await serving._process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            ?? "";
        return serving;
    }

    /// <summary>Sends SIGTERM and waits for the end: the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await EndAsync();
    }

    public async Task<int> EndAsync()
    {
        RestOfOutput = await _process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
