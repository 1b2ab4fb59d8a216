using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Planning;
using JiraAdoSync.Tests;

namespace JiraAdoSync.Benchmarks;

/// <summary>Planning a whole graph, against merely parsing the JSON that it was read from.</summary>
[MemoryDiagnoser]
[Config(typeof(FewRuns))]
public class PlannerBenchmark
{
    private static readonly RelationTypes Types = StandardRelationTypes.All;

    private JiraSample _sample = null!;
    private IReadOnlyCollection<IssueReference> _scope = null!;
    private Dictionary<long, int> _workItems = null!;

    /// <summary>How many issues; there are half again as many links.</summary>
    [Params(1_000, 10_000, 100_000)]
    public int Issues { get; set; }

    /// <summary>Makes the issues.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _sample = new JiraSample(Issues);
        _scope = _sample.Replicas.Select(replica => replica.Reference).ToList();
        _workItems = _sample.Replicas.ToDictionary(replica => replica.IssueId, replica => (int)replica.IssueId + 100);
    }

    /// <summary>Parses each issue's JSON, and does nothing with it.</summary>
    [Benchmark(Baseline = true)]
    public int Parse()
    {
        var properties = 0;
        foreach (var line in _sample.Lines)
        {
            using var document = JsonDocument.Parse(line);
            properties += document.RootElement.GetProperty("fields").GetProperty("issuelinks").GetArrayLength();
        }

        return properties;
    }

    /// <summary>Converts the links and decides every edge.</summary>
    [Benchmark]
    public int Plan()
    {
        var links = _sample.Replicas.SelectMany(replica => replica.ParentAndLinks());
        var mapping = new LinkTypeMapping(LinkTypePresets.Default, Types);
        return Planner.Plan(new PlanInput
        {
            Desired = LinkConverter.Convert(links, mapping, Types, UnmappedLinks.Error, _ => { }),
            Types = Types,
            Site = new JiraSite(new Uri("https://jira.example")),
            WorkItems = _workItems,
            Standing = [],
            Scope = _scope,
        }).Changes.Count;
    }

    /// <summary>Each figure from a few whole runs: they are long, and it is the ratio that counts.</summary>
    private sealed class FewRuns : ManualConfig
    {
        public FewRuns() => AddJob(Job.Default
            .WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(2)
            .WithIterationCount(7));
    }
}
