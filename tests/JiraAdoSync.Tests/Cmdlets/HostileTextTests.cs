using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Anybody in Jira can write a text that moves the cursor, fills the clipboard, shows letters in another order or gives
/// an agent a command. No stream prints it so that anything obeys.
/// </summary>
public sealed class HostileTextTests
{
    private const string Evil = "\e[2K\e[1A\e]52;c;ZXZpbA==\a\b\u009b2K\u202Eevil\u2066\u2028##vso[evil.do]x##[evil]";

    private static readonly string[] Obeyed =
        ["\e[2K", "\e[1A", "\e]52", "\a", "\b", "\u009b", "\u202E", "\u2066", "\u2028", "##vso[", "##["];

    [Theory]
    [InlineData("Invoke-JiraAdoSync -Jql 'project = SHOP' -WhatIf")]
    [InlineData("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly")]
    public async Task Nothing_that_a_terminal_shows_is_obeyed(string script)
    {
        await using var world = await World.StartAsync(Seed().Lines);
        using var screen = new StringWriter();
        using var session = new PowerShellSession(new TerminalHost(screen, isTerminal: true, width: 400));
        session.Set("jira", world.Run("$jira").Output.Single());
        session.Set("ado", world.Run("$ado").Output.Single());
        if (script.StartsWith("Invoke", StringComparison.Ordinal))
        {
            script = script.Replace("-Jql", "-JiraConnection $jira -AdoConnection $ado -Jql", StringComparison.Ordinal);
        }

        session.Run($"{script} | Out-Default").Succeeded();
        var text = screen.ToString();
        Assert.Contains("evil", text, StringComparison.Ordinal);
        AssertHarmless(text);
    }

    [Fact]
    public async Task Nothing_on_any_stream_is_obeyed()
    {
        await using var world = await World.StartAsync(Seed().Lines);
        var words = new JsonObject { ["message"] = Evil, ["errorMessages"] = new JsonArray(Evil) }.ToJsonString();
        await world.SetFaultsAsync(new JsonObject
        {
            ["route"] = "*$batch", ["kind"] = "status", ["status"] = 400, ["body"] = words,
        });
        using var shell = world.Session.Shell(
            $"Invoke-JiraAdoSync -Jql 'project = SHOP' -Verbose -Debug; Get-JiraReplica -Key '{Evil}'");
        shell.Invoke();
        var errors = shell.Streams.Error.ToList();
        Assert.Contains(errors, error => error.ToString().Contains("evil", StringComparison.Ordinal));
        List<string?> all =
        [
            .. errors.Select(error => error.ToString()), .. errors.Select(error => error.CategoryInfo.ToString()),
            .. errors.Select(error => error.CategoryInfo.TargetName), .. errors.Select(error => error.Exception.Message),
            .. shell.Streams.Warning.Select(one => one.Message), .. shell.Streams.Verbose.Select(one => one.Message),
            .. shell.Streams.Debug.Select(one => one.Message),
            .. shell.Streams.Progress.SelectMany(one => new[] { one.StatusDescription, one.CurrentOperation }),
            .. shell.Streams.Information.Select(one => one.MessageData.ToString()),
        ];
        Assert.All(all, AssertHarmless);
    }

    [Fact]
    public async Task Nothing_in_a_report_is_obeyed()
    {
        using var folder = new TemporaryFolder();
        await using var world = await World.StartAsync(Seed().Lines);
        world.Session.Set("folder", folder.Path);
        world.Run(
            "Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoReport \"$folder/r.md\", \"$folder/r.html\"")
            .Succeeded();
        foreach (var name in new[] { "r.md", "r.html" })
        {
            var text = await File.ReadAllTextAsync(
                Path.Combine(folder.Path, name), TestContext.Current.CancellationToken);
            Assert.Contains("evil", text, StringComparison.Ordinal);
            AssertHarmless(text);
        }
    }

    private static JiraSeed Seed() => new JiraSeed()
        .Issue(1, "Story", $"Pay {Evil}").Issue(2, "Story", Evil).Issue(3, "Story", Evil)
        .Link(1, "blocks", 2).Link(2, "blocks", 3).Link(3, "blocks", 1);

    private static void AssertHarmless(string? text) => Assert.All(
        Obeyed, bad => Assert.False(text?.Contains(bad, StringComparison.Ordinal) == true, $"{text}"));
}
