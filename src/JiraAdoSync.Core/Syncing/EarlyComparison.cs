using JiraAdoSync.Applying.Contents;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Compares issues with their work items as they arrive. In most runs most pairs are alike; the plan looks at the marks
/// of their work items and not at the values, which would be most of what a run keeps, and maps no issue again of which
/// everything is known. The plan decides all the same: where it differs from this, which knows no other issue, the values
/// are read again.
/// </summary>
/// <param name="context">What the phases share.</param>
/// <param name="planning">Plans the work items.</param>
/// <param name="policy">What the user chose; null where all values are wanted.</param>
internal sealed class EarlyComparison(SyncContext context, WorkItemPlanning planning, WorkItemPolicy? policy)
{
    private readonly Dictionary<string, TextFields> _textFields = [];
    private PlanBasis? _basis;
    private bool _isGivenUp = policy is null;

    /// <summary>The project's work item types, once they are there: nothing is compared before.</summary>
    public Task<IReadOnlyList<WorkItemType>>? Types { get; set; }

    /// <summary>
    /// Compares an issue with its work item, and lets the values of that go where nothing of the issue changed since they
    /// were written.
    /// </summary>
    /// <param name="replica">The issue.</param>
    /// <param name="found">Its work item.</param>
    /// <returns>The work item, with its values or without.</returns>
    public FoundWorkItem Compare(Replica replica, FoundWorkItem found)
    {
        if (_isGivenUp || found.Mark is not { } mark || !context.Store.Has(found.WorkItem))
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
            var (hasTexts, hasContent) = context.Contents is null ? (true, false) : ContentPlanner.IsAsWritten(
                replica, mark, basis.Policy.Content, TextFieldsOf(basis, type.Name).Further);
            var hasFields = hasTexts && WorkItemPlanner.AreFieldsOf(mark, desired);
            return !hasFields && !hasContent ? found : found with
            {
                WorkItem = hasFields ? found.WorkItem.WithoutValues() : found.WorkItem,
                HasFieldsOfIssue = hasFields && basis.Mapper.Remarks == remarks && desired.UnknownPeople.Count == 0,
                HasContentOfIssue = hasContent,
            };
        }
        catch (SyncException)
        {
            // The plan says what is wrong with a mapping.
            _isGivenUp = true;
            return found;
        }
    }

    private TextFields TextFieldsOf(PlanBasis basis, string type) => _textFields.TryGetValue(type, out var known)
        ? known
        : _textFields[type] = planning.TextFieldsOf(basis, type);

    /// <summary>What pairs are compared with; null while the project's types are not known yet.</summary>
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
