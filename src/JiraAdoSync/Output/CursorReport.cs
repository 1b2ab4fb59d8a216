using System.Text;

namespace JiraAdoSync.Output;

/// <summary>
/// A question to the terminal: where is the cursor?
/// <para>
/// Before PowerShell draws a progress bar on Unix, it asks its terminal for the cursor and waits for the answer, which
/// arrives as input. Ctrl-C has the terminal driver discard input that nobody has read and output that nobody has
/// shown: where the question or the answer is among them, the pipeline waits until something is typed, and can't be
/// stopped. So a stop that finds the pipeline drawing asks again.
/// </para>
/// </summary>
internal static class CursorReport
{
    /// <summary>Longer than a remote terminal takes for an answer: one too many is read as if it were typed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static readonly byte[] Question = Encoding.ASCII.GetBytes("\e[6n");

    /// <summary>Asks the terminal, until nobody waits for the answer.</summary>
    /// <param name="isAwaited">Whether somebody waits.</param>
    /// <param name="time">The clock.</param>
    public static async Task AskAsync(Func<bool> isAwaited, TimeProvider time)
    {
        const int Times = 10;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        for (var asked = 0; asked < Times; asked++)
        {
            await Task.Delay(Patience, time).ConfigureAwait(false);
            if (!isAwaited())
            {
                return;
            }

            try
            {
                using var terminal = new FileStream(
                    "/dev/tty", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                terminal.Write(Question);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // There is no terminal to ask.
                return;
            }
        }
    }
}
