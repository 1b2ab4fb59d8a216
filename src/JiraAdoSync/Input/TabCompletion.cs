using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace JiraAdoSync.Input;

/// <summary>
/// While the module is loaded, Tab completes inside the hashtables of mappings. PowerShell asks an argument completer
/// for whole arguments only, so the function that Tab calls, TabExpansion2, is put behind one that asks here first;
/// whatever is not a mapping of this module is passed on to it. Removing the module puts it back. Sessions without
/// PSReadLine, which have no Tab, as those of scheduled scripts, are left alone: it would cost them a fifth of the
/// import.
/// </summary>
public sealed class TabCompletion : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private const string Install = """
        param($completion)
        $former = $function:TabExpansion2
        if ($former) {
            $function:global:TabExpansion2 = {
                [CmdletBinding(DefaultParameterSetName = 'ScriptInputSet')]
                [OutputType([System.Management.Automation.CommandCompletion])]
                param(
                    [Parameter(ParameterSetName = 'ScriptInputSet', Mandatory, Position = 0)]
                    [AllowEmptyString()] [string] $inputScript,
                    [Parameter(ParameterSetName = 'ScriptInputSet', Position = 1)]
                    [int] $cursorColumn = $inputScript.Length,
                    [Parameter(ParameterSetName = 'AstInputSet', Mandatory, Position = 0)]
                    [System.Management.Automation.Language.Ast] $ast,
                    [Parameter(ParameterSetName = 'AstInputSet', Mandatory, Position = 1)]
                    [System.Management.Automation.Language.Token[]] $tokens,
                    [Parameter(ParameterSetName = 'AstInputSet', Mandatory, Position = 2)]
                    [System.Management.Automation.Language.IScriptPosition] $positionOfCursor,
                    [Parameter(ParameterSetName = 'ScriptInputSet', Position = 2)]
                    [Parameter(ParameterSetName = 'AstInputSet', Position = 3)]
                    [hashtable] $options
                )
                $found = if ($ast) { $completion::Complete($ast, $positionOfCursor) }
                         else { $completion::Complete($inputScript, $cursorColumn) }
                if ($found) { $found } else { & $former @PSBoundParameters }
            }.GetNewClosure()
            $former
            $function:TabExpansion2
        }
        """;

    private const string Remove = """
        param($ours, $former)
        if ([object]::ReferenceEquals($function:TabExpansion2, $ours)) { $function:global:TabExpansion2 = $former }
        """;

    /// <summary>The function that was there before, and ours, of each runspace.</summary>
    private static readonly ConditionalWeakTable<Runspace, ScriptBlock[]> Installed = [];

    private static bool IsInteractive => AppDomain.CurrentDomain.GetAssemblies()
        .Any(assembly => assembly.GetName().Name == "Microsoft.PowerShell.PSReadLine");

    /// <inheritdoc/>
    public void OnImport()
    {
        if (IsInteractive && Runspace.DefaultRunspace is { } runspace && !Installed.TryGetValue(runspace, out _)
            && Run(Install, typeof(TabCompletion)) is [var former, var ours])
        {
            Installed.Add(runspace, [former, ours]);
        }
    }

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        if (Runspace.DefaultRunspace is { } runspace && Installed.TryGetValue(runspace, out var functions))
        {
            Installed.Remove(runspace);
            Run(Remove, functions[1], functions[0]);
        }
    }

    /// <summary>Completes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cursor">Where the cursor is.</param>
    /// <returns>The completions; null where no mapping of this module is typed there.</returns>
    public static CommandCompletion? Complete(string text, int cursor) =>
        MappingCompletion.Complete(text, cursor, Session.Current);

    /// <summary>Completes a text that is parsed already.</summary>
    /// <param name="ast">What it was parsed into.</param>
    /// <param name="cursor">Where the cursor is.</param>
    /// <returns>The completions; null where no mapping of this module is typed there.</returns>
    public static CommandCompletion? Complete(Ast ast, IScriptPosition cursor)
    {
        ArgumentNullException.ThrowIfNull(ast);
        ArgumentNullException.ThrowIfNull(cursor);
        return Complete(ast.Extent.StartScriptPosition.GetFullScript(), cursor.Offset);
    }

    /// <summary>Runs a script in the session; where it may not run there, completion stays as it was.</summary>
    private static ScriptBlock[] Run(string script, params object[] arguments)
    {
        try
        {
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            shell.AddScript(script, useLocalScope: true);
            arguments.ToList().ForEach(one => shell.AddArgument(one));
            return [.. shell.Invoke<ScriptBlock>()];
        }
        catch (RuntimeException)
        {
            return [];
        }
        catch (InvalidOperationException)
        {
            return [];
        }
    }
}
