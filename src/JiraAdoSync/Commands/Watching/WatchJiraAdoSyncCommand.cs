using System.Management.Automation;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Security;
using JiraAdoSync.Files;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Profiles;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Rest.Listening;
using JiraAdoSync.Syncing;
using JiraAdoSync.Watching;

namespace JiraAdoSync.Commands;

/// <summary>
/// Keeps both sites in step until it is stopped: for a service, a container or a terminal.
/// </summary>
/// <remarks>
/// It starts with a full run of the profile. After that it reads the change feeds of both services every -PollInterval, takes
/// webhooks where -Listen says so, and runs Invoke-JiraAdoSync for what changed. Every -FullEvery there is a full run, which
/// finds what no feed shows. A change is only a hint: the items are read before anything is done, so hints may be lost,
/// doubled or late without harm.
/// <para>
/// Each run writes its summary; warnings and errors of runs are written as they come. After a failure the command waits five
/// seconds, then twice as long each time, up to five minutes, and goes on. There is no state to keep: where it is killed, the
/// next start completes what was left. Two watchers of one pair of sites give the result of one.
/// </para>
/// <para>
/// With -Listen, POST /jira takes webhooks of Jira, signed with -JiraHookSecret, and POST /azure-devops takes service hooks of
/// Azure DevOps with -AdoHookCredential or -AdoHookSecret. GET / shows the status to a browser on this machine, GET /metrics
/// gives it to Prometheus, and GET /healthz says 503 after three failures in a row. See docs/watching.md.
/// </para>
/// </remarks>
/// <example>
/// <para>Keeps what a profile selects in step.</para>
/// <code>
/// Connect-JiraAdo -Profile sync.psd1
/// Watch-JiraAdoSync -Profile sync.psd1
/// </code>
/// </example>
/// <example>
/// <para>Listens for webhooks behind a reverse proxy, and ends after 55 minutes.</para>
/// <code>
/// $secret = Read-Host -AsSecureString 'Secret of the webhook in Jira'
/// Watch-JiraAdoSync -Profile sync.psd1 -Listen http://localhost:8080/ -JiraHookSecret $secret -StopAfter 00:55:00
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Watch, "JiraAdoSync", SupportsShouldProcess = true)]
[OutputType(typeof(SyncSummary))]
public sealed class WatchJiraAdoSyncCommand : JiraAdoCommand
{
    private readonly OwnRuns _ownRuns = new(TimeProvider.System);
    private PowerShell? _running;

    /// <summary>The file with the parameters of the sync, as New-JiraAdoProfile writes it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Profile { get; set; } = null!;

    /// <summary>How often the change feeds are read: 10 seconds to one day.</summary>
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

        var time = TimeProvider.System;
        var queue = new HintQueue(time);
        var runs = new WatchedRuns(this, jira.Client, ado.Client, path, jql, profile.Find("Wiql"))
        {
            IsTwoWay = profile.Find("Direction") is { } direction
                && !direction.Equals(nameof(FieldDirection.JiraToAdo), StringComparison.OrdinalIgnoreCase),
        };
        WatchFile? file = null;
        var watcher = new Watcher(
            new WatchOptions { PollInterval = PollInterval, FullEvery = FullEvery },
            [new JiraFeed(jira.Client, jql, time), new AdoFeed(ado.Client, time) { IsOurs = _ownRuns.Include }],
            runs,
            queue,
            new WatchStatus
            {
                State = WatchState.Waiting, Profile = path, JiraSite = jira.Site, AdoProject = ado.ToString(),
                ProcessId = Environment.ProcessId, Started = time.GetUtcNow(), Updated = time.GetUtcNow(),
            },
            time)
        {
            OnChange = _ => file?.Update(),
            OnFailure = failure => Post(() => WriteError(Errors.Of(failure))),
        };
        using var listener = Listen is null ? null : new HookListener(Listen, Secrets(), queue, () => watcher.Status, time)
        {
            // The feed of revisions finds what somebody else changes in the time of a run.
            IsOurs = hook => hook.Hints.All(hint => hint.Side == HintSide.AzureDevOps) && hook.Sent is { } sent
                && _ownRuns.Include(sent) && hook.By?.Equals(ado.Client.Account.Id, StringComparison.OrdinalIgnoreCase) != false,
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
                "ParameterConflict", "Secrets of webhooks need an address to listen on: give -Listen, too.", nameof(Listen));
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

    /// <summary>Runs Invoke-JiraAdoSync in this session, on the pipeline's thread.</summary>
    private SyncSummary Invoke(string path, string? name, object? value)
    {
        using var run = _ownRuns.Begin();
        using var shell = _running = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("JiraAdoSync\\Invoke-JiraAdoSync").AddParameter("Profile", path).AddParameter("Summary");
        if (name is not null)
        {
            shell.AddParameter(name, value);
        }

        try
        {
            SyncSummary? summary = null;
            foreach (var output in shell.Invoke())
            {
                summary = output.BaseObject as SyncSummary ?? summary;
                WriteObject(output);
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

    private sealed class WatchedRuns(
        WatchJiraAdoSyncCommand command, JiraClient jira, AdoClient ado, string path, string jql, string? wiql) : IWatchedRuns
    {
        public required bool IsTwoWay { get; init; }

        public Task<SyncSummary> SyncAllAsync(CancellationToken cancellationToken) => RunAsync(null, null, cancellationToken);

        public async Task<HintedRun> SyncAsync(IReadOnlyCollection<Hint> hints, CancellationToken cancellationToken)
        {
            var issues = hints.Where(hint => hint.Side == HintSide.Jira).Select(hint => hint.Id).ToHashSet();
            var items = hints.Where(hint => hint.Side == HintSide.AzureDevOps).Select(hint => (int)hint.Id).ToHashSet();
            var loose = new HashSet<int>();
            if (items.Count > 0)
            {
                var reader = new TwoWay.Stages.WorkItemReader(ado, jira.Site, new AzureDevOps.OwnAccounts(ado.Account, []));
                foreach (var item in await reader.ReadAsync(items, cancellationToken).ConfigureAwait(false))
                {
                    if (item.IssueId is { } issue)
                    {
                        issues.Add(issue);
                    }
                    else
                    {
                        loose.Add(item.WorkItemId);
                    }
                }
            }

            var selected = await SelectAsync(issues, cancellationToken).ConfigureAwait(false);
            var summaries = new List<SyncSummary>();
            if (selected.Count > 0)
            {
                summaries.Add(await RunAsync("IssueId", selected.ToArray(), cancellationToken).ConfigureAwait(false));
            }

            if (IsTwoWay && wiql is not null && loose.Count > 0)
            {
                var found = await ado.QueryAsync(
                    $"({AzureDevOps.Wiql.ConditionOf(wiql)}) AND [System.Id] IN ({string.Join(',', loose)})", cancellationToken)
                    .ConfigureAwait(false);
                if (found.Count > 0)
                {
                    summaries.Add(await RunAsync("WorkItemId", found.ToArray(), cancellationToken).ConfigureAwait(false));
                }
            }

            return new HintedRun(summaries, hints
                .Where(hint => hint.Side == HintSide.Jira && !selected.Contains(hint.Id)).ToList());
        }

        /// <summary>Which issues the query selects: ids that don't exist would make it fail.</summary>
        private async Task<HashSet<long>> SelectAsync(IReadOnlyCollection<long> issues, CancellationToken cancellationToken)
        {
            var selected = new HashSet<long>();
            var readable = issues.Count == 0 ? new HashSet<long>()
                : await jira.FindReadableAsync(issues, cancellationToken).ConfigureAwait(false);
            if (readable.Count > 0)
            {
                var query = Jql.And(Jql.WithoutOrder(jql), $"id in ({string.Join(',', readable)})");
                await foreach (var issue in jira.SearchAsync(query, IssueDetail.None, cancellationToken).ConfigureAwait(false))
                {
                    selected.Add(issue.IssueId);
                }
            }

            return selected;
        }

        private Task<SyncSummary> RunAsync(string? name, object? value, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var done = new TaskCompletionSource<SyncSummary>(TaskCreationOptions.RunContinuationsAsynchronously);
            command.Post(() =>
            {
                try
                {
                    done.SetResult(command.Invoke(path, name, value));
                }
                catch (Exception failure) when (failure is SyncException or ServiceException)
                {
                    done.SetException(failure);
                }
            });
            return done.Task.WaitAsync(cancellationToken);
        }
    }
}
