namespace JiraAdoSync.Sandbox;

/// <summary>Which Jira the sandbox plays.</summary>
public enum JiraFlavor
{
    /// <summary>Jira Cloud: <c>/rest/api/3</c> and <c>/rest/api/2</c>, search by token.</summary>
    Cloud,

    /// <summary>Jira Data Center: <c>/rest/api/2</c> only, search by <c>startAt</c> and <c>total</c>.</summary>
    DataCenter,
}

/// <summary>Which Azure DevOps the sandbox plays.</summary>
public enum AdoFlavor
{
    /// <summary>Azure DevOps Services: versions of the API up to 7.1, and 7.2 in preview.</summary>
    Services,

    /// <summary>Azure DevOps Server 2022: up to 7.0.</summary>
    Server2022,

    /// <summary>Azure DevOps Server 2020: up to 6.0.</summary>
    Server2020,
}

/// <summary>The process of the sandbox's Azure DevOps project: which work item types and states it has.</summary>
public enum ProcessTemplate
{
    /// <summary>Epic, Feature, User Story, Task, Bug, Issue, Test Case.</summary>
    Agile,

    /// <summary>Epic, Feature, Product Backlog Item, Task, Bug, Impediment, Test Case.</summary>
    Scrum,

    /// <summary>Epic, Feature, Requirement, Task, Bug, Change Request, Issue, Review, Risk, Test Case.</summary>
    Cmmi,

    /// <summary>Epic, Issue, Task, Test Case.</summary>
    Basic,
}

/// <summary>How a sandbox starts.</summary>
public sealed record SandboxOptions
{
    /// <summary>The port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Raw Jira issues, one JSON text each, in the shape of Jira's REST API. Without any, the site holds one empty
    /// project, <c>SHOP</c>.
    /// </summary>
    public IEnumerable<string> Seed { get; init; } = [];

    /// <summary>Which Jira is played.</summary>
    public JiraFlavor Jira { get; init; }

    /// <summary>Which Azure DevOps is played.</summary>
    public AdoFlavor AzureDevOps { get; init; }

    /// <summary>The process of the Azure DevOps project.</summary>
    public ProcessTemplate Process { get; init; }

    /// <summary>A wait before each request to either service; the control routes answer at once.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Where the services take the time from, and what waits are timed by.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What the chances of fault rules are drawn from: the same seed strikes the same requests.</summary>
    public int FaultSeed { get; init; } = 17;

    /// <summary>How the sandbox answers where the real services' answer is not established.</summary>
    public SandboxSwitches Switches { get; init; } = new();

    /// <summary>
    /// Receives each request to either service and its answer, in the order in which they end, on any thread. Requests
    /// whose connection is cut are left out.
    /// </summary>
    public Action<Exchange>? Watcher { get; init; }
}

/// <summary>A request to either service and its answer. Bodies are empty where there are none.</summary>
/// <param name="Method">The method, such as <c>GET</c>.</param>
/// <param name="Target">The path and query as they were sent.</param>
/// <param name="RequestType">The content type of the request.</param>
/// <param name="Request">The body of the request.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="AnswerType">The content type of the answer.</param>
/// <param name="Answer">The body of the answer.</param>
public sealed record Exchange(
    string Method,
    string Target,
    string? RequestType,
    ReadOnlyMemory<byte> Request,
    int Status,
    string? AnswerType,
    ReadOnlyMemory<byte> Answer);
