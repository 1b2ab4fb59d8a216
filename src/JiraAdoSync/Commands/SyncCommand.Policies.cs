using System.Collections;
using System.Management.Automation;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.Commands;

/// <summary>
/// Reads what the user chose from the parameters of a command: its own, or those that the file of a plan keeps.
/// </summary>
public abstract partial class SyncCommand
{
    /// <summary>What the user chose, with every name resolved against both sites.</summary>
    /// <param name="given">The command that has the parameters.</param>
    /// <param name="createPaths">Whether areas and iterations that do not exist are created.</param>
    /// <param name="history">Whether issues' histories become comments.</param>
    /// <param name="webLinks">Whether issues' web links become hyperlinks.</param>
    private protected WorkItemPolicy ReadPolicy(
        WorkItemCommand given, bool createPaths, bool history, bool webLinks)
    {
        var types = Mappings.WorkItemTypes(given.TypeMapping).ToList();
        var states = new StateMapping(Mappings.States(given.StateMapping));
        var priorities = new PriorityMapping(Mappings.Priorities(given.PriorityMapping));
        var people = Mappings.People(given.UserMapping, (script, person) => Evaluate(script, person, nameof(WorkItemCommand.UserMapping)));
        var fields = Mappings
            .Fields(given.FieldMapping, (script, replica, name) =>
                Evaluate(script, replica, $"{nameof(WorkItemCommand.FieldMapping)} '{name}'"))
            .ToList();
        var (jira, ado) = (Jira.Client, Ado.Client);
        // All at once: what is asked again below is there.
        Await(token => Task.WhenAll(
            jira.GetFieldsAsync(token),
            ado.GetWorkItemTypesAsync(token),
            WritesJira ? ado.GetRelationTypesAsync(token) : Task.CompletedTask,
            fields.Count == 0 ? Task.CompletedTask : ado.GetFieldsAsync(token)));
        IReadOnlyList<WorkItemField> known = fields.Count == 0 ? [] : Await(ado.GetFieldsAsync);
        return new WorkItemPolicy
        {
            Types = types,
            States = states,
            People = people,
            Fields = new FieldMapping(
                fields,
                new FieldCatalog(Await(jira.GetFieldsAsync), known, Await(ado.GetWorkItemTypesAsync)),
                given.BypassRules,
                priorities),
            FieldConflict = given.FieldConflict,
            Content = new ContentPolicy
            {
                Comments = given.IncludeComments,
                Attachments = given.IncludeAttachments,
                AttachmentLimit = (long)given.AttachmentLimit << 20,
                Prune = given.Prune,
                History = history,
                WebLinks = webLinks,
            },
            CreatePaths = createPaths,
            MayCreate = !given.NoCreate,
            BypassRules = given.BypassRules,
        };
    }

    /// <summary>What the phases of a run share that may write to Jira.</summary>
    /// <param name="policy">What the user chose for both sides.</param>
    /// <param name="items">What the user chose for work items.</param>
    /// <param name="relations">What the user chose for relations.</param>
    /// <param name="links">Which relation a link becomes.</param>
    /// <param name="transitionFields">Values for the screens of transitions.</param>
    private protected TwoWayContext NewTwoWayContext(
        TwoWayPolicy policy,
        WorkItemPolicy items,
        RelationPolicy relations,
        LinkTypeMapping links,
        Hashtable? transitionFields) => new()
    {
        Sync = NewContext(FieldOfCorrelation),
        Issues = Jira.Client,
        Organization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
        Policy = policy,
        WorkItems = items,
        Relations = relations,
        Links = links,
        Notify = Notifies,
        TransitionFields = transitionFields is null
            ? new Dictionary<string, object?>()
            : ScreenValues.Of(Mappings.ScreenValues(transitionFields), Await(Jira.Client.GetFieldsAsync)),
    };

    /// <summary>The same, of a whole sync.</summary>
    /// <param name="given">The command that has the parameters.</param>
    /// <param name="baseline">Which side counts where nobody knows what both had in common; null where none does.</param>
    /// <param name="writeLimit">How many per cent of the pairs may be changed in Jira in one kind.</param>
    private protected TwoWayContext NewTwoWayContext(WholeSyncCommand given, Side? baseline, int writeLimit)
    {
        var items = ReadPolicy(given, given.CreatePaths, given.IncludeHistory, given.IncludeWebLinks);
        var types = Await(Ado.Client.GetRelationTypesAsync);
        return NewTwoWayContext(
            given.ReadTwoWayPolicy(baseline) with { WriteLimit = writeLimit },
            items,
            given.RelationPolicy,
            Mappings.OfLinkTypes(given.LinkTypeMapping, types, given.NoDefaultLinkTypes),
            given.TransitionField);
    }

    /// <summary>Turns the links and parents of issues into the relations that they are to become.</summary>
    /// <param name="context">What the user chose.</param>
    /// <param name="replicas">The issues.</param>
    /// <param name="unmapped">What to do with links whose type the mapping does not have.</param>
    private protected IReadOnlyCollection<DesiredRelation> ConvertLinks(
        TwoWayContext context, IReadOnlyList<Replica> replicas, UnmappedLinks unmapped) => ConvertLinks(
            context.Links,
            Await(Ado.Client.GetRelationTypesAsync),
            replicas.SelectMany(issue => issue.ParentAndLinks()),
            unmapped,
            isPart: true,
            warning => Post(() => WriteWarning(warning)));

    /// <summary>Runs a script of a mapping, on the pipeline's thread, for whichever thread plans.</summary>
    private object? Evaluate(ScriptBlock script, object? input, string about) => OnPipeline(() =>
    {
        try
        {
            var output = script.InvokeWithContext(null, [new PSVariable("_", input)], input)
                .Select(one => one?.BaseObject)
                .ToArray();
            // A value of Jira that has parts is identified by its name; anything else with parts by nothing.
            return output.FirstOrDefault(one => one is PSCustomObject or Hashtable) is { } thing
                ? throw new SyncException(
                    "MappingInvalid",
                    $"The script of -{about} gives {(thing is Hashtable ? "a hashtable" : "an object with properties")} for {input}. Have "
                    + "it give text, a number, a date, $true or $false, a list of these, or $null.",
                    input)
                : output.Length > 1 ? output : output.FirstOrDefault();
        }
        catch (RuntimeException failure) when (failure is not PipelineStoppedException)
        {
            throw new SyncException(
                "MappingInvalid", $"The script of -{about} fails for {input}: {failure.Message}", input);
        }
    });
}
