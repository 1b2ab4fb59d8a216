using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that map between issues and work items, whichever side they write to.</summary>
public abstract class WorkItemCommand : SyncCommand
{
    private SyncProfile? _profile;

    /// <summary>
    /// From issue type to work item type, or to a list of which the first that the project has is used; $null leaves a
    /// type out. Laid over the default. Where issues are created from work items, those of any type of the list become
    /// the issue type, as in @{ Story = 'User Story', 'Feature' }.
    /// </summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(TypeMappingCompleter))]
    [Hashtable]
    public Hashtable? TypeMapping { get; set; }

    /// <summary>
    /// From status, by name or id, to state, or to a list of which the first that the type has is used; $null leaves
    /// the state alone. Under the name of a type, a hashtable holds for that type only, as in @{ 'In Review' =
    /// 'Resolved', 'Active'; Bug = @{ 'In Review' = 'Active' } }. A status without an entry becomes the state of its
    /// category in the work item type's own workflow.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? StateMapping { get; set; }

    /// <summary>
    /// From priority, by name or id, to the number that a work item gets, as in @{ 'P0 - Critical' = 1; Someday = 4 };
    /// $null leaves the work item's priority alone. Jira's standard names are known; a name that is neither known nor
    /// here is mapped by its position in the site's own list, with a warning.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? PriorityMapping { get; set; }

    /// <summary>
    /// From work item field, by name or reference name, to a Jira field by name or id, to a constant as in
    /// @{ Value = 'Web' }, to a Jira field with a table as in @{ Field = 'Severity'; Map = @{ Major = '2 - High' } },
    /// or to a script block that gets the replica, as in { $_.Fields.customfield_10020 }. $null leaves a default out.
    /// An area or iteration by the name of a Jira field is under the project's root, and is the root where the field is
    /// empty; what a table or a constant names is a path, as in 'Release 25\Sprint 1'. Of several sprints the active
    /// one counts, else the next one, else the one that ended last; of several people the first. A table maps each
    /// value of a list. A multi-line text arrives in an HTML field as the description does, with its headings, lists,
    /// tables and images; any other text is encoded there. @{ 'Stack Rank' = 'Rank' } keeps the order of the backlog.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? FieldMapping { get; set; }

    /// <summary>
    /// Who somebody of Jira is in Azure DevOps: a hashtable from e-mail address, account id or name to unique name; the
    /// path of a CSV file whose first two columns have the same; or a script block that gets the Jira account and gives
    /// the unique name, as in { $_.emailAddress -replace '@old.com$', '@contoso.com' }. By default the one with the
    /// same e-mail address. A profile names a file as seen from the profile's folder.
    /// </summary>
    [Parameter]
    [Hashtable]
    public object? UserMapping { get; set; }

    /// <summary>
    /// What to do with a field that people changed in Azure DevOps and that differs from Jira, once something of the
    /// issue changes in Jira: write over it, or keep it and report it.
    /// </summary>
    [Parameter]
    public FieldConflict FieldConflict { get; set; }

    /// <summary>
    /// Write past the rules of the work item types, as an account may that has the permission: work items are created
    /// in their state, by the person who reported the issue, on its date, and show who changed the issue last and when.
    /// Jira is asked for the histories of issues whose work items are created, many at once.
    /// </summary>
    [Parameter]
    public SwitchParameter BypassRules { get; set; }

    /// <summary>
    /// Have Azure DevOps notify those who follow work items; a sync suppresses that where the account may.
    /// </summary>
    [Parameter]
    public SwitchParameter Notify { get; set; }

    /// <summary>
    /// Bring comments over, once each, with author and time. Later edits follow, unless somebody edited the copy. With
    /// -Direction AdoToJira or Both, comments of work items are copied to issues likewise.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeComments { get; set; }

    /// <summary>Bring attachments over, once each by content; images in texts show the copies.</summary>
    [Parameter]
    public SwitchParameter IncludeAttachments { get; set; }

    /// <summary>The size in MB beyond which an attachment is left out, and reported.</summary>
    [Parameter]
    [ValidateRange(1, 2000)]
    public int AttachmentLimit { get; set; } = (int)(ContentPolicy.LargestAttachment >> 20);

    /// <summary>
    /// Remove what of ours no longer exists in Jira: comments, attachments and web links that are included, and
    /// relations where links are synced.
    /// </summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>
    /// The reference name of a text field that holds the id of each work item's issue, such as Custom.JiraId, for
    /// organisations that have one: work items are found by it, without a mark too, and it is written with the other
    /// fields. What it does not find is looked up by its mark.
    /// </summary>
    [Parameter]
    public string? CorrelationField { get; set; }

    /// <summary>The folder for the run's record; by default below the user's local application data.</summary>
    [Parameter]
    public string? RunPath { get; set; }

    private protected override string? RunFolder =>
        RunPath is null ? null : GetUnresolvedProviderPathFromPSPath(RunPath);

    /// <summary>
    /// Only touch existing work items. Without it, an issue whose work item people deleted gets a new one.
    /// </summary>
    [Parameter]
    public SwitchParameter NoCreate { get; set; }

    private protected override bool Notifies => Notify;

    private protected override string? FieldOfCorrelation => CorrelationField;

    /// <summary>Replaces a file that -UserMapping names by what the file says.</summary>
    /// <param name="resolve">Makes a path of it that the file system knows.</param>
    private protected void ReadUserMapping(Func<string, string> resolve) =>
        UserMapping = Mappings.WithFile(UserMapping, resolve);

    private protected override SyncProfile? UsedProfile => _profile;

    /// <summary>Gives the command the parameters of a profile that its user did not give.</summary>
    /// <param name="profile">The profile's path; null where there is none.</param>
    /// <param name="reserved">The names of parameters that no profile has.</param>
    /// <param name="ignored">The names of entries that a profile may have and this command has no use for.</param>
    /// <exception cref="SyncException"><c>ProfileInvalid</c>.</exception>
    private protected void TakeProfile(
        string? profile, IReadOnlyCollection<string> reserved, IReadOnlyCollection<string> ignored)
    {
        if (profile is null)
        {
            return;
        }

        var path = GetUnresolvedProviderPathFromPSPath(profile);
        _profile = SyncProfile.Read(path);
        _profile.CheckSites(Jira.Site, Ado.OrganizationUri, Ado.Project);
        _profile.LeaveOutConnections();
        _profile.LeaveOut(ignored);
        _profile.ApplyTo(this, MyInvocation.BoundParameters.Keys, reserved);
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(UserMapping)))
        {
            ReadUserMapping(file => Path.Combine(Path.GetDirectoryName(path)!, file));
        }
    }

    /// <summary>What the user chose, with every name resolved against both sites.</summary>
    /// <param name="createPaths">Whether areas and iterations that do not exist are created.</param>
    /// <param name="history">Whether issues' histories become comments.</param>
    /// <param name="webLinks">Whether issues' web links become hyperlinks.</param>
    private protected WorkItemPolicy ReadPolicy(bool createPaths = false, bool history = false, bool webLinks = false)
    {
        ReadUserMapping(GetUnresolvedProviderPathFromPSPath);
        return ReadPolicy(this, createPaths, history, webLinks);
    }

    /// <summary>What all mappings make of some issues: types, links, statuses, priorities and people.</summary>
    /// <param name="issues">The issues.</param>
    /// <param name="policy">How they become work items.</param>
    /// <param name="links">How links become relations.</param>
    /// <param name="unmapped">What to do with links whose type the mapping does not have.</param>
    private protected List<SyncCheck> CheckMappings(
        IReadOnlyCollection<Replica> issues, WorkItemPolicy policy, LinkTypeMapping links, UnmappedLinks unmapped)
    {
        var (types, relationTypes) = (Await(Ado.Client.GetWorkItemTypesAsync), Await(Ado.Client.GetRelationTypesAsync));
        var jira = Jira.Client;
        Await(token => policy.Fields.LearnPrioritiesAsync(issues, jira.GetPrioritiesAsync, token));
        var checks = new MappingChecks(
            issues, new WorkItemTypeMapping(policy.Types, types.Select(type => type.Name)), types);
        // Scripts of mappings are run by the pipeline's thread, which waits for them here.
        return Await(token => Task.Run(
            () => new List<SyncCheck>(
            [
                .. checks.IssueTypes(),
                .. checks.LinkTypes(links, relationTypes, unmapped),
                .. checks.Statuses(policy.States),
                .. checks.Priorities(policy.Fields),
                .. checks.People(policy.Fields, policy.People),
            ]),
            token));
    }

    /// <summary>Refuses what means nothing for a run that writes to Azure DevOps only.</summary>
    /// <param name="given">Parameters, and whether each is given.</param>
    /// <exception cref="SyncException"><c>ParameterConflict</c>.</exception>
    private protected void RefuseOneWay(params (string Name, bool IsGiven)[] given)
    {
        var isPolicy = FieldConflict is not (FieldConflict.Overwrite or FieldConflict.Keep);
        (string Name, bool IsGiven)[] all = [.. given, (nameof(FieldConflict), isPolicy)];
        if (Array.Find(all, one => one.IsGiven).Name is { } name)
        {
            throw new SyncException(
                "ParameterConflict",
                $"-{name} means something only where values go to Jira. Give -Direction Both or AdoToJira, or leave it out.",
                name);
        }
    }
}
