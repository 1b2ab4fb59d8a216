using JiraAdoSync.Applying.Contents;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Maps issues as they arrive, while further ones are read.
/// <list type="bullet">
/// <item>An issue with a work item is compared with it. In most runs most pairs are alike; the plan looks at the marks of
/// their work items and not at the values, which would be most of what a run keeps, and maps no issue again of which
/// everything is known. The plan decides all the same: where it differs from this, which knows no other issue, the values
/// are read again.</item>
/// <item>Of an issue without one the plan takes the result, see <see cref="WorkItemPlanning.Keep"/>; with the first of them the
/// service is asked whether the account may create work items.</item>
/// </list>
/// </summary>
/// <param name="context">What the phases share.</param>
/// <param name="planning">Plans the work items.</param>
/// <param name="policy">What the user chose; null where all values are wanted.</param>
internal sealed class EarlyMapping(SyncContext context, WorkItemPlanning planning, WorkItemPolicy? policy)
{
    private readonly Dictionary<string, TextFields> _textFields = [];
    private PlanBasis? _basis;
    private bool _isGivenUp = policy is null;
    private Task? _permission;

    /// <summary>The project's work item types, once they are there: nothing is mapped before.</summary>
    public Task<IReadOnlyList<WorkItemType>>? Types { get; set; }

    /// <summary>Asks whether the account may create work items; is completed where nothing is to be created. A no is no failure.</summary>
    public Task Permission => _permission ?? Task.CompletedTask;

    /// <summary>
    /// Maps an issue. Where nothing of it changed since the values of its work item were written, these are let go.
    /// </summary>
    /// <param name="replica">The issue.</param>
    /// <param name="found">Its work item; null where it has none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work item, with its values or without.</returns>
    public FoundWorkItem? Map(Replica replica, FoundWorkItem? found, CancellationToken cancellationToken)
    {
        if (_isGivenUp || !IsToBeMapped(found))
        {
            return found;
        }

        try
        {
            if (Basis() is not { } basis || WorkItemPlanning.TypeOf(basis, replica, found) is not { } type)
            {
                return found;
            }

            var remarks = basis.Mapper.Remarks;
            var desired = planning.Map(basis, replica, type);
            var isWhole = basis.Mapper.Remarks == remarks && desired.UnknownPeople.Count == 0;
            if (found is not null)
            {
                return Compare(basis, found, desired, isWhole);
            }

            if (isWhole)
            {
                planning.Keep(desired);
            }

            _permission ??= planning.AskPermissionAsync(type.Name, policy!.BypassRules, cancellationToken);
            return null;
        }
        catch (SyncException)
        {
            // The plan says what is wrong with a mapping.
            _isGivenUp = true;
            return found;
        }
    }

    private bool IsToBeMapped(FoundWorkItem? found) => found is null
        ? policy!.MayCreate
        : found.Mark is not null && context.Store.Has(found.WorkItem);

    private FoundWorkItem Compare(PlanBasis basis, FoundWorkItem found, DesiredWorkItem desired, bool isWhole)
    {
        var mark = found.Mark!;
        var (hasTexts, hasContent) = context.Contents is null ? (true, false) : ContentPlanner.IsAsWritten(
            desired.Replica, mark, basis.Policy.Content, TextFieldsOf(basis, desired.WorkItemType!).Further);
        var hasFields = hasTexts && WorkItemPlanner.AreFieldsOf(mark, desired);
        return !hasFields && !hasContent ? found : found with
        {
            WorkItem = hasFields ? found.WorkItem.WithoutValues() : found.WorkItem,
            HasFieldsOfIssue = hasFields && isWhole,
            HasContentOfIssue = hasContent,
        };
    }

    private TextFields TextFieldsOf(PlanBasis basis, string type) => _textFields.TryGetValue(type, out var known)
        ? known
        : _textFields[type] = planning.TextFieldsOf(basis, type);

    /// <summary>What issues are mapped with; null while the project's types are not known yet.</summary>
    private PlanBasis? Basis()
    {
        if (_basis is null && Types is { IsCompletedSuccessfully: true, Result: var known })
        {
            var types = known.ToDictionary(type => type.Name, StringComparer.OrdinalIgnoreCase);
            var mapping = new WorkItemTypeMapping(policy!.Types, types.Values.Select(type => type.Name));
            var mapper = new WorkItemMapper(
                policy.Fields, policy.States, policy.People, context.Store.Project, issues: []);
            _basis = new PlanBasis(policy, types, mapping, mapper, [], (_, _) => throw new NotSupportedException(), 1);
        }

        return _basis;
    }
}
