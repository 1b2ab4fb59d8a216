using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// Values of work items as Jira takes them. Each is mapped forth again before it is written: what would come back as
/// another one is held.
/// </summary>
/// <param name="fields">The fields as they are compared.</param>
/// <param name="context">What is known of the site.</param>
/// <param name="statuses">Which status a state becomes.</param>
/// <param name="statusesOf">The statuses that an issue can have.</param>
internal sealed class PairInverse(
    PairFields fields,
    InverseContext context,
    StatusMapping statuses,
    Func<Replica, IReadOnlyList<IssueStatus>> statusesOf)
{
    /// <summary>Finds the status that a state becomes.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="field">The state.</param>
    /// <param name="draft">Takes the status, or what no status becomes.</param>
    public bool TryToTarget(PairInput pair, PairField field, PairDraft draft)
    {
        if (statuses.StatusOf(pair.Issue, pair.Type, (string)field.AdoValue!, statusesOf(pair.Issue)) is { } status)
        {
            draft.Target = status;
            return true;
        }

        draft.NotInvertible.Add((field.Name, (string)field.AdoValue!));
        return false;
    }

    /// <summary>Puts a value among those that go to Jira.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="field">The field.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="draft">Takes the value, or why there is none.</param>
    public bool TryToJira(PairInput pair, PairField field, FieldDecision decision, PairDraft draft)
    {
        var rule = field.Rule!;
        if (field.Pair.IsSet)
        {
            var id = rule.Source.Reads.First();
            draft.Names[id] = field.Name;
            draft.ToJira[id] = IssueValue.OfSet(id, decision.JiraSet!, FieldValue.Read(pair.Issue, id)).Written;
            return true;
        }

        var value = rule.Source.InverseOf(field.AdoValue, pair.Issue, rule.Field, context);
        if (value is null && rule.Field.Kind == FieldKind.Person)
        {
            draft.Report(field, ChangeAction.Skip, Reasons.UnknownPerson,
                $"'{field.AdoValue}' is nobody whom an issue of this run names. -UserMapping says who it is.");
            return false;
        }

        if (value is null)
        {
            draft.NotInvertible.Add((field.Name, FieldValue.Describe(field.AdoValue)));
            return false;
        }

        var again = fields.Map(pair, value.On(pair.Issue));
        if (!again.TryGetValue(field.Name, out var back) || fields.TextOf(rule, field.Name, back) != field.Pair.Ado)
        {
            draft.Report(field, ChangeAction.Skip, Reasons.NotInvertible,
                $"'{FieldValue.Describe(field.AdoValue)}' would come back from Jira as '{FieldValue.Describe(back)}'.");
            return false;
        }

        draft.Names[value.Field] = field.Name;
        draft.ToJira[value.Field] = value.Written;
        if (PairFields.IsManyToOne(rule))
        {
            draft.Raw[field.Name] = PairFields.RawOf(rule, value.On(pair.Issue));
        }

        return true;
    }
}
