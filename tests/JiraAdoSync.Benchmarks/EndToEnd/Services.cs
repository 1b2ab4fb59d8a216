using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>Where both services are and how to sign in, as the sandbox's ready line has it.</summary>
internal sealed record Services(
    Uri Jira,
    Uri Organization,
    string Project,
    string JiraUser,
    string JiraToken,
    string AdoToken)
{
    public static Services Of(SandboxServer sandbox) => new(
        sandbox.JiraUri, sandbox.OrganizationUri, sandbox.Project, sandbox.JiraUser, sandbox.JiraToken,
        sandbox.AdoToken);

    /// <summary>Has the sandbox go back to its seed.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        (await client.PostAsync(
            new Uri(Jira, "/sandbox/reset"), null, cancellationToken)).EnsureSuccessStatusCode().Dispose();
    }
}
