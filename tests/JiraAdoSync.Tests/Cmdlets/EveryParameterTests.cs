using System.Management.Automation;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Each parameter of each cmdlet, on connections that know nothing yet, over a board that is empty and one that is
/// filled: whatever is refused is refused in the module's own words. The normal run has each parameter once, beside
/// another one that a fixed seed chooses; with the variable below, each alone and each pair run on both boards.
/// </summary>
public sealed class EveryParameterTests
{
    private const string EveryPair = "JIRAADOSYNC_EVERY_PAIR";

    /// <summary>What each cmdlet needs at least, in each of its parameter sets.</summary>
    private static readonly string[] Calls =
    [
        "Clear-JiraAdoCorrelation",
        "Compare-AdoRelation -DesiredRelation $desired",
        "Connect-AdoProject -OrganizationUri $organizationUri -Project $project -Token $adoToken",
        "Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential",
        "Connect-JiraSite -Uri $jiraUri -Token $adoToken",
        "Convert-LinkType -Link $links",
        "Disconnect-JiraAdo",
        "Export-JiraAdoCorrelation -Path $folder/correlation.csv",
        "Export-JiraAdoPlan -Path $folder/exported.json",
        "Export-JiraAdoReport -Path $folder/report.html -InputObject $results",
        "Get-AdoRelation -WorkItemId 1",
        "Get-JiraAdoCorrelation",
        "Get-JiraAdoOrphan",
        "Get-JiraAdoRun",
        "Get-JiraIssueLinks -Replica $replicas",
        "Get-JiraIssueLinks -Key SHOP-1",
        "Get-JiraReplica -Jql 'project = SHOP'",
        "Get-JiraReplica -Key SHOP-1, SHOP-99",
        "Get-JiraReplica -IssueId $issueId",
        "Get-LinkTypeMapping",
        "Import-JiraAdoCorrelation -Path $folder/given.csv",
        "Invoke-JiraAdoPlan -Path $folder/plan.json",
        "Invoke-JiraAdoSync -Jql 'project = SHOP'",
        "Invoke-JiraAdoSync -Key SHOP-1, SHOP-99",
        "Invoke-JiraAdoSync -IssueId $issueId",
        "New-JiraAdoProfile -Path $folder/profile.psd1 -Jql 'project = SHOP'",
        "Set-JiraAdoCorrelation -Key SHOP-1 -WorkItemId 1",
        "Sync-AdoRelation -DesiredRelation $desired",
        "Sync-AdoRelation -Plan $relations",
        "Sync-AdoRelation -WorkItem $workItems",
        "Sync-AdoWorkItem -Replica $replicas",
        "Test-IssueTypeMapping -Replica $replicas",
        "Test-LinkTypeMapping -Replica $replicas",
        "Test-LinkTypeMapping -Link $links",
        "Undo-JiraAdoRun -RunId $runId -RunPath $folder/runs",
    ];

    private static readonly Dictionary<string, string> Values = new()
    {
        ["AdoConnection"] = "$ado",
        ["AttachmentLimit"] = "1",
        ["CorrelationField"] = "Custom.JiraId",
        ["Field"] = "summary, labels",
        ["FieldConflict"] = "Keep",
        ["FieldMapping"] = "@{ 'Area Path' = 'Components'; 'Tags' = 'Labels' }",
        ["FormerAccount"] = "'former@example.org'",
        ["FormerSite"] = "'https://former.example.org'",
        ["GatewayUri"] = "$jiraUri",
        ["IssueId"] = "$issueId",
        ["JiraConnection"] = "$jira",
        ["Jql"] = "'project = SHOP'",
        ["Key"] = "SHOP-1",
        ["Link"] = "$links",
        ["LinkTypeMapping"] = "@{ blocks = 'Successor' }",
        ["Mapping"] = "@{ blocks = 'Successor' }",
        ["OnConflict"] = "Skip",
        ["ParentConflict"] = "Replace",
        ["Preset"] = "Recipe",
        ["PriorityMapping"] = "@{ High = 1 }",
        ["Profile"] = "$folder/given.psd1",
        ["PruneLimit"] = "50",
        ["Relation"] = "$relations",
        ["Replica"] = "$replicas",
        ["RunId"] = "$runId",
        ["RunPath"] = "$folder/runs",
        ["Scope"] = "$replicas",
        ["SliceCount"] = "2",
        ["SliceIndex"] = "1",
        ["StateMapping"] = "@{ 'To Do' = 'New' }",
        ["StatePath"] = "$folder/state.json",
        ["ThrottleLimit"] = "2",
        ["TokenType"] = "Bearer",
        ["TypeMapping"] = "@{ Story = 'Bug' }",
        ["Unmapped"] = "Related",
        ["UpdatedSince"] = "'2026-01-01'",
        ["UserMapping"] = "@{ 'a@old.com' = 'a@contoso.com' }",
        ["WorkItem"] = "$workItems",
    };

    [Fact]
    public async Task Every_parameter_of_every_cmdlet_works_or_is_refused_in_our_words()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        await using var empty = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        using var folder = new TemporaryFolder();
        using var folderOfEmpty = new TemporaryFolder();
        Prepare(world, folder.Path);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Prepare(empty, folderOfEmpty.Path);
        var random = new Random(20261128);
        var commands = world.Run("Get-Command -Module JiraAdoSync").Succeeded().Output
            .Select(command => (CmdletInfo)command.BaseObject).ToDictionary(command => command.Name);
        Assert.Empty(commands.Keys.Except(Calls.Select(call => call.Split(' ')[0])));
        var isFull = Environment.GetEnvironmentVariable(EveryPair) is not null;
        var raw = new List<string>();
        var count = 0;
        foreach (var call in Calls)
        {
            foreach (var further in Combinations(FurtherParameters(commands[call.Split(' ')[0]], call), isFull, random))
            {
                var script = $"{call}{string.Concat(further)}";
                foreach (var one in isFull || further.Count == 0 ? [empty, world] : new[] { count++ % 2 == 0 ? empty : world })
                {
                    one.Run("Remove-Item $folder/state.json, $folder/profile.psd1 -ErrorAction Ignore");
                    one.Run("Disconnect-JiraAdo").Succeeded();
                    one.Connect();
                    if (one == empty)
                    {
                        await one.ResetAsync();
                    }

                    var run = one.Run(script);
                    raw.AddRange(run.Errors.Append(run.Failure).OfType<ErrorRecord>().Where(IsRaw)
                        .Select(error => $"{script}: {error.Exception}"));
                }
            }
        }

        Assert.Empty(raw);
    }

    private static void Prepare(World world, string folder)
    {
        world.Session.Set("folder", folder);
        world.Session.Set("ConfirmPreference", "None");
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
            Export-JiraAdoCorrelation $folder/given.csv
            $results = Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath $folder/runs -WhatIf
            $runId = 'a-run-that-is-not-there'
            """).Succeeded();
    }

    /// <summary>What may be added to a call in one of the cmdlet's parameter sets, with values.</summary>
    private static List<string> FurtherParameters(CmdletInfo command, string call)
    {
        var given = call.Split(' ').Where(word => word.StartsWith('-')).Select(word => word[1..]).ToList();
        return command.ParameterSets
            .Where(set => given.TrueForAll(name => set.Parameters.Any(one => one.Name == name)))
            .SelectMany(set => set.Parameters)
            .DistinctBy(parameter => parameter.Name)
            .Where(parameter => !PSCmdlet.CommonParameters.Contains(parameter.Name) && !given.Contains(parameter.Name))
            .Select(parameter => parameter.ParameterType == typeof(SwitchParameter)
                ? $" -{parameter.Name}{(parameter.Name == "Confirm" ? ":$false" : "")}"
                : $" -{parameter.Name} {Values[parameter.Name]}")
            .ToList();
    }

    private static IEnumerable<IReadOnlyList<string>> Combinations(List<string> parameters, bool isFull, Random random)
    {
        yield return [];
        if (!isFull)
        {
            var shuffled = parameters.ToArray();
            random.Shuffle(shuffled);
            foreach (var pair in shuffled.Chunk(2))
            {
                yield return pair;
            }

            yield break;
        }

        for (var first = 0; first < parameters.Count; first++)
        {
            yield return [parameters[first]];
            for (var second = first + 1; second < parameters.Count; second++)
            {
                yield return [parameters[first], parameters[second]];
            }
        }
    }

    /// <summary>Whether an error is one of the runtime's: ours have an id, and PowerShell's own are about parameters.</summary>
    private static bool IsRaw(ErrorRecord error) =>
        error.Exception is CmdletInvocationException
            ? error.Exception.InnerException is { } inner && !IsOurs(inner)
            : error.Exception is not (ParameterBindingException or ItemNotFoundException)
                && !IsOurs(error.Exception)
                && !(error.Exception is InvalidOperationException && error.TargetObject is not null);

    private static bool IsOurs(Exception exception) => exception.GetType().Name is "SyncException" or "RestException";
}
