using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Files;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Commands;

/// <summary>
/// Recreates the graph of a Jira selection in Azure DevOps: work items, relations, parents. It reads both sides,
/// plans the whole, and only then writes what differs; the last object is a summary.
/// </summary>
/// <remarks>
/// Every link, every parent and every relation of ours gets a decision before the first write. What can't be done
/// is a result that says why, and the next run tries again. A second run changes only what changed. The summary's
/// Outcome is NoChange, Changed, Partial or Failed.
/// <para>
/// Work items get the summary as title, the state of the status's category, priority, labels as tags, the assignee by
/// e-mail address, story points as Story Points, Effort or Size, and the due date as Due Date or Target Date, whichever
/// their type has; with -BypassRules new ones get the people who reported the issue and changed it last, and its dates.
/// -FieldMapping adds fields, such as @{ 'Area Path' = 'Components'; 'Iteration Path' = 'Sprint' }, and leaves defaults
/// out with $null. A field is written when something of the issue changed in Jira since the last write, and only where
/// it differs from the current value. Tags are added to those that people put there; a tag is removed with its label
/// only if a sync put it there.
/// </para>
/// <para>
/// For runs that follow one another, -StatePath reads only what changed since the last one that did all that it should,
/// and -Key and -IssueId take what a webhook sends. Jira need not move an issue's time of change when one of its links
/// is added or removed, and what people change in Azure DevOps moves nothing in Jira: a regular run over everything,
/// without -StatePath and -UpdatedSince, belongs to every setup.
/// </para>
/// </remarks>
/// <example>
/// <para>Plans, and writes nothing.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly
/// </code>
/// </example>
/// <example>
/// <para>Syncs, and keeps the summary.</para>
/// <code>
/// $results = Invoke-JiraAdoSync -Jql 'project = SHOP'
/// $results[-1].Outcome
/// </code>
/// </example>
/// <example>
/// <para>Syncs with a mapping of one's own, and removes relations whose link no longer exists.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -LinkTypeMapping @{ blocks = 'Successor'; 'relates to' = 'Related' } `
///     -TypeMapping @{ 'New Feature' = 'Feature', 'User Story' } -Prune
/// </code>
/// </example>
/// <example>
/// <para>Takes the first of two shares of a large sync: the parallel jobs of a pipeline take one each.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -SliceIndex 1 -SliceCount 2
/// </code>
/// </example>
/// <example>
/// <para>Syncs what a file says, and in a later run only what changed since.</para>
/// <code>
/// New-JiraAdoProfile -Path sync.psd1 -Jql 'project = SHOP'
/// Invoke-JiraAdoSync -Profile sync.psd1 -StatePath state.json
/// Invoke-JiraAdoSync -Profile sync.psd1 -StatePath state.json
/// </code>
/// </example>
/// <example>
/// <para>Brings comments, attachments up to 10 MB and web links too, and shows first what it would remove.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments -IncludeAttachments -AttachmentLimit 10 -IncludeWebLinks `
///     -Prune -WhatIf
/// </code>
/// </example>
[Cmdlet(
    VerbsLifecycle.Invoke, "JiraAdoSync",
    SupportsShouldProcess = true,
    DefaultParameterSetName = ByQuery,
    HelpUri = OnlineHelp.Pages + "Invoke-JiraAdoSync.md")]
[OutputType(typeof(WorkItemResult), typeof(RelationResult), typeof(SyncSummary), typeof(WorkItemChange),
    typeof(RelationChange), typeof(IssueResult), typeof(IssueLinkResult), typeof(FieldResult))]
public sealed partial class InvokeJiraAdoSyncCommand : WholeSyncCommand
{
    private const string ByQuery = "Jql";
    private const string ByKey = "Key";
    private const string ById = "IssueId";

    private Reporting.Report? _report;
    private IReadOnlyList<Replica>? _read;

    /// <summary>
    /// A bounded query, such as <c>project = ABC</c>. It is needed where neither issues are named nor a profile has it.
    /// </summary>
    [Parameter(Position = 0, ParameterSetName = ByQuery)]
    [ArgumentCompleter(typeof(JqlCompleter))]
    public string? Jql { get; set; }

    /// <summary>
    /// Keys of issues, instead of a query; a text may hold several, separated by commas or line breaks. One that can't
    /// be read is among the summary's FailedKeys, and the run is Partial, or Failed where none could.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = ByKey)]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[]? Key { get; set; }

    /// <summary>Numeric ids of issues, instead of a query: webhooks of links send nothing else.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ById)]
    public long[]? IssueId { get; set; }

    /// <summary>
    /// Read only the issues of the query that changed since this time, and in the ten minutes before it: Jira's search
    /// may be behind.
    /// </summary>
    [Parameter(ParameterSetName = ByQuery)]
    public DateTimeOffset? UpdatedSince { get; set; }

    /// <summary>
    /// A file that remembers when the last run began that did all that it should: only what changed since is read.
    /// Where it is missing, or the query or a mapping has changed, everything is.
    /// </summary>
    [Parameter(ParameterSetName = ByQuery)]
    public string? StatePath { get; set; }

    /// <summary>
    /// Which share of the sync this run takes, from 1, where several take one each at the same time, as in parallel
    /// jobs of Azure Pipelines with $env:SYSTEM_JOBPOSITIONINPHASE and $env:SYSTEM_TOTALJOBSINPHASE. Each reads and
    /// plans the whole; a last run without slices completes what waited for another's work items.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int? SliceIndex { get; set; }

    /// <summary>How many shares there are.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int? SliceCount { get; set; }

    /// <summary>Show the plan, and write nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <summary>
    /// Write the summary only, or with -PlanOnly what the plan amounts to, and no row for each change: for thousands of
    /// them.
    /// </summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <summary>
    /// Files to write a report of the run, or of the plan, to; existing ones are replaced. What ends in .md gets
    /// Markdown, any other HTML.
    /// </summary>
    [Parameter]
    public string[]? Report { get; set; }

    /// <summary>The names of the parameters that no profile has: they are of one run, or of one session.</summary>
    internal static IReadOnlyCollection<string> Reserved =>
    [
        nameof(WorkItemId), nameof(Baseline), nameof(Profile), nameof(Key), nameof(IssueId), nameof(UpdatedSince),
        nameof(StatePath), nameof(PlanOnly), nameof(Summary), nameof(Report), nameof(SliceIndex), nameof(SliceCount), nameof(JiraConnection), nameof(AdoConnection),
    ];

    private protected override bool IsSummaryOnly => Summary;

    private protected override void Note(object row)
    {
        if (Report is not null)
        {
            (_report ??= NewReport(JiraConnection, AdoConnection)).Note(row);
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        Array.ForEach(
            Report ?? [],
            path => TextFile.Check(GetUnresolvedProviderPathFromPSPath(path), "ReportUnwritable"));
        var run = StartRun();
        TakeProfile(Profile, Reserved, ignored: []);
        if (Direction != FieldDirection.JiraToAdo)
        {
            SyncBothWays(run);
            return;
        }

        RefuseOfTwoWay();
        var slice = SliceIndex is null && SliceCount is null ? null : new Slice(SliceIndex ?? 0, SliceCount ?? 0);
        var (workItemPolicy, relationPolicy) = (
            ReadPolicy(CreatePaths, IncludeHistory, IncludeWebLinks),
            RelationPolicy);
        if (StatePath is not null && !PlanOnly && !IsWhatIf)
        {
            TextFile.Check(GetUnresolvedProviderPathFromPSPath(StatePath), "StateFileUnwritable");
        }

        var synchronizer = new Synchronizer(NewContext(CorrelationField));

        var began = TimeProvider.System.GetUtcNow();
        var (read, plan) = WithAllGaps(workItemPolicy, () =>
        {
            var issues = Read(synchronizer, workItemPolicy, began);
            issues.Issues.ToList().ForEach(replica => Session.Current.Remember(replica));
            return (issues, Await(token => synchronizer.PlanAsync(
                issues, (workItemPolicy, relationPolicy), slice, isToBeApplied: !PlanOnly, token)));
        });
        if (PlanOnly)
        {
            WarnOfPeople(plan.WorkItems.Changes.Where(change => change.IsWrite)
                .SelectMany(change => change.UnknownPeople));
            WritePlan(plan);
            WriteReport();
            return;
        }

        if (plan.Refusal is not null)
        {
            throw plan.Refusal;
        }

        Apply(synchronizer.Apply(Approve(plan)));
        var isWhole = EndRun(SummaryOf(read.Issues.Count), run);
        WriteReport();
        if (StatePath is not null && isWhole && slice is null)
        {
            new RunState { Mark = began, Sync = DigestOfSync() }.Write(GetUnresolvedProviderPathFromPSPath(StatePath));
        }
    }

    /// <summary>
    /// Reads and plans. Where a mapping lacks something, the error says what all of them lack: whoever mends one wants
    /// to know.
    /// </summary>
    private T WithAllGaps<T>(WorkItemPolicy policy, Func<T> plan)
    {
        try
        {
            return plan();
        }
        catch (SyncException gap) when (
            gap.Id is "LinkTypeUnmapped" or "IssueTypeUnmapped" or "MappingInvalid" && _read is not null)
        {
            List<SyncCheck> gaps;
            try
            {
                gaps = CheckMappings(
                    _read,
                    policy,
                    Mappings.OfLinkTypes(
                        LinkTypeMapping, Await(Ado.Client.GetRelationTypesAsync), NoDefaultLinkTypes),
                    Unmapped);
            }
            catch (SyncException)
            {
                throw gap;
            }

            throw gaps.Exists(check => check is { Result: CheckResult.Failed, Entry: not null })
                ? new SyncException(gap.Id, MappingChecks.Describe(gaps), gap.Subject)
                : gap;
        }
    }

    private void WriteReport() =>
        Array.ForEach(
            Report ?? [],
            path =>
                ReportFiles.Write(
                    _report ?? NewReport(JiraConnection, AdoConnection),
                    GetUnresolvedProviderPathFromPSPath(path)));

    private IssuesRead Read(
        Synchronizer synchronizer,
        WorkItemPolicy policy,
        DateTimeOffset now)
    {
        var (client, ado, detail) = (Jira.Client, Ado.Client, policy.Detail);
        if (Key is not null || IssueId is not null)
        {
            var names = Key ?? IssueId!.Select(id => id.ToString(CultureInfo.InvariantCulture)).ToArray();
            var named = ReadNamed(Jira, names, detail).ToList();
            Await(ado.GetRelationTypesAsync);
            return new IssuesRead(named, Convert(named));
        }

        if (UpdatedSince is not null && StatePath is not null)
        {
            throw new SyncException(
                "ParameterConflict",
                "-StatePath remembers since when issues have to be read; another time could leave a gap. Leave -UpdatedSince out.",
                nameof(UpdatedSince));
        }

        if (string.IsNullOrWhiteSpace(Jql))
        {
            throw new SyncException(
                "ParameterMissing",
                "Nothing says which issues to sync. Give -Jql, -Key or -IssueId, or an entry Jql in the profile.",
                nameof(Jql));
        }

        var since = UpdatedSince ?? ReadState();
        var jql = since is { } time ? JiraAdoSync.Jira.Jql.UpdatedSince(Jql, time, now) : Jql;
        // A new issue needs its description, unless it is left alone, or its comments are rendered, which come with it.
        var renderings = NoCreate || IncludeComments ? Renderings.None : synchronizer.Renderings;
        var read = Await(token =>
            synchronizer.ReadAsync(
                client.SearchAsync(jql, detail, renderings, token), Convert, PlanOnly || IsWhatIf ? null : policy, token));
        if (read.Issues.Count == 0 && since is null)
        {
            WriteWarning(Await(client.MayBrowseAsync)
                ? $"The query finds no issue that this account may see: {Jql}"
                : "The query finds nothing, since the account may not browse any project of this Jira.");
        }

        return read;

        IReadOnlyCollection<DesiredRelation> Convert(IReadOnlyList<Replica> issues)
        {
            _read = issues;
            return ConvertLinks(
                Mappings.OfLinkTypes(LinkTypeMapping, ado.KnownRelationTypes!, NoDefaultLinkTypes),
                ado.KnownRelationTypes!,
                LinksOf(issues),
                Unmapped,
                IsPart,
                warning => Post(() => WriteWarning(warning)));
        }

        static IEnumerable<IssueLink> LinksOf(IEnumerable<Replica> issues) =>
            issues.SelectMany(issue => issue.ParentAndLinks());
    }

    /// <summary>Whether only some issues of a selection are read: then a mapping has more than they need.</summary>
    private bool IsPart => Key is not null || IssueId is not null || UpdatedSince is not null || StatePath is not null;

    private DateTimeOffset? ReadState()
    {
        if (StatePath is null)
        {
            return null;
        }

        var mark = RunState.Read(
            GetUnresolvedProviderPathFromPSPath(StatePath),
            DigestOfSync(),
            TimeProvider.System.GetUtcNow(),
            out var why);
        WriteVerbose(mark is null ? $"Everything is read: {why}." : $"What changed since {mark:u} is read.");
        return mark;
    }

    /// <summary>
    /// A digest of all that decides what a run makes of an issue: where it changes, every issue is looked at.
    /// </summary>
    private string DigestOfSync() => Digest.Of(SyncProfile.ParametersOf(this, [.. Reserved, .. OfTwoWay])
        .Select(parameter => KeyValuePair.Create(parameter.Name, Mappings.Format(parameter.GetValue(this))))
        .Append(KeyValuePair.Create("(site)", (string?)Jira.Site))
        .Append(KeyValuePair.Create("(project)", (string?)$"{Ado.OrganizationUri} {Ado.Project}")));
}
