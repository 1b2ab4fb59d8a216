using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Threading.Channels;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Output;
using JiraAdoSync.Reporting;
using JiraAdoSync.Rest;

namespace JiraAdoSync.Commands;

/// <summary>
/// What every cmdlet here has: asynchronous work under a pipeline that is not, Ctrl-C that ends it at once, and errors
/// created by one class.
/// </summary>
public abstract class JiraAdoCommand : PSCmdlet, IDisposable
{
    private static readonly Action End = () => { };

    /// <summary>The command on whose behalf the work at hand is done.</summary>
    private static readonly AsyncLocal<JiraAdoCommand?> Running = new();

    private readonly BlockingCollection<Action> _posted = [];
    private readonly CancellationTokenSource _stop = new();
    private ProgressRecord? _shown;
    private volatile bool _isDrawing;
    private int _percent = -1;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes one object of the pipeline.</summary>
    protected virtual void Process()
    {
    }

    /// <summary>Takes the end of the pipeline.</summary>
    protected virtual void Finish()
    {
    }

    /// <summary>Lets the command's resources go.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _posted.Dispose();
            _stop.Dispose();
        }
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(Process);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(Finish);

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        if (_isDrawing && Host.Name == "ConsoleHost")
        {
            _ = CursorReport.AskAsync(() => _isDrawing, TimeProvider.System);
        }

        _stop.Cancel();
    }

    /// <summary>
    /// What people see where the pipeline is stopped before the command is done; null where there is nothing to
    /// report.
    /// </summary>
    private protected virtual string? Interruption => null;

    /// <summary>Blocks the pipeline until asynchronous work ends, and meanwhile makes what the work posts.</summary>
    /// <typeparam name="T">What the work results in.</typeparam>
    /// <param name="work">The work; its token is cancelled when the pipeline is stopped.</param>
    protected T Await<T>(Func<CancellationToken, Task<T>> work)
    {
        Running.Value = this;
        var task = Task.Run(() => work(_stop.Token));
        task.ContinueWith(
            _ => _posted.Add(End), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        var ended = false;
        try
        {
            for (var next = _posted.Take(); next != End; next = _posted.Take())
            {
                next();
            }

            ended = true;
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            if (!ended)
            {
                // What was posted stopped the pipeline (a warning under -WarningAction Stop): the work ends with it.
                _stop.Cancel();
                while (_posted.Take() != End)
                {
                }
            }
        }
    }

    /// <summary>Blocks the pipeline until asynchronous work ends, and meanwhile makes what the work posts.</summary>
    /// <param name="work">The work; its token is cancelled when the pipeline is stopped.</param>
    protected void Await(Func<CancellationToken, Task> work) => Await(async token =>
    {
        await work(token).ConfigureAwait(false);
        return true;
    });

    /// <summary>Takes what asynchronous work produces, one thing at a time, on the pipeline's thread.</summary>
    /// <typeparam name="T">What it produces.</typeparam>
    /// <param name="work">The work; its token is cancelled when the pipeline is stopped.</param>
    protected IEnumerable<T> Stream<T>(Func<CancellationToken, IAsyncEnumerable<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var source = work(_stop.Token).GetAsyncEnumerator(_stop.Token);
        try
        {
            while (MoveNext(source))
            {
                yield return source.Current;
            }
        }
        finally
        {
            source.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>
    /// Takes what asynchronous work produces, on the pipeline's thread, while the work continues: it does not wait
    /// until what it produced is written.
    /// </summary>
    /// <typeparam name="T">What it produces.</typeparam>
    /// <param name="work">The work; its token is cancelled when the pipeline is stopped, or wants no more.</param>
    protected IEnumerable<T> StreamBehind<T>(Func<CancellationToken, IAsyncEnumerable<T>> work)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var produced = Channel.CreateUnbounded<T>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        Running.Value = this;
        var producing = Task.Run(ProduceAsync);
        try
        {
            foreach (var one in Stream(produced.Reader.ReadAllAsync))
            {
                yield return one;
            }
        }
        finally
        {
            stop.Cancel();
            producing.GetAwaiter().GetResult();
        }

        async Task ProduceAsync()
        {
            Exception? failure = null;
            try
            {
                await foreach (var one in work(stop.Token).ConfigureAwait(false))
                {
                    produced.Writer.TryWrite(one);
                }
            }
            catch (Exception any)
            {
                // Whoever takes what was produced gets it, after all that was.
                failure = any;
            }

            produced.Writer.Complete(failure);
        }
    }

    /// <summary>
    /// Reports a connection's request on the verbose and debug streams of the command that it is sent for. A
    /// connection outlives the command that made it.
    /// </summary>
    /// <param name="trace">The request.</param>
    private protected static void Trace(RequestTrace trace)
    {
        if (Running.Value is { } command)
        {
            command.Post(() => command.Write(trace));
        }
    }

    /// <summary>Has something worked out by the pipeline's thread, while that waits for asynchronous work.</summary>
    /// <typeparam name="T">What it results in.</typeparam>
    /// <param name="work">The work; may be asked for from any thread but the pipeline's own.</param>
    protected T OnPipeline<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (SyncException failure)
            {
                done.SetException(failure);
            }
        });
        return done.Task.WaitAsync(_stop.Token).GetAwaiter().GetResult();
    }

    /// <summary>Has something written by the pipeline's thread, which alone may: verbose, warning, progress.</summary>
    /// <param name="write">The write; may come from any thread.</param>
    protected void Post(Action write) => _posted.Add(write);

    /// <summary>Writes what was posted so far, while no asynchronous work is waited for.</summary>
    protected void WritePosted()
    {
        while (_posted.TryTake(out var write))
        {
            write();
        }
    }

    /// <summary>Asks whether something is to be done; what is asked may name an issue by its summary.</summary>
    /// <param name="target">What it is done to.</param>
    /// <param name="action">What is done.</param>
    protected new bool ShouldProcess(string target, string action)
    {
        HideProgress();
        return base.ShouldProcess(Printable.Of(target), Printable.Of(action));
    }

    /// <summary>Writes an object.</summary>
    /// <param name="sendToPipeline">The object.</param>
    protected new void WriteObject(object? sendToPipeline)
    {
        HideProgress();
        base.WriteObject(sendToPipeline);
    }

    /// <summary>Writes an object, or what it is a collection of.</summary>
    /// <param name="sendToPipeline">The object.</param>
    /// <param name="enumerateCollection">Whether the elements of a collection are written one by one.</param>
    protected new void WriteObject(object? sendToPipeline, bool enumerateCollection)
    {
        HideProgress();
        base.WriteObject(sendToPipeline, enumerateCollection);
    }

    /// <summary>Writes to the verbose stream.</summary>
    /// <param name="text">The text.</param>
    protected new void WriteVerbose(string text)
    {
        HideProgress();
        base.WriteVerbose(Printable.Of(text));
    }

    /// <summary>Writes to the debug stream.</summary>
    /// <param name="text">The text.</param>
    protected new void WriteDebug(string text)
    {
        HideProgress();
        base.WriteDebug(Printable.Of(text));
    }

    /// <summary>Writes a warning; in a job of Azure Pipelines it is a warning of the job too.</summary>
    /// <param name="text">The warning.</param>
    protected new void WriteWarning(string text)
    {
        HideProgress();
        base.WriteWarning(Printable.Of(text));
        LogIssue("warning", text, "WarningAction", "WarningPreference");
    }

    /// <summary>
    /// Has a job of Azure Pipelines show a warning for each of several things of which one warning has been written;
    /// after some of them it shows how many more there are.
    /// </summary>
    /// <param name="texts">The warnings.</param>
    private protected void WriteIssues(IReadOnlyList<string> texts)
    {
        const int Shown = 10;
        foreach (var text in texts.Take(Shown))
        {
            LogIssue("warning", text, "WarningAction", "WarningPreference");
        }

        if (texts.Count > Shown)
        {
            LogIssue(
                "warning",
                $"And {Amount.Of(texts.Count - Shown)} more; the results and the report have them all.",
                "WarningAction",
                "WarningPreference");
        }
    }

    /// <summary>Writes an error and continues; in a job of Azure Pipelines it is an error of the job too.</summary>
    /// <param name="error">The error.</param>
    protected new void WriteError(ErrorRecord error)
    {
        ArgumentNullException.ThrowIfNull(error);
        HideProgress();
        LogIssue("error", error.Exception.Message, "ErrorAction", "ErrorActionPreference");
        base.WriteError(error);
    }

    /// <summary>Shows progress; in a job of Azure Pipelines the job's page shows it too.</summary>
    /// <param name="record">The progress.</param>
    protected new void WriteProgress(ProgressRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            HideProgress();
            return;
        }

        (record.Activity, record.StatusDescription, record.CurrentOperation) = (
            Printable.Of(record.Activity), Printable.Of(record.StatusDescription),
            Printable.Of(record.CurrentOperation));
        _shown = record;
        Draw(record);
        if (AzurePipelines.IsJob && record.PercentComplete >= 0 && record.PercentComplete != _percent)
        {
            _percent = record.PercentComplete;
            WriteHost(AzurePipelines.Progress(record.PercentComplete, record.StatusDescription));
        }
    }

    /// <summary>Writes a line that is no object of the pipeline, as Write-Host does.</summary>
    /// <param name="line">The line.</param>
    private protected void WriteHost(string line)
    {
        HideProgress();
        WriteInformation(new HostInformationMessage { Message = line }, ["PSHOST"]);
    }

    /// <summary>Writes objects as they come.</summary>
    /// <typeparam name="T">What they are.</typeparam>
    /// <param name="objects">The objects.</param>
    protected void WriteAll<T>(IEnumerable<T> objects)
    {
        // Not left to WriteObject, which would wrap what an enumeration throws.
        foreach (var one in objects)
        {
            WriteObject(one);
        }
    }

    /// <summary>Whether the command only shows what it would do.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? given is SwitchParameter { IsPresent: true }
        : SessionState.PSVariable.GetValue("WhatIfPreference") is SwitchParameter { IsPresent: true } or true;

    /// <summary>An empty report, with the addresses of both sites where they are known.</summary>
    /// <param name="jira">The site; null for that of the session.</param>
    /// <param name="ado">The project; null for that of the session.</param>
    private protected static Report NewReport(JiraConnection? jira, AdoConnection? ado)
    {
        ado ??= Session.Current.Ado;
        return new Report
        {
            Site = (jira ?? Session.Current.Jira)?.Site,
            Project = ado is null
                ? null
                : $"{ado.OrganizationUri.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(ado.Project)}",
            Made = TimeProvider.System.GetUtcNow(),
        };
    }

    /// <summary>The issues that were asked for by name and not read.</summary>
    private protected List<string> NotRead { get; } = [];

    /// <summary>
    /// Names as they were meant, each once: pwsh -File gives a list as one text, and a file's lines end in line breaks.
    /// </summary>
    /// <param name="names">Keys or ids.</param>
    private static List<string> Split(IEnumerable<string> names) => names
        .SelectMany(name => (name ?? string.Empty).Split(
            [',', '\r', '\n'],
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .ToList();

    /// <summary>
    /// Reads issues by key or id, in bulk; what is not there is an error of its own, and the rest is read.
    /// </summary>
    /// <param name="connection">The site.</param>
    /// <param name="names">Keys or ids.</param>
    /// <param name="detail">What to ask about each issue.</param>
    protected IEnumerable<Replica> ReadNamed(
        JiraConnection connection, IReadOnlyCollection<string> names, IssueDetail detail)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var distinct = Split(names);
        var replicas = Stream(token => connection.Client.ReadAsync(distinct, detail, token))
            .Select(Session.Current.Remember).ToList();
        var found = replicas
            .SelectMany(replica => new[] { replica.Key, replica.IssueId.ToString(CultureInfo.InvariantCulture) })
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = distinct.Where(name => !found.Contains(name)).ToList();
        foreach (var name in missing)
        {
            // An issue that moved answers to its old key with its new one: asked for alone, it is known.
            var moved = missing.Count + replicas.Count > distinct.Count
                && Stream(token => connection.Client.ReadAsync([name], IssueDetail.None, token)).Any();
            if (!moved)
            {
                NotRead.Add(name);
                WriteError(Errors.IssueNotFound(name));
            }
        }

        return replicas;
    }

    /// <summary>
    /// Turns links into the relations that they are to become, and warns of entries that match nothing.
    /// </summary>
    /// <param name="connection">The organisation whose relation types hold.</param>
    /// <param name="links">The links.</param>
    /// <param name="given">The user's mapping; null for the default.</param>
    /// <param name="unmapped">What to do with link types that the mapping does not have.</param>
    /// <param name="isAlone">Whether the default has no say in what the mapping lacks.</param>
    protected IReadOnlyList<DesiredRelation> ConvertLinks(
        AdoConnection connection,
        IEnumerable<IssueLink> links,
        Hashtable? given,
        UnmappedLinks unmapped,
        bool isAlone)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return ConvertLinks(
            Mappings.OfLinkTypes(given, Await(connection.Client.GetRelationTypesAsync), isAlone),
            Await(connection.Client.GetRelationTypesAsync),
            links,
            unmapped,
            isPart: false,
            WriteWarning);
    }

    /// <summary>
    /// Turns links into the relations that they are to become, and warns of entries that match nothing; on any thread.
    /// </summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="types">The organisation's relation types.</param>
    /// <param name="links">The links.</param>
    /// <param name="unmapped">What to do with link types that the mapping does not have.</param>
    /// <param name="isPart">Whether the links are a part of those that the mapping is for.</param>
    /// <param name="warn">Takes a warning.</param>
    private protected static IReadOnlyList<DesiredRelation> ConvertLinks(
        LinkTypeMapping mapping,
        RelationTypes types,
        IEnumerable<IssueLink> links,
        UnmappedLinks unmapped,
        bool isPart,
        Action<string> warn)
    {
        var desired = LinkConverter.Convert(links, mapping, types, unmapped, warn);
        // Entries as the default has them are nobody's slip of the pen.
        var unused = mapping.UnusedKeys.Except(
            LinkTypePresets.Default.Select(entry => entry.Key), StringComparer.OrdinalIgnoreCase).ToList();
        if (unused.Count > 0 && !isPart)
        {
            warn($"These entries of the mapping match no link that was read: '{string.Join("', '", unused)}'.");
        }

        return desired;
    }

    /// <summary>The next thing of a stream; what is there already costs no change of threads.</summary>
    private bool MoveNext<T>(IAsyncEnumerator<T> source)
    {
        Running.Value = this;
        var next = source.MoveNextAsync();
        if (!next.IsCompleted)
        {
            return Await(_ => next.AsTask());
        }

        WritePosted();
        return next.GetAwaiter().GetResult();
    }

    private void Write(RequestTrace trace)
    {
        if (trace.Stage == RequestStage.Sending)
        {
            WriteDebug(trace.ToString());
            return;
        }

        WriteVerbose(trace.ToString());
        if (trace.Stage == RequestStage.Answered)
        {
            WriteDebug($"{trace.Service}: {trace.Method} {trace.Path}: {trace.Bytes} bytes, activity id {trace.ActivityId ?? "none"}.");
        }
    }

    private void LogIssue(string type, string message, string parameter, string preference)
    {
        var wanted = MyInvocation.BoundParameters.TryGetValue(parameter, out var given)
            ? given : SessionState.PSVariable.GetValue(preference);
        var isSilent = LanguagePrimitives.TryConvertTo<ActionPreference>(wanted, out var action)
            && action is ActionPreference.SilentlyContinue or ActionPreference.Ignore;
        if (AzurePipelines.IsJob && !isSilent)
        {
            WriteHost(AzurePipelines.Issue(type, message));
        }
    }

    /// <summary>
    /// Ends the bar before anything else is written. While a bar is drawn, a console on Unix asks its terminal for the
    /// cursor before and after each line: over a slow line that takes longer than the work, and Ctrl-C meanwhile may
    /// lose the answer, see <see cref="CursorReport"/>.
    /// </summary>
    private void HideProgress()
    {
        if (_shown is { } shown)
        {
            _shown = null;
            Draw(new ProgressRecord(shown.ActivityId, shown.Activity, "Done")
            {
                RecordType = ProgressRecordType.Completed,
            });
        }
    }

    private void Draw(ProgressRecord record)
    {
        _isDrawing = true;
        try
        {
            base.WriteProgress(record);
        }
        finally
        {
            _isDrawing = false;
        }
    }

    /// <summary>
    /// Reports the interruption: on the warning stream where others have had enough, and past the pipeline where that
    /// takes nothing any more.
    /// </summary>
    private void ReportInterruption(bool isPipelineOpen)
    {
        if (Interruption is not { } text)
        {
            return;
        }

        if (isPipelineOpen)
        {
            WriteWarning(text);
        }
        else
        {
            Host.UI?.WriteLine(text);
        }
    }

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            ReportInterruption(isPipelineOpen: false);
            throw new PipelineStoppedException();
        }
        catch (Exception stop) when (stop is PipelineStoppedException or ActionPreferenceStopException)
        {
            ReportInterruption(isPipelineOpen: false);
            throw;
        }
        catch (FlowControlException)
        {
            // A command behind this one wants no more, as Select-Object -First does.
            ReportInterruption(isPipelineOpen: true);
            throw;
        }
        catch (Exception failure) when (failure is SyncException or ServiceException)
        {
            var error = Errors.Of(failure);
            LogIssue("error", error.Exception.Message, "ErrorAction", "ErrorActionPreference");
            ThrowTerminatingError(error);
        }
    }
}
