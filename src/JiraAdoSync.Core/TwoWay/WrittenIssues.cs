using JiraAdoSync.Jira;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>What phases that write to issues leave to those that follow them.</summary>
/// <param name="Created">The issues that were created, by work item.</param>
/// <param name="CreatedPairs">The pairs that they are in.</param>
/// <param name="Registers">What the properties of issues say by now, by the issue's id.</param>
/// <param name="WithContent">Changes whose comments, files and web links are still to be written.</param>
internal sealed record WrittenIssues(
    IReadOnlyDictionary<int, IssueReference> Created,
    IReadOnlyList<PairPlan> CreatedPairs,
    IReadOnlyDictionary<long, IssueRegister> Registers,
    IReadOnlyList<WorkItemChange> WithContent);
