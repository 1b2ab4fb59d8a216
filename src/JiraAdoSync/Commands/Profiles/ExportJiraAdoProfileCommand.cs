using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Input;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>Brings back the profile that a run used, as the run read it.</summary>
/// <remarks>
/// Each run with -Profile keeps the text of the profile and its hash in its record. The file that is written has that
/// text to the letter, so that an earlier configuration can be read, compared with Compare-JiraAdoProfile, and used
/// again. What a run did on the board is undone by Undo-JiraAdoRun.
/// </remarks>
/// <example>
/// <para>Brings back what the latest run with a profile used, beside the present one.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// $null = Invoke-JiraAdoSync -Profile sync.psd1
/// Get-JiraAdoRun | Where-Object Profile | Select-Object -First 1 | Export-JiraAdoProfile
/// </code>
/// </example>
/// <example>
/// <para>Replaces the current one with it.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// $null = Invoke-JiraAdoSync -Profile sync.psd1
/// Get-JiraAdoRun | Where-Object Profile | Select-Object -First 1 | Export-JiraAdoProfile -Path sync.psd1 -Force
/// </code>
/// </example>
[Cmdlet(
    VerbsData.Export, "JiraAdoProfile",
    SupportsShouldProcess = true,
    HelpUri = OnlineHelp.Pages + "Export-JiraAdoProfile.md")]
public sealed class ExportJiraAdoProfileCommand : JiraAdoCommand
{
    /// <summary>The id of the run, as its summary and Get-JiraAdoRun have it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public string RunId { get; set; } = null!;

    /// <summary>
    /// The folder of the run's record; by default the folder below the user's local application data. A run from the
    /// pipeline brings its own.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RunPath { get; set; }

    /// <summary>
    /// The file to write; by default one in the current folder with the profile's name and the run's id, such as
    /// sync.20261128T125836000Z-0a1b2c.psd1.
    /// </summary>
    [Parameter(Position = 1)]
    public string? Path { get; set; }

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var folder = RunPath is null ? null : RunRecord.FolderOf(GetUnresolvedProviderPathFromPSPath(RunPath));
        var (run, _) = RunRecord.Read(folder, RunId);
        var text = RecordedProfile.TextOf(run);
        var name = System.IO.Path.GetFileName(run.ProfileName ?? "profile.psd1");
        var path = GetUnresolvedProviderPathFromPSPath(Path
            ?? $"{System.IO.Path.GetFileNameWithoutExtension(name)}.{run.RunId}{System.IO.Path.GetExtension(name)}");
        if (File.Exists(path) && !Force)
        {
            throw new SyncException(
                "ProfileExists", $"'{path}' is there already. Give -Force to replace it, or another path.", path);
        }

        if (ShouldProcess(path, $"Write the profile of the run {run.RunId}"))
        {
            TextFile.Write(path, text, "ProfileUnwritable");
            if (Path is null)
            {
                WriteHost($"The profile is in {path}.");
            }
        }
    }
}
