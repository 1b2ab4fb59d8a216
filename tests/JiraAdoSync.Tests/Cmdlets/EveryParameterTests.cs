using System.Management.Automation;
using System.Text.Json;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Each parameter of each cmdlet, alone and beside others, on connections that know nothing yet, over a board that is
/// empty and one that is filled: it works, or is refused in the module's own words. Cmdlets, parameter sets and
/// parameters are those of the module, so that new ones are covered by themselves. Switches and enumerations need no
/// sample value; what else is new gets one in <see cref="Values"/>. Each parameter runs alone on one of the boards, and
/// a fixed seed chooses pairs; with <c>JIRAADOSYNC_EVERY_PAIR</c> everything runs on both.
/// </summary>
public sealed class EveryParameterTests
{
    private const string EveryPair = "JIRAADOSYNC_EVERY_PAIR";
    private const int Pairs = 60;

    /// <summary>
    /// An expression of PowerShell for the value of a parameter, by its name; where a cmdlet needs another one, by the
    /// name of the cmdlet and its own. Variables are those of <see cref="Prepare"/>.
    /// </summary>
    private static readonly Dictionary<string, string> Values = new()
    {
        ["AdoConnection"] = "$ado",
        ["AdoToken"] = "$adoToken",
        ["AdoHookCredential"] = "$jiraCredential",
        ["AdoHookSecret"] = "$adoToken",
        ["AttachmentLimit"] = "1",
        ["CorrelationField"] = "'Custom.JiraId'",
        ["Credential"] = "$jiraCredential",
        ["DesiredRelation"] = "$desired",
        ["Description"] = "'the stories of SHOP'",
        ["DesiredLink"] = "$desiredLinks",
        ["DifferencePath"] = "$folder/given.psd1",
        ["ExpectedHash"] = "('0' * 64)",
        ["Field"] = "'summary', 'labels'",
        ["FieldMapping"] = "@{ 'Area Path' = 'Components'; 'Tags' = 'Labels' }",
        ["FormerAccount"] = "'former@example.org'",
        ["FormerSite"] = "'https://former.example.org'",
        ["FullEvery"] = "'1:0'",
        ["GatewayUri"] = "$jiraUri",
        ["Id"] = "1",
        ["InputObject"] = "$results",
        ["IssueId"] = "$issueId",
        ["JiraConnection"] = "$jira",
        ["JiraCredential"] = "$jiraCredential",
        ["JiraHookSecret"] = "$adoToken",
        ["JiraProject"] = "'SHOP'",
        ["JiraToken"] = "$adoToken",
        ["Jql"] = "'project = SHOP'",
        ["Key"] = "'SHOP-1'",
        ["Link"] = "$links",
        ["LinkTypeMapping"] = "@{ blocks = 'Successor' }",
        ["Listen"] = "$listen",
        ["Mapping"] = "@{ blocks = 'Successor' }",
        ["Model"] = "'a-model'",
        ["ModelKey"] = "$adoToken",
        ["ModelUri"] = "$jiraUri",
        ["OlderThan"] = "'2020-01-01'",
        ["OrganizationUri"] = "$organizationUri",
        ["Plan"] = "$relations",
        ["PollInterval"] = "'0:0:1'",
        ["PriorityMapping"] = "@{ High = 1 }",
        ["Profile"] = "$folder/given.psd1",
        ["Project"] = "$project",
        ["PruneLimit"] = "50",
        ["ReferencePath"] = "$folder/given.psd1",
        ["Relation"] = "$relations",
        ["RelationMapping"] = "@{ Related = 'relates to' }",
        ["Replica"] = "$replicas",
        ["Report"] = "$folder/report.html",
        ["Result"] = "@($results | Where-Object Action)",
        ["RunId"] = "$runId",
        ["RunPath"] = "$folder/runs",
        ["Scope"] = "$replicas",
        ["SliceCount"] = "2",
        ["SliceIndex"] = "1",
        ["StateMapping"] = "@{ 'To Do' = 'New' }",
        ["StatePath"] = "$folder/state.json",
        ["StopAfter"] = "'0:0:2'",
        ["StatusMapping"] = "@{ New = 'To Do' }",
        ["ThrottleLimit"] = "2",
        ["TransitionField"] = "@{ Resolution = 'Done' }",
        ["Token"] = "$adoToken",
        ["TypeMapping"] = "@{ Story = 'Bug' }",
        ["UpdatedSince"] = "'2026-01-01'",
        ["Uri"] = "$jiraUri",
        ["UserMapping"] = "@{ 'a@old.com' = 'a@contoso.com' }",
        ["WorkItem"] = "$workItems",
        ["WorkItemId"] = "1",
        ["Wiql"] = "'[System.Id] > 0'",
        ["WriteLimit"] = "50",
        ["Convert-RelationType -Mapping"] = "@{ Related = 'relates to' }",
        ["Convert-RelationType -Relation"] = "$existing",
        ["Export-JiraAdoCorrelation -Path"] = "$folder/written.csv",
        ["Export-JiraAdoPlan -Path"] = "$folder/written.json",
        ["Export-JiraAdoProfile -Path"] = "$folder/written.psd1",
        ["Export-JiraAdoReport -Path"] = "$folder/written.html",
        ["Import-JiraAdoCorrelation -Path"] = "$folder/given.csv",
        ["Invoke-JiraAdoPlan -Path"] = "$folder/plan.json",
        ["New-JiraAdoProfile -Path"] = "$folder/written.psd1",
    };

    [Fact]
    public async Task Every_parameter_of_every_cmdlet_works_or_is_refused_in_our_words()
    {
        await using var empty = (await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues }))
            .ThatWritesJira();
        await using var filled = (await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues }))
            .ThatWritesJira();
        using var folder = new TemporaryFolder();
        using var folderOfFilled = new TemporaryFolder();
        Prepare(empty, folder.Path);
        Prepare(filled, folderOfFilled.Path);
        Fill(filled);
        foreach (var name in new[] { "desiredLinks", "existing" })
        {
            empty.Session.Set(name, filled.Run($"${name}").Succeeded().Output.ToArray());
        }

        var (alone, pairs) = Calls(filled.Run("Get-Command -Module JiraAdoSync").Succeeded().Output
            .Select(command => (CmdletInfo)command.BaseObject)
            .OrderBy(command => command.Name, StringComparer.Ordinal));
        var isFull = Environment.GetEnvironmentVariable(EveryPair) is not null;
        if (!isFull)
        {
            new Random(20261128).Shuffle(pairs);
        }

        var raw = new List<string>();
        var boards = new[] { empty, filled };
        foreach (var (number, call) in alone.Concat(isFull ? pairs : pairs.Take(Pairs)).Index())
        {
            foreach (var world in isFull ? boards : [boards[number % 2]])
            {
                if (world == empty && number > 1)
                {
                    await world.ResetAsync();
                }

                world.Run("Remove-Item $folder/state.json, $folder/written.* -ErrorAction Ignore");
                world.Reconnect();
                var run = world.Run(call);
                raw.AddRange(run.Errors.Append(run.Failure).OfType<ErrorRecord>().Where(IsRaw)
                    .Select(error => $"{call}: {error.FullyQualifiedErrorId} {error.Exception}"));
                if (world == filled && call.StartsWith("Undo-", StringComparison.Ordinal))
                {
                    await world.ResetAsync();
                    world.Reconnect();
                    Fill(world);
                }
            }
        }

        Assert.True(raw.Count == 0, string.Join('\n', raw));
    }

    private static void Prepare(World world, string folder)
    {
        world.Session.Set("folder", folder);
        world.Session.Set("ConfirmPreference", "None");
        world.Session.Set("listen", $"http://localhost:{WatchTests.FreePort()}/");
        // A watcher ends where it is given a time.
        world.Run("$global:PSDefaultParameterValues['Watch-JiraAdoSync:StopAfter'] = '0:0:1'").Succeeded();
        world.Run("""
            $replicas = Get-JiraReplica -Jql 'project = SHOP'
            $issueId = $replicas[0].IssueId
            $links = $replicas | Get-JiraIssueLinks -IncludeParent
            $desired = $links | Convert-LinkType
            $all = Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly
            $workItems = @($all | Where-Object { $_.GetType().Name -eq 'WorkItemChange' })
            $relations = @($all | Where-Object { $_.GetType().Name -eq 'RelationChange' })
            $all | Export-JiraAdoPlan $folder/plan.json
            New-JiraAdoProfile $folder/given.psd1 'project = SHOP'
            $results = Invoke-JiraAdoSync -Jql 'project = SHOP' -WhatIf
            $runId = 'a-run-that-does-not-exist'
            """).Succeeded();
    }

    /// <summary>A run that filled the board.</summary>
    private static void Fill(World world) => world.Run("""
        $results = Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath $folder/runs
        $runId = $results[-1].RunId
        Export-JiraAdoCorrelation $folder/given.csv
        $existing = Get-AdoRelation -WorkItemId 1, 2, 3
        $desiredLinks = $existing | Convert-RelationType
        """).Succeeded();

    /// <summary>
    /// Each cmdlet with what each of its parameter sets demands; with each further parameter once; and with each pair
    /// of further parameters that one of its sets has.
    /// </summary>
    private static (string[] Alone, string[] Pairs) Calls(IEnumerable<CmdletInfo> commands)
    {
        var alone = new List<string>();
        var pairs = new List<string>();
        foreach (var command in commands)
        {
            var seen = new HashSet<string>();
            foreach (var set in command.ParameterSets)
            {
                var own = set.Parameters.Where(one => !PSCmdlet.CommonParameters.Contains(one.Name)).ToList();
                // A set that demands nothing is known by a parameter that no other has.
                var demanded = own.Where(one => one.IsMandatory).ToList();
                var others = command.ParameterSets.Where(other => other != set).SelectMany(other => other.Parameters)
                    .Select(other => other.Name).ToHashSet();
                if (demanded.Count == 0 && !set.IsDefault)
                {
                    demanded = own.Where(one => !others.Contains(one.Name)).Take(1).ToList();
                }

                var call = command.Name + string.Concat(demanded.Select(one => Argument(command, one)));
                var further = own.Except(demanded).Select(one => Argument(command, one)).ToList();
                alone.Add(call);
                alone.AddRange(further.Where(seen.Add).Select(argument => call + argument));
                pairs.AddRange(further.SelectMany(
                    (first, index) => further.Skip(index + 1).Select(second => call + first + second)));
            }
        }

        return ([.. alone.Distinct()], [.. pairs.Distinct()]);
    }

    private static string Argument(CmdletInfo command, CommandParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (type == typeof(SwitchParameter))
        {
            return $" -{parameter.Name}{(parameter.Name == "Confirm" ? ":$false" : string.Empty)}";
        }

        if (Values.TryGetValue($"{command.Name} -{parameter.Name}", out var value)
            || Values.TryGetValue(parameter.Name, out value))
        {
            return $" -{parameter.Name} {value}";
        }

        Assert.True(
            type.IsEnum,
            $"{command.Name} has a parameter -{parameter.Name} ({type}) without a sample value. Add one to "
            + $"{nameof(EveryParameterTests)}.{nameof(Values)}: [\"{parameter.Name}\"] = \"a PowerShell expression\".");
        return $" -{parameter.Name} {Enum.GetNames(type)[^1]}";
    }

    /// <summary>
    /// Whether an error is the runtime's or PowerShell's: ours have an id and say what is wrong. Samples fit their
    /// parameters, so that PowerShell has nothing to refuse.
    /// </summary>
    private static bool IsRaw(ErrorRecord error)
    {
        var thrown =
            error.Exception is CmdletInvocationException { InnerException: { } inner } ? inner : error.Exception;
        var chain = Chain(thrown).ToList();
        // The staged module has its own copy of the assemblies.
        var isOurs = thrown switch
        {
            { } ours when ours.GetType().Name is "SyncException" or "RestException" => true,
            ItemNotFoundException => IdOf(error).EndsWith("NotFound", StringComparison.Ordinal),
            InvalidOperationException => Enum.TryParse<Failure>(IdOf(error), out _),
            _ => false,
        };
        return !isOurs || chain.Skip(1).Any(one => one is NullReferenceException or InvalidCastException
            or KeyNotFoundException or IndexOutOfRangeException or ArgumentException or AggregateException
            or InvalidOperationException or NotImplementedException or FormatException or JsonException);
    }

    private static string IdOf(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    private static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }
}
