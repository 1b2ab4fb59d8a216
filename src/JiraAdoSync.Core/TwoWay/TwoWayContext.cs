using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>What the phases of a run share that may write to both sides.</summary>
public sealed class TwoWayContext
{
    /// <summary>What they share with those of a run that writes to Azure DevOps only.</summary>
    public required SyncContext Sync { get; init; }

    /// <summary>The issues.</summary>
    public required IIssueStore Issues { get; init; }

    /// <summary>The address of the organisation, as registers have it.</summary>
    public required string Organization { get; init; }

    /// <summary>What the user chose for both sides.</summary>
    public required TwoWayPolicy Policy { get; init; }

    /// <summary>What the user chose for work items.</summary>
    public required WorkItemPolicy WorkItems { get; init; }

    /// <summary>What the user chose for relations.</summary>
    public required RelationPolicy Relations { get; init; }

    /// <summary>Which relation a link becomes.</summary>
    public required LinkTypeMapping Links { get; init; }

    /// <summary>Whether those who watch issues are notified.</summary>
    public bool Notify { get; init; }

    /// <summary>Values for the screens of transitions, by field.</summary>
    public IReadOnlyDictionary<string, object?> TransitionFields { get; init; } = new Dictionary<string, object?>();

    /// <summary>Records changes of issues.</summary>
    internal IssueLog Log => field ??= new(Sync.Log);

    /// <summary>What is asked about each issue.</summary>
    public IssueDetail Detail => WorkItems.Detail with { Property = true };

    /// <summary>The project of the work items.</summary>
    internal string Project => Sync.Store.Project;

    /// <summary>Whether issues get more of their work items than fields.</summary>
    internal bool WritesContents => Policy.Direction.IncludesJira() && Sync.Contents is not null;

    /// <summary>Whether issues link to their work items.</summary>
    internal bool LinksWorkItems => Policy.LinksWorkItems && WritesContents;

    /// <summary>Writes what issues remember of their pairs, many at once.</summary>
    /// <param name="registers">The registers, by the issue's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    internal async Task WriteAsync(
        IReadOnlyDictionary<long, IssueRegister> registers, CancellationToken cancellationToken)
    {
        if (registers.Count == 0)
        {
            return;
        }

        var errors = await Issues.WritePropertiesAsync(PropertiesOf(registers), cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
        {
            Sync.Warn($"{Amount.Of(errors.Count, "issue")} could not record what is on both sides, the first because: {errors.First().Value.Message} "
                + "A link of them that is removed on one side may be made again there.");
        }
    }

    /// <summary>The same, where an issue that could not be written is read once more by the next run, and nothing else.</summary>
    /// <param name="registers">The registers, by the issue's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    internal Task TryWriteAsync(
        IReadOnlyDictionary<long, IssueRegister> registers, CancellationToken cancellationToken) =>
        registers.Count == 0
            ? Task.CompletedTask
            : Issues.TryWritePropertiesAsync(PropertiesOf(registers), cancellationToken);

    private Dictionary<long, string> PropertiesOf(IReadOnlyDictionary<long, IssueRegister> registers)
    {
        foreach (var id in registers.Keys)
        {
            Log.Touch(id);
        }

        return registers.ToDictionary(one => one.Key, one => one.Value.ToJson());
    }

    /// <summary>
    /// The issues whose pairs were planned once more, since somebody changed their work items during the run.
    /// </summary>
    internal HashSet<long> PlannedAgain { get; } = [];

    /// <summary>The digests of rich texts that were read back from Jira, by the issue's id and the field.</summary>
    private readonly Dictionary<(long IssueId, string Field), string> _texts = [];

    /// <summary>Takes note of rich texts as Jira keeps them since they were written.</summary>
    /// <param name="texts">Their digests, by the issue's id and the reference name of the work item's field.</param>
    internal void Remember(IReadOnlyDictionary<(long IssueId, string Field), string> texts)
    {
        foreach (var (field, digest) in texts)
        {
            _texts[field] = digest;
        }
    }

    /// <summary>Copies of files that issues no longer name, by the issue's id, see <see cref="RemovedFiles"/>.</summary>
    internal IReadOnlyDictionary<long, IReadOnlyList<FileBase>> RecalledFiles { get; set; } =
        new Dictionary<long, IReadOnlyList<FileBase>>();

    /// <summary>The fields that Jira refused, by the issue's id, as work items call them.</summary>
    internal Dictionary<long, IReadOnlyCollection<string>> Refused { get; } = [];

    /// <summary>The fields of work items that Azure DevOps refused, by the issue's id.</summary>
    internal Dictionary<long, IReadOnlyList<string>> RefusedByAdo { get; } = [];

    /// <summary>The fields of work items that were written, by the issue's id, of work items that were.</summary>
    internal Dictionary<long, IReadOnlyList<string>> WrittenFields { get; } = [];

    /// <summary>
    /// Whether a pair is as the plan has it. Where somebody changed the work item during the run, or what should have
    /// been written to it was not, what the plan says of both sides is not true: the next run looks at the pair again.
    /// </summary>
    internal bool IsAsPlanned(PairPlan pair) => !PlannedAgain.Contains(pair.Pair.Issue.IssueId)
        && (!pair.WorkItem.IsWrite || WrittenFields.ContainsKey(pair.Pair.Issue.IssueId));

    /// <summary>The register of a pair after some writes: its links are those that are on both sides now.</summary>
    internal IssueRegister RegisterOf(PairPlan pair, BaseNeeds done)
    {
        var nonce = pair.Pair.Found.Mark?.Nonce ?? pair.WorkItem.Nonce!;
        if (!IsAsPlanned(pair))
        {
            // Nothing new is known of the values.
            return (
                IssueRegister.Parse(pair.Pair.Issue.Property) is { } known && known.Nonce == nonce
                    ? known
                    : pair.RegisterAfter(done, nonce, Organization, Project) with
                    {
                        Fields = new Dictionary<string, FieldBase>(),
                    }) with
            {
                Links = pair.Links ?? pair.Pair.Base.Links,
            };
        }

        // What the service did without is in step with nothing.
        var id = pair.Pair.Issue.IssueId;
        var written = WrittenFields.GetValueOrDefault(id) ?? [];
        var register = pair
            .WithRefused(RefusedByAdo.GetValueOrDefault(id) ?? [], BaseNeeds.Ado)
            .Without(pair.WorkItem.Fields.Keys.Except(written, StringComparer.OrdinalIgnoreCase).ToList())
            .WithRefused(Refused.GetValueOrDefault(id) ?? [], BaseNeeds.Jira)
            .RegisterAfter(done, nonce, Organization, Project);
        return pair.Texts.Count == 0 ? register : register.With(
            pair.Texts.Values
                .Select(field => (Field: field, Digest: _texts.GetValueOrDefault((pair.Pair.Issue.IssueId, field))))
                .Where(text => text.Digest is not null)
                .ToDictionary(text => text.Field, text => text.Digest!));
    }
}
