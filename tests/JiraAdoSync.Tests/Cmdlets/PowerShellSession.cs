using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>A PowerShell session that has the staged module imported, as a user's has.</summary>
internal sealed class PowerShellSession : IDisposable
{
    private readonly Runspace _runspace;

    /// <param name="host">What shows things to people; null where nobody looks.</param>
    /// <param name="language">How much of the language scripts may use.</param>
    public PowerShellSession(PSHost? host = null, PSLanguageMode language = PSLanguageMode.FullLanguage)
    {
        var state = InitialSessionState.CreateDefault2();
        state.LanguageMode = language;
        state.ImportPSModule([Path.Combine(Repository.StagedModule, "JiraAdoSync.psd1")]);
        _runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
    }

    public void Set(string variable, object? value) => _runspace.SessionStateProxy.SetVariable(variable, value);

    public void GoTo(string folder) => _runspace.SessionStateProxy.Path.SetLocation(folder);

    /// <summary>The full path of a file in the current folder.</summary>
    public string Resolve(string file) =>
        _runspace.SessionStateProxy.Path.GetUnresolvedProviderPathFromPSPath(file);

    /// <summary>
    /// Runs a script and returns all that it wrote, to whichever stream. A terminating error ends it.
    /// </summary>
    public Outcome Run(string script)
    {
        using var shell = Shell("try { " + script + Environment.NewLine + "} catch { throw }");
        try
        {
            return Outcome.Of(shell.Invoke(), shell, null);
        }
        catch (RuntimeException failure)
        {
            return Outcome.Of([], shell, failure.ErrorRecord);
        }
    }

    /// <summary>How much of the language scripts may use from now on.</summary>
    public PSLanguageMode Language
    {
        set => _runspace.SessionStateProxy.LanguageMode = value;
    }

    /// <summary>
    /// An object as a formatting cmdlet shows it; no script is run, so that every language mode allows it.
    /// </summary>
    public string Show(object one, string formatter)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddCommand(formatter).AddParameter("InputObject", one);
        shell.AddCommand("Out-String").AddParameter("Width", 500);
        return string.Concat(shell.Invoke().Select(text => text.ToString())).Trim();
    }

    /// <summary>A pipeline that a test starts and stops itself.</summary>
    public PowerShell Shell(string script)
    {
        var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        return shell;
    }

    public void Dispose() => _runspace.Dispose();

    /// <summary>What a script wrote.</summary>
    /// <param name="Output">Its objects.</param>
    /// <param name="Errors">Errors that let it go on.</param>
    /// <param name="Failure">The error that ended it.</param>
    /// <param name="Warnings">Its warnings.</param>
    internal sealed record Outcome(
        IReadOnlyList<PSObject> Output,
        IReadOnlyList<ErrorRecord> Errors,
        ErrorRecord? Failure,
        IReadOnlyList<string> Warnings)
    {
        /// <summary>The id of the error that ended it, without the command's name.</summary>
        public string? FailureId => Failure?.FullyQualifiedErrorId.Split(',')[0];

        public IEnumerable<string> ErrorIds => Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]);

        /// <summary>The objects of a type, by its short name.</summary>
        public IReadOnlyList<PSObject> Of(string type) =>
            Output.Where(one => one.BaseObject.GetType().Name == type).ToList();

        /// <summary>The summary that a run ends with.</summary>
        public PSObject Summary => Of("SyncSummary").Single();

        /// <summary>How a run ended, by its summary.</summary>
        public string RunOutcome() => Summary.Properties["Outcome"].Value.ToString()!;

        /// <summary>The objects of a type as text, some properties each.</summary>
        public IReadOnlyList<string> Rows(string type, params string[] properties) => Of(type)
            .Select(one => string.Join(' ', properties.Select(name => one.Properties[name].Value)))
            .ToList();

        /// <summary>The script went through without an error.</summary>
        public Outcome Succeeded()
        {
            var errors = Errors.Append(Failure).OfType<ErrorRecord>()
                .Select(error => $"{error.FullyQualifiedErrorId}: {error}");
            Xunit.Assert.Empty(errors);
            return this;
        }

        public static Outcome Of(IEnumerable<PSObject> output, PowerShell shell, ErrorRecord? failure) => new(
            output.ToList(),
            shell.Streams.Error.ToList(),
            failure,
            shell.Streams.Warning.Select(warning => warning.Message).ToList());
    }
}
