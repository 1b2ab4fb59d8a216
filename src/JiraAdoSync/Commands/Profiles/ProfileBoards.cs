using System.Management.Automation;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Drafting;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>What both sites have, as far as mappings speak of it.</summary>
/// <param name="JiraFields">The fields of the Jira site.</param>
/// <param name="Types">The work item types of the project.</param>
/// <param name="Fields">The fields of the organisation.</param>
/// <param name="RelationTypes">The relation types of the organisation.</param>
/// <param name="PriorityOrder">The priorities of the Jira site, the most urgent first.</param>
/// <param name="Project">The project's name.</param>
internal sealed record SiteMetadata(
    JiraFields JiraFields,
    IReadOnlyList<WorkItemType> Types,
    IReadOnlyList<WorkItemField> Fields,
    RelationTypes RelationTypes,
    IReadOnlyList<string> PriorityOrder,
    string Project);

/// <summary>Works out what boards profiles want.</summary>
/// <param name="sites">What both sites have.</param>
internal sealed class ProfileBoards(SiteMetadata sites)
{
    /// <summary>What must be read of each issue for a profile.</summary>
    /// <exception cref="SyncException"><c>MappingInvalid</c> or <c>ProfileInvalid</c>.</exception>
    public IssueDetail DetailOf(SyncProfile profile)
    {
        using var parameters = ParametersOf(profile);
        return FieldsOf(parameters).Detail;
    }

    /// <summary>The board that a profile wants, of the issues that it selects.</summary>
    /// <exception cref="SyncException"><c>MappingInvalid</c> or <c>ProfileInvalid</c>.</exception>
    public DesiredBoard Of(SyncProfile profile, IReadOnlyCollection<Replica> issues)
    {
        using var parameters = ParametersOf(profile);
        var policy = new WorkItemPolicy
        {
            Types = Mappings.WorkItemTypes(parameters.TypeMapping).ToList(),
            States = new StateMapping(Mappings.States(parameters.StateMapping)),
            People = Mappings.People(
                Mappings.WithFile(parameters.UserMapping, file => Path.Combine(profile.Folder, file)), Evaluate),
            Fields = FieldsOf(parameters),
        };
        return DesiredBoard.Of(
            issues,
            policy,
            Mappings.OfLinkTypes(parameters.LinkTypeMapping, sites.RelationTypes, parameters.NoDefaultLinkTypes),
            parameters.Unmapped,
            sites.Types,
            sites.RelationTypes,
            sites.Project);
    }

    /// <summary>
    /// The entries, as drafts name them, that a profile leaves out: by <c>$null</c> for a name, an id, a phrase or
    /// <c>'*'</c>, and link types that it has nothing for where those are skipped.
    /// </summary>
    /// <param name="profile">The profile.</param>
    /// <param name="names">The names that both sites have.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c> or <c>ProfileInvalid</c>.</exception>
    public IReadOnlyCollection<string> LeftOut(SyncProfile profile, SiteNames names)
    {
        using var parameters = ParametersOf(profile);
        var types = new WorkItemTypeMapping(
            Mappings.WorkItemTypes(parameters.TypeMapping),
            sites.Types.Select(type => type.Name));
        var links = Mappings.OfLinkTypes(
            parameters.LinkTypeMapping,
            sites.RelationTypes,
            parameters.NoDefaultLinkTypes);
        var skipsUnmapped = parameters.Unmapped is UnmappedLinks.Skip or UnmappedLinks.Warn;
        var nulls = profile.Values.Where(value => value is { Key: not null, InnerKey: null, Value: null }).ToList();
        return
        [
            .. names
                .IssueTypes.Select(one => one.Key)
                .Where(type => types.TryMap(type, out var mapped) && mapped is null)
                .Select(type => DraftEntry.NameOf("TypeMapping", type.Name)),
            .. names.LinkTypes.Select(one => one.Key).Where(IsLeftOut)
                .Select(type => DraftEntry.NameOf("LinkTypeMapping", type.Name)),
            .. nulls.Where(value => IsSame(value.Table, "StateMapping"))
                .Select(value => DraftEntry.NameOf("StateMapping", value.Key)),
            .. names.WorkItemFields
                .Where(field => nulls.Exists(value => IsSame(value.Table, "FieldMapping")
                    && (IsSame(value.Key!, field.Name) || IsSame(value.Key!, field.ReferenceName))))
                .Select(field => DraftEntry.NameOf("FieldMapping", field.Name)),
        ];

        bool IsLeftOut(LinkType type) => links.RuleFor(type) is var rule
            && (rule == LinkRule.LeftOut || (rule == LinkRule.Unmapped && skipsUnmapped));
    }

    /// <summary>
    /// In what two profiles differ, and what each difference would change, by itself, on the board of the first.
    /// </summary>
    /// <param name="before">The first profile.</param>
    /// <param name="issuesBefore">The issues that it selects.</param>
    /// <param name="after">The other profile.</param>
    /// <param name="issuesAfter">The issues that it selects.</param>
    public IEnumerable<ProfileDifference> Compare(
        SyncProfile before,
        IReadOnlyCollection<Replica> issuesBefore,
        SyncProfile after,
        IReadOnlyCollection<Replica> issuesAfter)
    {
        var board = Try(() => Of(before, issuesBefore), out var problem);
        foreach (var (one, other) in ProfileValue.Differences(before, after).ToList())
        {
            var name = (one ?? other)!;
            var isQuery = name.Table.Equals("Jql", StringComparison.OrdinalIgnoreCase);
            var changed = Try(() => Of(before.With(name, other), isQuery ? issuesAfter : issuesBefore), out var wrong);
            var effect = board is null || changed is null ? null : board.ChangesTo(changed, NameOf);
            yield return Of(one, other) with
            {
                WorkItems = effect?.WorkItems,
                Relations = effect?.Relations,
                Effect = effect is null ? $"can't be worked out: {wrong ?? problem}"
                    : effect is { WorkItems: 0, Relations: 0 } ? NoEffectOf(name) : effect.Text,
            };
        }
    }

    /// <summary>A difference whose effect nobody worked out.</summary>
    public static ProfileDifference Of(ProfileValue? before, ProfileValue? after) => new()
    {
        Entry = (before ?? after)!.Name,
        Before = before?.Text,
        After = after?.Text,
    };

    /// <summary>Why an entry changes no plain field and no relation.</summary>
    private static string NoEffectOf(ProfileValue name) =>
        name.Table switch
        {
            "TypeMapping"
            or "StateMapping"
            or "PriorityMapping"
            or "LinkTypeMapping"
            or "FieldMapping"
            or "UserMapping"
            or "Jql"
            or "Unmapped"
            or "NoDefaultLinkTypes" => "nothing",
            "IncludeComments" or "IncludeHistory" or "IncludeAttachments" or "IncludeWebLinks" =>
                "which contents come over",
            _ => "how a run works, not what the board is to hold",
        };

    private static bool IsSame(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private string NameOf(string referenceName) =>
        sites
            .Fields.FirstOrDefault(field =>
                field.ReferenceName.Equals(referenceName, StringComparison.OrdinalIgnoreCase))
            ?.Name
        ?? referenceName;

    private FieldMapping FieldsOf(InvokeJiraAdoSyncCommand parameters)
    {
        var priorities = new PriorityMapping(Mappings.Priorities(parameters.PriorityMapping));
        priorities.Learn(sites.PriorityOrder);
        return new FieldMapping(
            Mappings.Fields(parameters.FieldMapping, (script, input, _) => Evaluate(script, input)),
            new FieldCatalog(sites.JiraFields, sites.Fields, sites.Types),
            parameters.BypassRules,
            priorities);
    }

    /// <summary>The parameters that a profile gives to a run; the command is never run.</summary>
    private static InvokeJiraAdoSyncCommand ParametersOf(SyncProfile profile)
    {
        var parameters = new InvokeJiraAdoSyncCommand();
        var copy = profile.Copy();
        copy.LeaveOutConnections();
        copy.ApplyTo(parameters, [], InvokeJiraAdoSyncCommand.Reserved);
        return parameters;
    }

    private static object? Evaluate(ScriptBlock script, object? input)
    {
        var output = script.InvokeWithContext(null, [new PSVariable("_", input)], input)
            .Select(one => one?.BaseObject).ToArray();
        return output.Length > 1 ? output : output.FirstOrDefault();
    }

    private static T? Try<T>(Func<T> work, out string? problem)
        where T : class
    {
        problem = null;
        try
        {
            return work();
        }
        catch (Exception wrong) when (wrong is SyncException or RuntimeException)
        {
            problem = wrong.Message;
            return null;
        }
    }
}
