using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// A terminal with PowerShell in it, as a person has it at the far end of a slow line: it answers late when it is asked
/// where the cursor is. The pseudo terminal is that of <c>script</c>, which Linux and macOS have.
/// </summary>
internal sealed partial class Terminal : IAsyncDisposable
{
    private const string Question = "\e[6n";

    /// <summary>How long a question takes to the person's terminal and the answer back.</summary>
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(150);

    private readonly Process _script;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private TaskCompletionSource _more = New();
    private int _mark;
    private bool _isLosing;
    private TaskCompletionSource? _lost;

    private Terminal(Process script)
    {
        _script = script;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Starts PowerShell in a terminal.</summary>
    /// <param name="powerShell">The program.</param>
    public static Terminal Start(string powerShell)
    {
        // What a shell starts in the background ignores Ctrl-C, and so does all that it starts.
        var reset = OperatingSystem.IsMacOS() ? string.Empty : "env --default-signal=INT ";
        var command = $"stty rows 24 cols 120; exec {reset}'{powerShell}' -NoProfile -NoLogo";
        string[] arguments = OperatingSystem.IsMacOS()
            ? ["-q", "/dev/null", "sh", "-c", command]
            : ["-qefc", command, "/dev/null"];
        var start = new ProcessStartInfo("script", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        return new Terminal(Process.Start(start)!);
    }

    /// <summary>What was shown since something was typed last, escape sequences included.</summary>
    public string Shown
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString(_mark, _output.Length - _mark);
            }
        }
    }

    /// <summary>Types something.</summary>
    /// <param name="text">What is typed.</param>
    public void Type(string text)
    {
        lock (_gate)
        {
            _mark = _output.Length;
            Write(text);
        }
    }

    /// <summary>Presses Ctrl-C.</summary>
    public void Interrupt() => Type("\x03");

    /// <summary>
    /// Presses Ctrl-C right behind an answer that is on its way, with which the terminal's driver discards it. Where
    /// nothing is asked within a second, it is pressed all the same.
    /// </summary>
    public async Task InterruptLosingAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource lost;
        lock (_gate)
        {
            (_isLosing, lost) = (true, _lost = New());
        }

        await Task.WhenAny(lost.Task, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
        lock (_gate)
        {
            if (_isLosing)
            {
                _isLosing = false;
                _mark = _output.Length;
                Write("\x03");
            }
        }
    }

    /// <summary>Waits until something is shown, after what was typed last.</summary>
    /// <param name="pattern">A regular expression.</param>
    /// <param name="limit">How long to wait.</param>
    /// <returns>Whether it came.</returns>
    public async Task<bool> ShowsAsync(string pattern, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (Regex.IsMatch(_output.ToString(_mark, _output.Length - _mark), pattern))
                {
                    return true;
                }

                more = _more.Task;
            }

            var left = limit - clock.Elapsed;
            if (left <= TimeSpan.Zero || await Task.WhenAny(more, Task.Delay(left)) != more)
            {
                return false;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _script.Kill(entireProcessTree: true);
        await _reading;
        _script.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _script.StandardOutput.ReadAsync(buffer.AsMemory()) is > 0 and var count)
        {
            lock (_gate)
            {
                var from = Math.Max(0, _output.Length - (Question.Length - 1));
                _output.Append(buffer, 0, count);
                var asked = QuestionPattern().Count(_output.ToString(from, _output.Length - from));
                for (var one = 0; one < asked; one++)
                {
                    _ = AnswerAsync();
                }

                _more.SetResult();
                _more = New();
            }
        }
    }

    private async Task AnswerAsync()
    {
        await Task.Delay(RoundTrip);
        lock (_gate)
        {
            if (_isLosing)
            {
                _isLosing = false;
                _mark = _output.Length;
                Write("\e[24;1R\x03");
                _lost!.SetResult();
            }
            else
            {
                Write("\e[24;1R");
            }
        }
    }

    private void Write(string text)
    {
        try
        {
            _script.StandardInput.Write(text);
            _script.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The terminal is closed.
        }
    }

    [GeneratedRegex(@"\e\[6n")]
    private static partial Regex QuestionPattern();
}
