using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>
/// What the cmdlets have that take a whole sync, of issues and their links, from parameters or a profile.
/// </summary>
public abstract class ProfileCommand : WorkItemCommand
{
    private SyncProfile? _profile;

    /// <summary>
    /// A file with one hashtable, whose entries are parameters of this command: Jql and all mappings. A .psd1 holds
    /// data only; in a .ps1 values may be script blocks. Parameters that are given here come before it.
    /// New-JiraAdoProfile writes one.
    /// </summary>
    [Parameter]
    public string? Profile { get; set; }

    /// <summary>
    /// From phrase to the relation on the work item of the issue that says it; by default Jira's standard wordings.
    /// It is laid over the default, see -NoDefaultLinkTypes.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(LinkTypeMappingCompleter))]
    [Hashtable]
    public Hashtable? LinkTypeMapping { get; set; }

    /// <summary>
    /// Take the mapping alone. Without this it is laid over the default, and $null takes a type out.
    /// </summary>
    [Parameter]
    public SwitchParameter NoDefaultLinkTypes { get; set; }

    /// <summary>What to do with links whose type the mapping does not have.</summary>
    [Parameter]
    public UnmappedLinks Unmapped { get; set; }

    /// <summary>What to do with a link that the relation types do not allow beside existing ones.</summary>
    [Parameter]
    public LinkConflict OnConflict { get; set; }

    /// <summary>What to do where somebody else gave a work item another parent than Jira has.</summary>
    [Parameter]
    public ParentConflict ParentConflict { get; set; }

    /// <summary>The names of the parameters that no profile has: they are of one run, or of one session.</summary>
    internal abstract IReadOnlyCollection<string> Reserved { get; }

    private protected override SyncProfile? UsedProfile => _profile;

    /// <summary>The names of entries that a profile may have and this command has no use for.</summary>
    private protected virtual IReadOnlyCollection<string> Ignored => [];

    private protected RelationPolicy RelationPolicy => new()
    {
        OnConflict = OnConflict,
        ParentConflict = ParentConflict,
        Prune = Prune,
        PruneLimit = PruneLimit,
    };

    /// <summary>Gives the command the parameters of its profile that its user did not give.</summary>
    /// <exception cref="SyncException"><c>ProfileInvalid</c>.</exception>
    private protected void TakeProfile()
    {
        if (Profile is null)
        {
            return;
        }

        var path = GetUnresolvedProviderPathFromPSPath(Profile);
        var profile = _profile = SyncProfile.Read(path);
        profile.CheckSites(Jira.Site, Ado.OrganizationUri, Ado.Project);
        Array.ForEach(SyncProfile.OfConnections, name => profile.Take(name));
        profile.LeaveOut(Ignored);
        profile.ApplyTo(this, MyInvocation.BoundParameters.Keys, Reserved);
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(UserMapping)))
        {
            ReadUserMapping(file => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, file));
        }
    }

    /// <summary>What all mappings make of some issues: types, links, statuses, priorities and people.</summary>
    /// <param name="issues">The issues.</param>
    /// <param name="policy">How they become work items.</param>
    /// <param name="links">How links become relations.</param>
    private protected List<SyncCheck> CheckMappings(
        IReadOnlyCollection<Replica> issues, WorkItemPolicy policy, LinkTypeMapping links)
    {
        var (types, relationTypes) = (Await(Ado.Client.GetWorkItemTypesAsync), Await(Ado.Client.GetRelationTypesAsync));
        var checks = new MappingChecks(
            issues, new WorkItemTypeMapping(policy.Types, types.Select(type => type.Name)), types);
        // Scripts of mappings are run by the pipeline's thread, which waits for them here.
        return Await(token => Task.Run(
            () => new List<SyncCheck>(
            [
                .. checks.IssueTypes(),
                .. checks.LinkTypes(links, relationTypes, Unmapped),
                .. checks.Statuses(policy.States),
                .. checks.Priorities(policy.Fields),
                .. checks.People(policy.Fields, policy.People),
            ]),
            token));
    }
}
