using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace JiraAdoSync.Sandbox.Demo;

/// <summary>A PowerShell host that writes to a terminal, or plainly where there is none, and asks nothing.</summary>
internal sealed class TerminalHost(TextWriter output, bool isTerminal, int width) : PSHost
{
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "JiraAdoSync.Sandbox";

    public override PSHostUserInterface UI { get; } = new Screen(output, isTerminal, width);

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw Unattended();

    public override void ExitNestedPrompt() => throw Unattended();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private static InvalidOperationException Unattended() => new("Nobody is there to answer.");

    private sealed class Screen(TextWriter output, bool isTerminal, int width) : PSHostUserInterface
    {
        public override PSHostRawUserInterface RawUI { get; } = new Grid(width);

        public override bool SupportsVirtualTerminal => isTerminal;

        public override void Write(string value) => output.Write(Plain(value));

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
            Write(value);

        public override void WriteLine(string value) => output.WriteLine(Plain(value).TrimEnd());

        public override void WriteErrorLine(string value) => WriteLine(value);

        public override void WriteWarningLine(string message) => WriteLine($"WARNING: {message}");

        public override void WriteVerboseLine(string message)
        {
        }

        public override void WriteDebugLine(string message)
        {
        }

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override Dictionary<string, PSObject> Prompt(
            string caption, string message, Collection<FieldDescription> descriptions) => throw Unattended();

        public override int PromptForChoice(
            string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => defaultChoice;

        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName) => throw Unattended();

        public override PSCredential PromptForCredential(
            string caption,
            string message,
            string userName,
            string targetName,
            PSCredentialTypes allowedCredentialTypes,
            PSCredentialUIOptions options) => throw Unattended();

        public override string ReadLine() => throw Unattended();

        /// <summary>The formatter leaves it to the host to take its colours out where there is no terminal.</summary>
        private string Plain(string value) =>
            isTerminal ? value : new StringDecorated(value).ToString(OutputRendering.PlainText);

        public override SecureString ReadLineAsSecureString() => throw Unattended();
    }

    /// <summary>What the formatter asks about the screen: how wide it is.</summary>
    private sealed class Grid(int width) : PSHostRawUserInterface
    {
        public override ConsoleColor BackgroundColor { get; set; }

        public override Size BufferSize { get; set; } = new(width, 50);

        public override Coordinates CursorPosition { get; set; }

        public override int CursorSize { get; set; } = 1;

        public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

        public override bool KeyAvailable => false;

        public override Size MaxPhysicalWindowSize => BufferSize;

        public override Size MaxWindowSize => BufferSize;

        public override Coordinates WindowPosition { get; set; }

        public override Size WindowSize { get; set; } = new(width, 50);

        public override string WindowTitle { get; set; } = string.Empty;

        public override void FlushInputBuffer()
        {
        }

        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => new BufferCell[0, 0];

        public override KeyInfo ReadKey(ReadKeyOptions options) => throw Unattended();

        public override void ScrollBufferContents(
            Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill)
        {
        }

        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents)
        {
        }

        public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
        {
        }
    }
}
