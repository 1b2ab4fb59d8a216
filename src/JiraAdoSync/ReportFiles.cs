using JiraAdoSync.Reporting;

namespace JiraAdoSync;

/// <summary>The parts of the report's page that ship beside the assemblies.</summary>
internal static class ReportFiles
{
    private static readonly string[] Scripts = ["outline.js", "picture.js", "report.js"];

    private static string Folder =>
        Path.Combine(Path.GetDirectoryName(typeof(ReportFiles).Assembly.Location)!, "report");

    /// <summary>Reads the parts.</summary>
    public static ReportPage Page() => new()
    {
        Template = Read("report.html"),
        Style = Read("report.css"),
        Scripts = Array.ConvertAll(Scripts, Read),
    };

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));
}
