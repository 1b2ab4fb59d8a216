using System.Management.Automation;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Security;
using JiraAdoSync.Files;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Profiles;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Rest.Listening;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.Watching;

namespace JiraAdoSync.Commands;

/// <summary>
/// Keeps both sites in step until it is stopped: for a service, a container or a terminal.
/// </summary>
/// <remarks>
/// It starts with a full run of the profile. After that it reads the change feeds of both services every -PollInterval,
/// takes webhooks where -Listen says so, and runs Invoke-JiraAdoSync for what changed. Every -FullEvery there is a full
/// run, which finds what no feed shows. A change is only a hint: the items are read before anything is done, so hints
/// may be lost, doubled or late without harm.
/// <para>
/// Each run writes its summary; warnings and errors of runs are written as they come. After a failure the command waits
/// five seconds, then twice as long each time, up to five minutes, and continues. There is no state to keep: where it
/// is killed, the next start completes what was left. Two watchers of one pair of sites give the result of one.
/// </para>
/// <para>
/// With -Listen, POST /jira takes webhooks of Jira, signed with -JiraHookSecret, and POST /azure-devops takes service
/// hooks of Azure DevOps with -AdoHookCredential or -AdoHookSecret. GET / shows the status to a browser on this
/// machine, GET /metrics gives it to Prometheus, and GET /healthz says 503 after three failures in a row. See
/// docs/watching.md.
/// </para>
/// </remarks>
/// <example>
/// <para>Keeps what a profile selects in step.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// Watch-JiraAdoSync -Profile sync.psd1
/// </code>
/// </example>
/// <example>
/// <para>Listens for webhooks behind a reverse proxy, and ends after 55 minutes.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// $secret = Read-Host -AsSecureString 'Secret of the webhook in Jira'
/// Watch-JiraAdoSync -Profile sync.psd1 -Listen http://localhost:8080/ -JiraHookSecret $secret -StopAfter 00:55:00
/// </code>
/// </example>
[Cmdlet(
    VerbsCommon.Watch, "JiraAdoSync",
    SupportsShouldProcess = true,
    HelpUri = OnlineHelp.Pages + "Watch-JiraAdoSync.md")]
[OutputType(typeof(SyncSummary))]
public sealed class WatchJiraAdoSyncCommand : JiraAdoCommand
{
    private readonly OwnRuns _ownRuns = new(TimeProvider.System);
    private PowerShell? _running;
    private string? _runFolder;

    /// <summary>How many issues the last full run was about.</summary>
    private int _selected;

    /// <summary>The file with the parameters of the sync, as New-JiraAdoProfile writes it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Profile { get; set; } = null!;

    /// <summary>How often the change feeds are read: one second to one day.</summary>
    [Parameter]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often everything is synchronised.</summary>
    [Parameter]
    public TimeSpan FullEvery { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Stop after this time, as a job of a pipeline has to before its time is over.</summary>
    [Parameter]
    public TimeSpan? StopAfter { get; set; }

    /// <summary>
    /// The address to listen on for webhooks, such as http://localhost:8080/, where a reverse proxy sends them to; in a
    /// container http://*:8080/.
    /// </summary>
    [Parameter]
    public string? Listen { get; set; }

    /// <summary>The secret of Jira's webhooks; without it none are served.</summary>
    [Parameter]
    public SecureString? JiraHookSecret { get; set; }

    /// <summary>The user name and password of Azure DevOps' service hooks.</summary>
    [Parameter]
    [Credential]
    public PSCredential? AdoHookCredential { get; set; }

    /// <summary>What Azure DevOps' service hooks send in the header X-Hook-Secret.</summary>
    [Parameter]
    public SecureString? AdoHookSecret { get; set; }

    /// <inheritdoc/>
    protected override void Finish()
    {
        CheckParameters();
        var path = GetUnresolvedProviderPathFromPSPath(Profile);
        var profile = SyncProfile.Read(path);
        var (jira, ado) = (Session.Resolve((JiraConnection?)null), Session.Resolve((AdoConnection?)null));
        profile.CheckSites(jira.Site, ado.OrganizationUri, ado.Project);
        var jql = profile.Find("Jql") ?? throw new SyncException(
            "ParameterMissing", $"The profile '{path}' has no entry Jql, which says what to keep in step.", path);
        if (!ShouldProcess($"{jira} -> {ado}", "Keep in step"))
        {
            return;
        }

        _runFolder = profile.Find("RunPath") is { } given ? GetUnresolvedProviderPathFromPSPath(given) : null;
        var time = TimeProvider.System;
        var options = new WatchOptions { PollInterval = PollInterval, FullEvery = FullEvery };
        var queue = new PendingHints(time);
        var direction = Enum.TryParse<FieldDirection>(profile.Find("Direction"), ignoreCase: true, out var named)
            ? named
            : FieldDirection.JiraToAdo;
        var selection = new WatchedSelection(jql, profile.Find("Wiql"))
        {
            IsTwoWay = direction != FieldDirection.JiraToAdo,
            JiraProject = profile.Find("JiraProject"),
        };
        var runs = new WatchedRuns(
            jira.Client,
            ado.Client,
            Session.Current.CacheOf(jira, ado),
            selection,
            (only, token) => InvokeAsync(path, selection, only, token));
        WatchFile? file = null;
        var watcher = new Watcher(
            options,
            new WatchedSites(
                [
                    new JiraFeed(jira.Client, selection.WatchedJql, time),
                    new AdoFeed(ado.Client, time) { IsInRun = _ownRuns.Include },
                ],
                runs),
            queue,
            new WatchStatus
            {
                State = WatchState.Waiting, Profile = path, JiraSite = jira.Site, AdoProject = ado.ToString(),
                Direction = direction, ProcessId = Environment.ProcessId, Started = time.GetUtcNow(), Updated = time.GetUtcNow(),
            },
            time)
        {
            OnChange = _ => file?.Update(),
            OnFailure = failure => Post(() => WriteError(Errors.Of(failure))),
        };
        using var listener = Listen is null
            ? null
            : new HookListener(Listen, Secrets(), queue, () => watcher.Status, time)
            {
                DelayOf = hook =>
                    hook.By?.Equals(ado.Client.Account.Id, StringComparison.OrdinalIgnoreCase) == true
                    && hook.Sent is { } sent
                    && _ownRuns.Include(sent)
                        ? options.EchoDelay
                        : TimeSpan.Zero,
            };
        using var written = file = WatchFile.DefaultFolder is { } folder
            ? new WatchFile(folder, () => listener?.Status ?? watcher.Status, time) : null;
        Await(token => UntilAsync(watcher, token));
    }

    private async Task UntilAsync(Watcher watcher, CancellationToken cancellationToken)
    {
        using var interruption = cancellationToken.Register(() => _running?.BeginStop(null, null));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (StopAfter is { } span)
        {
            stop.CancelAfter(span);
        }

        try
        {
            await watcher.RunAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
    }

    private void CheckParameters()
    {
        Range(nameof(PollInterval), PollInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Range(nameof(FullEvery), FullEvery, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        if (StopAfter is { } span)
        {
            Range(nameof(StopAfter), span, TimeSpan.FromSeconds(1), TimeSpan.FromDays(40));
        }

        var hasSecret = JiraHookSecret is not null || AdoHookCredential is not null || AdoHookSecret is not null;
        if (Listen is null && hasSecret)
        {
            throw new SyncException(
                "ParameterConflict",
                "Secrets of webhooks need an address to listen on: give -Listen, too.",
                nameof(Listen));
        }

        static void Range(string name, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                throw new SyncException(
                    "ParameterInvalid", $"-{name} is {value:g}. Give a time between {least:g} and {most:g}.", name);
            }
        }
    }

    private HookSecrets Secrets() => new()
    {
        Jira = JiraHookSecret,
        AzureDevOps = AdoHookCredential is { } credential
            ? new NetworkCredential(credential.UserName, credential.Password) : null,
        AzureDevOpsHeader = AdoHookSecret,
    };

    private Task<SyncSummary> InvokeAsync(
        string path, WatchedSelection selection, RunScope scope, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource<SyncSummary>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(Invoke(path, selection, scope));
            }
            catch (Exception failure) when (failure is SyncException or ServiceException)
            {
                done.SetException(failure);
            }
        });
        return done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Runs Invoke-JiraAdoSync in this session, on the pipeline's thread.</summary>
    private SyncSummary Invoke(string path, WatchedSelection selection, RunScope scope)
    {
        using var run = _ownRuns.Begin();
        using var shell = _running = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("JiraAdoSync\\Invoke-JiraAdoSync").AddParameter("Profile", path).AddParameter("Summary");
        if (scope.IssueIds.Count > 0)
        {
            shell.AddParameter("IssueId", scope.IssueIds.ToArray());
        }

        if (scope.WorkItemIds.Count > 0)
        {
            shell.AddParameter("WorkItemId", scope.WorkItemIds.ToArray());
        }

        var named = scope.IssueIds.Count + scope.WorkItemIds.Count;
        if (named > TwoWayPolicy.AlwaysWritable && selection.IsTwoWay)
        {
            var limit = SyncProfile.Read(path).FindNumber("WriteLimit") ?? TwoWayPolicy.DefaultWriteLimit;
            shell.AddParameter("WriteLimit", TwoWayPolicy.WriteLimitAmong(named, _selected, limit));
        }

        try
        {
            SyncSummary? summary = null;
            foreach (var output in shell.Invoke())
            {
                summary = output.BaseObject as SyncSummary ?? summary;
                WriteObject(output);
            }

            _selected = named == 0 && summary is not null ? summary.Issues : _selected;
            if (summary is { Outcome: SyncOutcome.NoChange })
            {
                // There may be many a minute, and there is nothing that could be undone.
                RunRecord.DeleteEmpty(_runFolder, summary.RunId);
            }

            return summary ?? throw new PipelineStoppedException();
        }
        catch (RuntimeException failure) when (failure.InnerException is SyncException or ServiceException)
        {
            ExceptionDispatchInfo.Throw(failure.InnerException);
            throw;
        }
        finally
        {
            shell.Streams.Warning.ToList().ForEach(warning => WriteWarning(warning.Message));
            shell.Streams.Error.ToList().ForEach(WriteError);
            _running = null;
        }
    }
}
