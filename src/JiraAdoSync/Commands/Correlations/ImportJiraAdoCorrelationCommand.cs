using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Lookup;

namespace JiraAdoSync.Commands;

/// <summary>
/// Reads from a file which work item belongs to which issue. Work items without a mark are adopted: the next sync
/// marks them and writes their fields.
/// </summary>
/// <remarks>
/// Use it to take over work items that people, or another tool, made for issues: list them in a file of the shape
/// that Export-JiraAdoCorrelation writes.
/// </remarks>
/// <example>
/// <para>Reads a file that was exported.</para>
/// <code>
/// Export-JiraAdoCorrelation correlations.json
/// Import-JiraAdoCorrelation -Path correlations.json -PassThru
/// </code>
/// </example>
/// <example>
/// <para>Takes over the work items of a file at once.</para>
/// <code>
/// Export-JiraAdoCorrelation correlations.json
/// Import-JiraAdoCorrelation correlations.json
/// Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem
/// </code>
/// </example>
[Cmdlet(
    VerbsData.Import, "JiraAdoCorrelation",
    SupportsShouldProcess = true,
    HelpUri = OnlineHelp.Pages + "Import-JiraAdoCorrelation.md")]
[OutputType(typeof(Correlation))]
public sealed class ImportJiraAdoCorrelationCommand : JiraAdoCommand
{
    /// <summary>A file that Export-JiraAdoCorrelation wrote.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = null!;

    /// <summary>Write the correlations.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    private JiraConnection Jira => Session.Resolve(JiraConnection);

    private AdoConnection Ado => Session.Resolve(AdoConnection);

    private CorrelationCache Cache => Session.Current.CacheOf(Jira, Ado);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        var file = CorrelationFile.Read(path);
        var organization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/');
        if (
            file.Site != Jira.Site
            || !Same(file.Project, Ado.Project)
            || !Same(file.Organization.TrimEnd('/'), organization))
        {
            throw new SyncException(
                "CorrelationFileUnreadable",
                $"'{path}' is for {file.Site} and the project {file.Project} of {file.Organization}, and the session is connected to "
                + $"{Jira.Site} and {Ado.Project} of {organization}. Connect to those, or take the right file.",
                path);
        }

        if (!ShouldProcess(path, $"Take {Amount.Of(file.Correlations.Count)} correlations"))
        {
            return;
        }

        foreach (var correlation in file.Correlations.Select(entry => entry.ToCorrelation()))
        {
            Cache.Set(correlation);
            if (PassThru)
            {
                WriteObject(correlation);
            }
        }
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
