using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Stages;

namespace JiraAdoSync.Commands;

/// <summary>Adds the issue links that are desired and do not exist yet.</summary>
/// <remarks>
/// A link that says the same as the relation is kept, whichever of its types the site uses. Each new link is read back:
/// one that was created the other way round is removed again, and is an error. Nothing is removed. It needs a
/// connection that allows writes (Connect-JiraSite -AllowWrite).
/// </remarks>
/// <example>
/// <para>Adds the links that the relations of two work items become.</para>
/// <code>
/// Get-AdoRelation -WorkItemId 1, 2 | Convert-RelationType | Sync-JiraLink
/// </code>
/// </example>
/// <example>
/// <para>Shows what would be added for all work items below an area, and adds nothing.</para>
/// <code>
/// Get-AdoWorkItem -Wiql "[System.AreaPath] UNDER 'Fabrikam'" | Get-AdoRelation | Convert-RelationType | Sync-JiraLink -WhatIf
/// </code>
/// </example>
[Cmdlet(VerbsData.Sync, "JiraLink", SupportsShouldProcess = true, HelpUri = OnlineHelp.Pages + "Sync-JiraLink.md")]
[OutputType(typeof(IssueLinkResult))]
public sealed class SyncJiraLinkCommand : JiraAdoCommand
{
    private readonly List<DesiredIssueLink> _desired = [];

    /// <summary>The desired links from Convert-RelationType.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public DesiredIssueLink[] DesiredLink { get; set; } = null!;

    /// <summary>The folder for the run's record; by default below the user's local application data.</summary>
    [Parameter]
    public string? RunPath { get; set; }

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    /// <summary>
    /// How many requests to each service may be under way at once. Fewer are while a service throttles.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int ThrottleLimit { get; set; } = 5;

    private JiraConnection Jira => Session.Resolve(JiraConnection, ThrottleLimit);

    private AdoConnection Ado => Session.Resolve(AdoConnection, ThrottleLimit);

    /// <inheritdoc/>
    protected override void Process() => _desired.AddRange(DesiredLink);

    /// <inheritdoc/>
    protected override void Finish()
    {
        TwoWay.TwoWayRun.RequireWrites(Jira.Client);
        using var record = new RunRecord(
            RunPath is null ? null : GetUnresolvedProviderPathFromPSPath(RunPath),
            RunRecord.Of(MyInvocation.MyCommand.Name, Jira, Ado) with { WritesJira = true },
            TimeProvider.System,
            warning => Post(() => WriteWarning(warning)));
        var sync = new IssueLinkSync(Jira.Client, new RunLog(record.WriteLine, TimeProvider.System));
        var plan = Await(token => sync.PlanAsync(_desired, token));
        var wanted = new List<DesiredIssueLink>();
        foreach (var (link, line) in _desired.Zip(plan))
        {
            if (
                line.Action == ChangeAction.Create
                && ShouldProcess($"{line.Source} -> {line.Target}", $"Add the link '{line.Phrase}' in Jira"))
            {
                wanted.Add(link);
            }
            else
            {
                WriteObject(
                    line.Action == ChangeAction.Create && !IsWhatIf
                        ? line with
                        {
                            Action = ChangeAction.Declined,
                        }
                        : line);
            }
        }

        if (wanted.Count == 0)
        {
            return;
        }

        record.Open();
        WritePosted();
        var results = Await(token => sync.AddAsync(wanted, token));
        foreach (var result in results)
        {
            WriteObject(result);
            if (result.Error is { } error)
            {
                WriteError(Errors.Of(error, $"{result.Source} -> {result.Target}"));
            }
        }

        record.End(results.All(result => result.IsApplied) ? "Changed" : "Partial");
    }
}
