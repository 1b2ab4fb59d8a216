using System.Management.Automation;
using JiraAdoSync.Drafting;
using JiraAdoSync.Files;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>Shows in what two profiles differ, and what each difference would change on the board.</summary>
/// <remarks>
/// Two files are compared, or the profile that a run used with a file. Where the session is connected, the issues that
/// each profile selects are read, and each difference is worked out by itself: how many work items and relations a
/// board that was made with the first profile would have otherwise. Azure DevOps is not read for that, and nothing is
/// written. Without a connection the differences alone are listed.
/// </remarks>
/// <example>
/// <para>Compares two files.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// New-JiraAdoProfile next.psd1 -Profile sync.psd1 -Description 'relates to as successor'
/// Compare-JiraAdoProfile sync.psd1 next.psd1
/// </code>
/// </example>
/// <example>
/// <para>Shows what changed in a profile since the latest run that used one.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// $null = Invoke-JiraAdoSync -Profile sync.psd1
/// Get-JiraAdoRun | Where-Object Profile | Select-Object -First 1 | Compare-JiraAdoProfile -DifferencePath sync.psd1
/// </code>
/// </example>
[Cmdlet(VerbsData.Compare, "JiraAdoProfile", DefaultParameterSetName = ByPath)]
[OutputType(typeof(ProfileDifference))]
public sealed class CompareJiraAdoProfileCommand : JiraAdoCommand
{
    private const string ByPath = "Path";
    private const string ByRun = "RunId";

    /// <summary>The first profile: the one that the board is as.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByPath)]
    public string ReferencePath { get; set; } = null!;

    /// <summary>The other profile.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string DifferencePath { get; set; } = null!;

    /// <summary>The id of the run whose profile is the first.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByRun, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public string RunId { get; set; } = null!;

    /// <summary>
    /// The folder of the run's record, or that record, as a run from the pipeline has it; by default the folder below
    /// the user's local application data.
    /// </summary>
    [Parameter(ParameterSetName = ByRun, ValueFromPipelineByPropertyName = true)]
    [Alias("Path")]
    public string? RunPath { get; set; }

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    /// <summary>
    /// How many requests to each service may be under way at once. Fewer are while a service throttles.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int ThrottleLimit { get; set; } = 5;

    private JiraConnection Jira => Session.Resolve(JiraConnection, ThrottleLimit);

    private AdoConnection Ado => Session.Resolve(AdoConnection, ThrottleLimit);

    /// <inheritdoc/>
    protected override void Process()
    {
        var before = ParameterSetName == ByPath
            ? SyncProfile.Read(GetUnresolvedProviderPathFromPSPath(ReferencePath))
            : RecordedProfile.Of(RunRecord.Read(FolderOf(RunPath), RunId).Run);
        var after = SyncProfile.Read(GetUnresolvedProviderPathFromPSPath(DifferencePath));
        if ((JiraConnection ?? Session.Current.Jira) is null || (AdoConnection ?? Session.Current.Ado) is null)
        {
            WriteVerbose("The session is not connected to both sites, so that no difference can be worked out.");
            WriteAll(ProfileValue.Differences(before, after).Select(one => ProfileBoards.Of(one.Before, one.After)));
            return;
        }

        var (jira, ado) = (Jira.Client, Ado.Client);
        before.CheckSites(Jira.Site, Ado.OrganizationUri, Ado.Project);
        var boards = new ProfileBoards(new SiteMetadata(
            Await(jira.GetFieldsAsync),
            Await(ado.GetWorkItemTypesAsync),
            Await(ado.GetFieldsAsync),
            Await(ado.GetRelationTypesAsync),
            Await(jira.GetPrioritiesAsync),
            Ado.Project));
        var detail = DetailOf(before).With(DetailOf(after).Fields);
        var issues = Search(before);
        var issuesAfter = before.Find("Jql") == after.Find("Jql") ? issues : Search(after);
        WriteAll(boards.Compare(before, issues, after, issuesAfter));

        List<Replica> Search(SyncProfile profile) => profile.Find("Jql") is { } jql
            ? Stream(token => jira.SearchAsync(jql, detail, token)).ToList()
            : [];

        IssueDetail DetailOf(SyncProfile profile)
        {
            try
            {
                return boards.DetailOf(profile);
            }
            catch (SyncException)
            {
                // Reported with the difference that causes it.
                return IssueDetail.Default;
            }
        }
    }

    private string? FolderOf(string? path) =>
        path is null ? null : RunRecord.FolderOf(GetUnresolvedProviderPathFromPSPath(path));
}
