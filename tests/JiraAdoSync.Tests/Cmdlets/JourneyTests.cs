using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Cmdlets take what another session emitted, or say what to do instead.</summary>
public sealed class JourneyTests
{
    private const string Travel = """
        function Travel { $input | Export-Clixml $path; Import-Clixml $path }

        """;

    [Fact]
    public async Task Each_stage_takes_what_the_one_before_sent_from_another_session()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        using var folder = new TemporaryFolder();
        world.Session.Set("path", Path.Combine(folder.Path, "one.xml"));
        world.Session.Set("report", Path.Combine(folder.Path, "report.html"));
        var run = world.Run(Travel + """
            $replicas = Get-JiraReplica -Jql 'project = SHOP' -IncludeComments | Travel
            $results = $replicas | Sync-AdoWorkItem -IncludeComments | Travel
            $links = $replicas | Get-JiraIssueLinks -IncludeParent | Travel
            $desired = $links | Convert-LinkType | Travel
            $results += Sync-AdoRelation $desired -Scope $replicas -Prune | Travel
            $results | Export-JiraAdoReport $report
            $replicas | Test-IssueTypeMapping | Out-Null
            $links | Test-LinkTypeMapping | Out-Null
            $results
            """).Succeeded();
        Assert.Equal(6, run.Rows("WorkItemResult", "Action").Count(row => row == "Create"));
        Assert.Equal(5, run.Rows("RelationResult", "Action").Count(row => row == "Create"));
        Assert.True(File.Exists(Path.Combine(folder.Path, "report.html")));
        Assert.Equal("NoChange", world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded().RunOutcome());
    }

    [Theory]
    [InlineData("Sync-AdoRelation -Plan ($relations | Travel)")]
    [InlineData("Sync-AdoRelation -WorkItem ($workItems | Travel)")]
    [InlineData("Export-JiraAdoPlan -Path $path -WorkItem ($workItems | Travel)")]
    [InlineData("Invoke-JiraAdoSync -Jql 'project = SHOP' -JiraConnection ($jira | Travel)")]
    [InlineData("Sync-AdoWorkItem ([pscustomobject]@{ Key = 'SHOP-1'; IssueId = 10001 })")]
    public async Task What_cannot_travel_is_refused_with_the_way_out(string call)
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        using var folder = new TemporaryFolder();
        world.Session.Set("path", Path.Combine(folder.Path, "one.xml"));
        var failed = world.Run(Travel + $$"""
            $all = Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly
            $workItems = @($all | Where-Object { $_.GetType().Name -eq 'WorkItemChange' })
            $relations = @($all | Where-Object { $_.GetType().Name -eq 'RelationChange' })
            {{call}}
            """);
        var message = failed.Failure?.ToString() ?? string.Join('\n', failed.Errors);
        Assert.Matches("Export-JiraAdoPlan|Connect-JiraSite|Get-JiraReplica", message);
    }
}
