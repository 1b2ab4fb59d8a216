using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Tests;

namespace JiraAdoSync.Benchmarks;

/// <summary>Planning a whole graph, against merely parsing the JSON that it was read from.</summary>
[MemoryDiagnoser]
[Config(typeof(FewRuns))]
public class PlannerBenchmark
{
    private static readonly RelationTypes Types = StandardRelationTypes.All;
    private static readonly JiraSite Site = new(new Uri("https://jira.example"));

    private IReadOnlyList<byte[]> _lines = null!;
    private IReadOnlyList<Replica> _replicas = null!;
    private IReadOnlyList<IssueReference> _scope = null!;
    private Dictionary<long, int> _workItems = null!;
    private IReadOnlyList<WorkItem> _current = null!;

    /// <summary>How many issues; there are half again as many links.</summary>
    [Params(1_000, 10_000, 100_000)]
    public int Issues { get; set; }

    /// <summary>
    /// Makes the issues, of a real Jira where its data are at hand, and what exists after a first run.
    /// </summary>
    [GlobalSetup]
    public void Setup()
    {
        if (RealJira.Find(Issues) is { } real)
        {
            (_lines, _replicas) = (real.Lines, real.Replicas);
        }
        else
        {
            var sample = new JiraSample(Issues);
            (_lines, _replicas) = (sample.Lines.Select(Encoding.UTF8.GetBytes).ToList(), sample.Replicas);
        }

        _scope = _replicas.Select(replica => replica.Reference).ToList();
        _workItems = _replicas.ToDictionary(replica => replica.IssueId, replica => (int)replica.IssueId + 100);
        _current = Apply(PlanOf([]).Changes);
    }

    /// <summary>Parses each issue's JSON, and does nothing with it.</summary>
    [Benchmark(Baseline = true)]
    public int Parse()
    {
        var links = 0;
        foreach (var line in _lines)
        {
            using var document = JsonDocument.Parse(line);
            links += document.RootElement.GetProperty("fields").GetProperty("issuelinks").GetArrayLength();
        }

        return links;
    }

    /// <summary>Converts the links and decides every edge, where none exists.</summary>
    [Benchmark]
    public int Plan() => PlanOf([]).Changes.Count;

    /// <summary>The same where all of them exist.</summary>
    [Benchmark]
    public int PlanAgain() => PlanOf(_current).Changes.Count;

    private RelationPlan PlanOf(IReadOnlyList<WorkItem> current)
    {
        var links = _replicas.SelectMany(replica => replica.ParentAndLinks());
        var mapping = new LinkTypeMapping(LinkTypePresets.Default, Types);
        return Planner.Plan(new PlanInput
        {
            Desired = LinkConverter.Convert(links, mapping, Types, UnmappedLinks.Related, _ => { }),
            Types = Types,
            Site = Site,
            WorkItems = _workItems,
            Existing = current,
            Scope = _scope,
            Policy = new RelationPolicy { Prune = true },
        });
    }

    /// <summary>The work items as they are when a plan has been applied.</summary>
    private List<WorkItem> Apply(IEnumerable<RelationChange> changes)
    {
        var relations = changes.Where(change => change.IsWrite).SelectMany(change =>
        {
            var (source, target) = (change.Source.WorkItemId!.Value, change.Target.WorkItemId!.Value);
            var comment = RelationMark.Comment(change.Desired!.Link, Site);
            return new[]
            {
                RelationOn(source, change.Relation!, target) with { Comment = comment },
                RelationOn(target, Types.Opposite(change.Relation!), source),
            };
        }).ToLookup(relation => relation.WorkItemId);
        return _workItems.Values.Select(id => new WorkItem
        {
            Id = id,
            Rev = 1,
            Type = "User Story",
            Title = $"Item {id}",
            Project = "Fabrikam",
            Relations = relations[id].ToList(),
        }).ToList();
    }

    private static Relation RelationOn(int ownerId, RelationType type, int target) => new()
    {
        WorkItemId = ownerId,
        ReferenceName = type.ReferenceName,
        TargetWorkItemId = target,
        Url = string.Empty,
    };

    /// <summary>Each figure from a few whole runs: they are long, and it is the ratio that counts.</summary>
    private sealed class FewRuns : ManualConfig
    {
        public FewRuns() => AddJob(Job.Default
            .WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(2)
            .WithIterationCount(7));
    }
}
