using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.TwoWay.Merging;

/// <summary>
/// Decides for one field of one pair which side is behind.
/// <list type="number">
/// <item>Where both sides <i>correspond</i>, nothing is written, whatever the base says. Correspondence is a relation
/// and not equality: Jira's priorities "High" and "Urgent" may both be 2, and while Azure DevOps has 2, either is
/// right. That is what keeps two sides from correcting each other for ever.</item>
/// <item>Else the base shows who changed it: the side whose value is not that of the base. Only Jira: its value is
/// written to Azure DevOps. Only Azure DevOps: the other way. A direction that does not allow it leaves both as they
/// are, reason <c>Direction</c>.</item>
/// <item>Where both changed it, the policy decides, or it stays as it is on both sides: a conflict. A field that is
/// written one way only to Azure DevOps is overwritten or kept there, as one-way synchronisation has it.</item>
/// <item>A field that people emptied and that the other side demands is empty on one side in the base, too: it stays so,
/// reason <c>EmptyRefused</c>, until somebody changes it on either side.</item>
/// <item>A value that the other side refused is not sent again until somebody changes it on either side: reason
/// <c>ValueRefused</c>. Where that is on the side that refused it, both did. One that Azure DevOps refused is sent again when
/// the work item has another state, too: its rules may allow it there.</item>
/// <item>Without a base the histories show who changed the field since the last run. Where they do not, it is a
/// conflict, reason <c>NoBase</c>. A pair without a base gets one and no value in Jira changes, unless the user says
/// which side counts.</item>
/// <item>Sets (tags and labels) are merged by their elements: what one side added is added on the other, what one side
/// removed is removed on the other. They are never a conflict.</item>
/// </list>
/// <code>
/// base  Jira  Azure DevOps
/// High  Low   2             Jira changed it        2 becomes 4
/// High  High  4             Azure DevOps did       High becomes Low (the first that is 4)
/// High  Low   1             both did               conflict
/// High  Urgent 2            they correspond        nothing
/// a b   a c   a b d         b went, c and d came   a c d on both sides
/// </code>
/// </summary>
public static class FieldMerge
{
    /// <summary>
    /// How far apart two edits must be for one of them to be the newer: clocks of two services differ.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    /// <summary>Decides.</summary>
    /// <param name="field">The field as it is on both sides.</param>
    /// <param name="policy">What the user chose.</param>
    public static FieldDecision Decide(FieldPair field, MergePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(policy);
        if (field.Direction == FieldDirection.None || field.Corresponds)
        {
            return new FieldDecision(MergeAction.Keep, null);
        }

        return field.IsSet ? DecideSet(field, policy) : DecideValue(field, policy);
    }

    /// <summary>Whether the histories of both sides are needed to decide, or to say who did what.</summary>
    /// <param name="field">The field as it is on both sides.</param>
    /// <param name="policy">What the user chose.</param>
    public static bool NeedsHistory(FieldPair field, MergePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(field);
        return (field.JiraEdit is null || field.AdoEdit is null)
            && (Decide(field, policy).Action == MergeAction.Conflict
                || (field.Base is null && !field.Corresponds && !field.IsSet && field.Direction != FieldDirection.None));
    }

    private static FieldDecision DecideValue(FieldPair field, MergePolicy policy)
    {
        if (field.Base is null)
        {
            return WithoutBase(field, policy);
        }

        if (field.IsRefused)
        {
            return Refused(field);
        }

        var (jira, ado) = (field.HasJiraChanged, field.HasAdoChanged);
        return (jira, ado) switch
        {
            (true, false) => To(MergeAction.ToAzureDevOps, field),
            (false, true) => To(MergeAction.ToJira, field),
            (true, true) => Both(field, policy, null),
            _ when field.IsDemandable && field.Jira is null != field.Ado is null => new FieldDecision(MergeAction.Keep, Reasons.EmptyRefused),
            // Neither side changed: the mapping did.
            _ => field.Direction.IncludesAdo()
                ? new FieldDecision(MergeAction.ToAzureDevOps, null)
                : new FieldDecision(MergeAction.ToJira, null),
        };
    }

    private static FieldDecision Refused(FieldPair field) =>
        new(
            MergeAction.Keep,
            string.IsNullOrEmpty(field.RefusedBy == Side.Jira ? field.Ado : field.Jira)
                ? Reasons.EmptyRefused
                : Reasons.ValueRefused);

    private static FieldDecision To(MergeAction action, FieldPair field)
    {
        var isAllowed = action == MergeAction.ToJira ? field.Direction.IncludesJira() : field.Direction.IncludesAdo();
        return isAllowed ? new FieldDecision(action, null) : new FieldDecision(MergeAction.Keep, Reasons.Direction);
    }

    private static FieldDecision WithoutBase(FieldPair field, MergePolicy policy)
    {
        if (policy.Baseline is { } counts)
        {
            return To(counts == Side.Jira ? MergeAction.ToAzureDevOps : MergeAction.ToJira, field) with
            {
                IsBaseline = true,
            };
        }

        if (field.Direction == FieldDirection.JiraToAdo)
        {
            return new FieldDecision(
                policy.FieldConflict == FieldConflict.Keep ? MergeAction.Keep : MergeAction.ToAzureDevOps, null);
        }

        return (field.JiraEdit, field.AdoEdit) switch
        {
            // What changed since the last one-way run is known: the base is what it was before.
            ({ IsKnown: true } jira, { IsKnown: true } ado) => (jira.HasChanged, ado.HasChanged) switch
            {
                (true, false) => To(MergeAction.ToAzureDevOps, field),
                (false, true) => To(MergeAction.ToJira, field) with { IsBaseline = true },
                _ => Both(field, policy, Reasons.NoBase),
            },
            _ => Both(field, policy, Reasons.NoBase),
        };
    }

    /// <summary>Both sides changed the field, as far as anybody knows.</summary>
    private static FieldDecision Both(FieldPair field, MergePolicy policy, string? reason)
    {
        if (field.Direction == FieldDirection.JiraToAdo)
        {
            return policy.FieldConflict == FieldConflict.Keep
                ? new FieldDecision(MergeAction.Keep, nameof(FieldConflict))
                : new FieldDecision(MergeAction.ToAzureDevOps, null) { IsDecidedConflict = true };
        }

        var winner = policy.FieldConflict switch
        {
            FieldConflict.JiraWins => Side.Jira,
            FieldConflict.AdoWins => Side.AzureDevOps,
            FieldConflict.Newest => Newer(field),
            _ => (Side?)null,
        };
        return winner switch
        {
            Side.Jira when field.Direction.IncludesAdo() =>
                new FieldDecision(MergeAction.ToAzureDevOps, reason) { IsDecidedConflict = true },
            Side.AzureDevOps when field.Direction.IncludesJira() =>
                new FieldDecision(MergeAction.ToJira, reason) { IsDecidedConflict = true },
            null => new FieldDecision(MergeAction.Conflict, reason),
            _ => new FieldDecision(MergeAction.Conflict, Reasons.Direction),
        };
    }

    /// <summary>The side whose edit of the field is the newer one; null where that is not sure.</summary>
    private static Side? Newer(FieldPair field) => (field.JiraEdit?.When, field.AdoEdit?.When) switch
    {
        ({ } jira, { } ado) when (jira - ado).Duration() > Tolerance => jira > ado ? Side.Jira : Side.AzureDevOps,
        _ => null,
    };

    private static FieldDecision DecideSet(FieldPair field, MergePolicy policy)
    {
        if (field.IsRefused)
        {
            return Refused(field);
        }

        var (jira, ado) = (field.JiraSet!, field.AdoSet!);
        var all = jira.Union(ado, StringComparer.OrdinalIgnoreCase);
        HashSet<string> merged;
        var isBaseline = false;
        if (field.Base?.Elements is { } elements)
        {
            var known = elements.ToHashSet(StringComparer.Ordinal);
            // What is on one side only was added there, or removed on the other.
            merged = Set(all.Where(one => (jira.Contains(one) && ado.Contains(one)) || !known.Contains(DigestOf(one))));
        }
        else if (field.Base is not null && !(field.HasJiraChanged && field.HasAdoChanged))
        {
            merged = Set(field.HasAdoChanged ? ado : jira);
        }
        else if (field.Base is null && policy.Baseline is { } counts)
        {
            (merged, isBaseline) = (Set(counts == Side.Jira ? jira : ado), true);
        }
        else
        {
            // Nobody knows what was removed: nothing is.
            (merged, isBaseline) = (Set(all), field.Base is null);
        }

        var toJira =
            isBaseline && policy.Baseline != Side.AzureDevOps ? jira : Merged(jira, field.Direction.IncludesJira());
        var toAdo = Merged(ado, field.Direction.IncludesAdo());
        var (writesJira, writesAdo) = (!jira.SetEquals(toJira), !ado.SetEquals(toAdo));
        return new FieldDecision(
            (writesJira, writesAdo) switch
            {
                (true, true) => MergeAction.ToBoth,
                (true, false) => MergeAction.ToJira,
                (false, true) => MergeAction.ToAzureDevOps,
                _ => MergeAction.Keep,
            },
            Set(toJira).SetEquals(toAdo) ? null : isBaseline ? Reasons.NoBase : Reasons.Direction)
        {
            JiraSet = toJira,
            AdoSet = toAdo,
            IsBaseline = isBaseline,
        };

        IReadOnlySet<string> Merged(IReadOnlySet<string> present, bool isAllowed) => isAllowed ? merged : present;
    }

    /// <summary>The digest of an element of a set, as a register has it.</summary>
    /// <param name="element">The element.</param>
    public static string DigestOf(string element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return ShortDigest.Of(element.ToUpperInvariant());
    }

    private static HashSet<string> Set(IEnumerable<string> elements) =>
        elements.ToHashSet(StringComparer.OrdinalIgnoreCase);
}
