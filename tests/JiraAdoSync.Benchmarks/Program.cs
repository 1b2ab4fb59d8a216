using System.CommandLine;
using BenchmarkDotNet.Running;
using JiraAdoSync.Benchmarks;
using JiraAdoSync.Benchmarks.EndToEnd;

// dotnet run -c Release --project tests/JiraAdoSync.Benchmarks -- end-to-end --issues 1000 --latency 0,20,100
// dotnet run -c Release --project tests/JiraAdoSync.Benchmarks -- scale --issues 1000,10000,100000
// dotnet run -c Release --project tests/JiraAdoSync.Benchmarks -- --filter '*'
if (args is [EndToEndCommand.Name or ScaleCommand.Name or Child.Name, ..])
{
    var root = new RootCommand("Measures the module.")
    {
        EndToEndCommand.Create(), ScaleCommand.Create(), Child.Create(),
    };
    return await root.Parse(args).InvokeAsync();
}

BenchmarkSwitcher.FromAssembly(typeof(PlannerBenchmark).Assembly).Run(args);
return 0;
