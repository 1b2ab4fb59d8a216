using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Lookup;

namespace JiraAdoSync.Commands;

/// <summary>Writes the session's list of which work item belongs to which issue to a file.</summary>
/// <remarks>
/// The file is JSON that people can read and edit. A run needs none: work items are found again by their marks. It
/// serves those who want to look, or to name work items for issues by hand and Import-JiraAdoCorrelation.
/// </remarks>
/// <example>
/// <para>Writes the file.</para>
/// <code>
/// Export-JiraAdoCorrelation -Path correlations.json
/// </code>
/// </example>
/// <example>
/// <para>Shows what would be written where.</para>
/// <code>
/// Export-JiraAdoCorrelation correlations.json -WhatIf
/// </code>
/// </example>
[Cmdlet(VerbsData.Export, "JiraAdoCorrelation", SupportsShouldProcess = true)]
public sealed class ExportJiraAdoCorrelationCommand : JiraAdoCommand
{
    /// <summary>The file; an existing one is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = null!;

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
        if (ShouldProcess(path, "Write correlations"))
        {
            new CorrelationFile
            {
                Site = Jira.Site,
                Organization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
                Project = Ado.Project,
                Correlations = Cache.All.Select(CorrelationFile.Entry.Of).ToList(),
            }.Write(path);
        }
    }
}
