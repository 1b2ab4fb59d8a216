using BenchmarkDotNet.Running;
using JiraAdoSync.Benchmarks;

// dotnet run -c Release --project tests/JiraAdoSync.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(PlannerBenchmark).Assembly).Run(args);
