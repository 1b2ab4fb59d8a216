using System.Globalization;
using JiraAdoSync.Help;

// Get-Help reads the file that this writes, and people read the pages:
// JiraAdoSync.Help <the module's assembly> <the file> [<a folder for the pages>]
if (args is not [var assembly, var file, ..] || args.Length > 3)
{
    Console.Error.WriteLine("Usage: JiraAdoSync.Help <assembly> <file> [<folder>]");
    return 2;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var folder = Path.GetDirectoryName(Path.GetFullPath(assembly))!;
var comments = Comments.Read(Directory.GetFiles(folder, "JiraAdoSync*.xml"));
var help = new HelpFile(comments).Of(Path.GetFullPath(assembly));
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
help.Save(file);
if (args.Length == 3)
{
    CmdletPages.Write(help, args[2]);
}

return 0;
