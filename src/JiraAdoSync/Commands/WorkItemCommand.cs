using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that plan work items: how issues become work items.</summary>
public abstract class WorkItemCommand : MappingCommand
{
    private SyncProfile? _profile;

    /// <summary>
    /// Make areas and iterations that -FieldMapping names and that do not exist; iterations get no dates.
    /// </summary>
    [Parameter]
    public SwitchParameter CreatePaths { get; set; }

    /// <summary>
    /// Bring the issue's history over as one comment: a table of what was changed in Jira, when and by whom, with the
    /// last 200 changes. It follows when the issue changes. Jira is asked for the histories of many issues at once.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeHistory { get; set; }

    /// <summary>
    /// Bring web links over as hyperlinks. Jira is asked for them one issue at a time, and only of issues whose
    /// "updated" has moved since.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeWebLinks { get; set; }

    /// <summary>
    /// How many per cent of our relations may be removed in one run, and how many of our work items as twins of others;
    /// 20 may be removed whatever this says.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int PruneLimit { get; set; } = 10;

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

    private protected override WorkItemPolicy ReadPolicy()
    {
        var policy = base.ReadPolicy();
        return policy with
        {
            Content = policy.Content with { History = IncludeHistory, WebLinks = IncludeWebLinks },
            CreatePaths = CreatePaths,
        };
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
}
