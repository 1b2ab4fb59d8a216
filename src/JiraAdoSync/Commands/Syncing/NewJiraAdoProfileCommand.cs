using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Output;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>Writes a profile for the two connected sites: a file that says how a Jira selection is synced.</summary>
/// <remarks>
/// Every issue type, status, priority, link type and person that occurs among the issues of the query gets an entry, mapped as
/// well as names allow. What names do not tell is left out of the sync, and a guess stands beside it: read the file,
/// and edit it. Invoke-JiraAdoSync -Profile takes it. Nothing is written to either site.
/// </remarks>
/// <example>
/// <para>Writes a profile, and looks at what it would do.</para>
/// <code>
/// New-JiraAdoProfile -Path sync.psd1 -Jql 'project = SHOP'
/// Invoke-JiraAdoSync -Profile sync.psd1 -PlanOnly
/// </code>
/// </example>
/// <example>
/// <para>Writes it anew, over the one that is there.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP' -Force
/// </code>
/// </example>
[Cmdlet(VerbsCommon.New, "JiraAdoProfile", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class NewJiraAdoProfileCommand : JiraAdoCommand
{
    /// <summary>The file; its name should end in .psd1.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = null!;

    /// <summary>The query whose issues are to be synced; all of them are read.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string Jql { get; set; } = null!;

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    private JiraConnection Jira => Session.Resolve(JiraConnection);

    private AdoConnection Ado => Session.Resolve(AdoConnection);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        if (File.Exists(path) && !Force)
        {
            throw new SyncException(
                "ProfileExists", $"'{path}' is there already. Give -Force to replace it, or another path.", path);
        }

        var client = Jira.Client;
        var issues = Stream(token => client.SearchAsync(Jql, IssueDetail.Default, Renderings.None, token)).ToList();
        var priorities = new PriorityMapping([]);
        if (priorities.NeedsOrder(issues))
        {
            priorities.Learn(Await(client.GetPrioritiesAsync));
        }

        var text = new ProfileText
        {
            JiraSite = Jira.Site,
            AdoOrganization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
            AdoProject = Ado.Project,
            Jql = Jql,
            Written = TimeProvider.System.GetUtcNow(),
            Issues = issues,
            Priorities = priorities,
            Types = Await(Ado.Client.GetWorkItemTypesAsync),
            RelationTypes = Await(Ado.Client.GetRelationTypesAsync),
        };
        if (ShouldProcess(path, $"Write a profile of {text.Issues.Count} issues"))
        {
            TextFile.Write(path, text.ToString(), "ProfileUnwritable");
            if (text.Unmapped.Count > 0)
            {
                WriteWarning(
                    $"Their names alone do not say what these should become: {Formatting.Keys(text.Unmapped)}. "
                    + "The profile leaves them out with $null, and has a guess for each beside it.");
            }

            // As Get-Item gives it, with what PowerShell's own view of files shows.
            WriteObject(InvokeProvider.Item.Get([path], force: false, literalPath: true), enumerateCollection: true);
        }
    }
}
