using JiraAdoSync.Reporting;

namespace JiraAdoSync;

/// <summary>The parts of the report's page that ship beside the assemblies.</summary>
internal static class ReportFiles
{
    /// <summary>What draws the graph; absent where the module was built without Node.</summary>
    private static readonly string[] Library = ["d3-dispatch", "d3-quadtree", "d3-timer", "d3-force", "cytoscape"];

    private static string Folder =>
        Path.Combine(Path.GetDirectoryName(typeof(ReportFiles).Assembly.Location)!, "report");

    /// <summary>Reads the parts.</summary>
    public static ReportPage Page()
    {
        var library = Library.Select(name => Path.Combine(Folder, "lib", $"{name}.min.js")).ToList();
        return new ReportPage
        {
            Template = Read("report.html"),
            Style = Read("report.css"),
            Script = Read("report.js"),
            Library = library.TrueForAll(File.Exists) ? library.ConvertAll(File.ReadAllText) : [],
        };
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));
}
