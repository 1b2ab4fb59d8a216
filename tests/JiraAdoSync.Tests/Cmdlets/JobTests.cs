using System.Collections;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Tests that change what the whole process has: no other test runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>What is different in a job of Azure Pipelines.</summary>
[Collection(nameof(Alone))]
public sealed class JobTests : IDisposable
{
    internal const string Command = "##vso[a.b]";

    private readonly List<string> _variables = [];

    public JobTests() => SetVariable("TF_BUILD", "True");

    public void Dispose() => _variables.ForEach(name => Environment.SetEnvironmentVariable(name, null));

    [Fact]
    public async Task A_job_brings_its_own_organisation_project_and_token()
    {
        await using var world = await World.StartAsync([]);
        SetVariable("SYSTEM_COLLECTIONURI", $"{world.Sandbox.OrganizationUri}/");
        SetVariable("SYSTEM_TEAMPROJECT", world.Sandbox.Project);
        SetVariable("SYSTEM_ACCESSTOKEN", world.Sandbox.AdoToken);
        var connection = world.Run("Connect-AdoProject").Succeeded().Output.Single();
        Assert.Equal("Fabrikam", connection.Properties["Project"].Value);
        SetVariable("SYSTEM_ACCESSTOKEN", null);
        var failed = world.Run("Connect-AdoProject");
        Assert.Equal("ParameterMissing", failed.FailureId);
        Assert.Contains(
            "SYSTEM_ACCESSTOKEN: $(System.AccessToken)", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_summary_on_the_page_of_a_run_has_no_token_no_markup_of_issues_and_no_command()
    {
        const string Hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(2)) `c` | d\n# e ##vso[a.b]f";
        using var folder = new TemporaryFolder();
        var seed = new JiraSeed().Issue(1, "Story", Hostile).Issue(2, "Story", Hostile);
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = seed.Lines });
        SetVariable("AGENT_TEMPDIRECTORY", folder.Path);
        world.Run("$null = Invoke-JiraAdoSync -Key SHOP-1").Succeeded();
        var words = $"{Hostile} Authorization: Bearer {world.Sandbox.AdoToken}, https://x:{world.Sandbox.JiraToken}@example.org";
        await world.SetFaultsAsync(new JsonObject
        {
            ["route"] = "*$batch", ["kind"] = "status", ["status"] = 400,
            ["body"] = new JsonObject { ["message"] = words }.ToJsonString(),
        });
        Assert.NotEmpty(world.Run("$null = Invoke-JiraAdoSync -Jql 'project = SHOP'").Errors);
        world.Run("$null = Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly");
        var files = Directory.GetFiles(folder.Path, "*.md");
        Assert.Equal(3, files.Length);
        var text = string.Concat(files.Select(File.ReadAllText));
        Assert.Contains("onerror", text, StringComparison.Ordinal);
        Assert.All(
            new[] { world.Sandbox.AdoToken, world.Sandbox.JiraToken, "<img", "[x](javascript", "##vso[", "\n# e",
                " | d" },
            bad => Assert.DoesNotContain(bad, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_shows_a_warning_for_each_conflict_and_how_many_more_there_are()
    {
        const string Run = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both 3>$null 6>&1";
        using var folder = new TemporaryFolder();
        var seed = new JiraSeed();
        Enumerable.Range(1, 12).ToList().ForEach(number => seed.Issue(number, "Story"));
        await using var world = (await World.StartUnheldAsync(new SandboxOptions { Seed = seed.Lines })).ThatWritesJira();
        SetVariable("AGENT_TEMPDIRECTORY", folder.Path);
        world.Run(Run).Succeeded();
        for (var number = 1; number <= 12; number++)
        {
            var id = await world.Board.IdOfAsync($"Issue {number}");
            await world.Board.SetFieldAsync(id, "System.Title", $"50 % of {number} ##vso[a.b]");
            await world.Tracker.SetSummaryAsync($"SHOP-{number}", $"Half of {number}");
        }

        var lines = world.Run(Run).Succeeded().Output.Select(one => $"{one}").ToList();
        var issues = lines.FindAll(line => line.StartsWith("##vso[task.logissue type=warning]Conflict: ", StringComparison.Ordinal));
        Assert.Equal(11, issues.Count);
        Assert.Contains(issues, line => line.Contains("both sides changed 12 fields", StringComparison.Ordinal));
        Assert.Equal(11, issues.Count(line => line.Contains("50 %AZP25 of", StringComparison.Ordinal)));
        Assert.All(lines, line => Assert.DoesNotContain(Command, line, StringComparison.Ordinal));
        Assert.Contains(
            "##vso[task.logissue type=warning]And 2 more; the results and the report have them all.", lines);
        Assert.Contains("##vso[task.setvariable variable=conflicts;isoutput=true]12", lines);
        Assert.Contains("##vso[task.setvariable variable=jiraIssuesUpdate;isoutput=true]0", lines);
        var summary = Directory.GetFiles(folder.Path, "*.md").Select(File.ReadAllText)
            .Single(text => text.Contains("## Conflicts: 12", StringComparison.Ordinal));
        Assert.Contains("12 conflicts to decide.", summary, StringComparison.Ordinal);
    }

    /// <summary>
    /// Whatever text of a service they hold: in the table that they have of their own, and in the list that PowerShell
    /// makes of them after a table of others, for which it asks no view.
    /// </summary>
    [Fact]
    public void Nothing_that_a_cmdlet_emits_shows_a_command_to_the_agent()
    {
        using var screen = new StringWriter();
        using var session = new PowerShellSession(new TerminalHost(screen, isTerminal: false, width: 500));
        var emitted = Emitted(session).ToList();
        session.Set("table", Filled(emitted.Find(type => type.Name == "Correlation")!));
        session.Set("other", Filled(emitted.Find(type => type.Name == "Replica")!));
        foreach (var type in emitted)
        {
            session.Set("one", Filled(type));
            foreach (var shown in new[] { "$one", "$table, $one", "$other, $one" })
            {
                screen.GetStringBuilder().Clear();
                session.Run($"{shown} | Out-Default").Succeeded();
                var text = screen.ToString();
                Assert.True(text.Contains("## vso[a.b]", StringComparison.Ordinal), $"{type.Name}, {shown}: {text}");
                Assert.False(text.Contains(Command, StringComparison.Ordinal), $"{type.Name}, {shown}: {text}");
            }
        }
    }

    [Fact]
    public void What_is_shown_of_an_object_leaves_its_values_as_they_are()
    {
        using var session = new PowerShellSession();
        foreach (var type in Emitted(session))
        {
            session.Set("one", Filled(type));
            Assert.DoesNotContain("Line",
                session.Run("$one.PSObject.Properties.Name").Succeeded().Output.Select(name => name.ToString()));
            Assert.Contains(
                session.Run("$one.PSObject.Properties.Value").Succeeded().Output,
                one => one?.ToString().Contains(Command, StringComparison.Ordinal) == true);
        }
    }

    private void SetVariable(string name, string? value)
    {
        _variables.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>The types of ours that the manifest's cmdlets say they emit.</summary>
    internal static IEnumerable<Type> Emitted(PowerShellSession session) => session
        .Run("(Get-Module JiraAdoSync).ExportedCmdlets.Values.ImplementingType").Succeeded().Output
        .SelectMany(cmdlet => ((Type)cmdlet.BaseObject).GetCustomAttributes<OutputTypeAttribute>())
        .SelectMany(attribute => attribute.Type)
        .Select(type => type.Type)
        .Where(IsOurs)
        .Distinct();

    private static bool IsOurs(Type type) =>
        type.Assembly.GetName().Name!.StartsWith("JiraAdoSync", StringComparison.Ordinal);

    /// <summary>An object all of whose texts are a command, however deep in it they are.</summary>
    internal static object? Filled(Type type, int depth = 0)
    {
        if (type == typeof(string) || type == typeof(object))
        {
            return Command;
        }

        if (type == typeof(JsonElement))
        {
            return JsonSerializer.SerializeToElement(Command);
        }

        if (type == typeof(Uri))
        {
            return new Uri($"https://example.org/{Command}");
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Filled(value, depth);
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).GetValue(0);
        }

        if (type.IsInterface && type.IsAssignableTo(typeof(IEnumerable))
            && type.GetGenericArguments() is [.., var element])
        {
            return Filled(type.GetGenericArguments(), element, depth);
        }

        if (!IsOurs(type) || type.IsAbstract || type.IsAssignableTo(typeof(Delegate)) || depth > 5)
        {
            return type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        var filled = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            field.SetValue(filled, Filled(field.FieldType, depth + 1));
        }

        return filled;
    }

    private static object Filled(Type[] arguments, Type element, int depth)
    {
        if (arguments.Length == 2)
        {
            var table = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            table.Add(Filled(arguments[0], depth)!, Filled(element, depth));
            return table;
        }

        var list = Array.CreateInstance(element, 1);
        list.SetValue(Filled(element, depth), 0);
        return list;
    }
}
