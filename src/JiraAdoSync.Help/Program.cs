using System.Globalization;
using JiraAdoSync.Help;

// Get-Help reads what this writes: JiraAdoSync.Help <the module's assembly> <the file>
if (args is not [var assembly, var file])
{
    Console.Error.WriteLine("Usage: JiraAdoSync.Help <assembly> <file>");
    return 2;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var folder = Path.GetDirectoryName(Path.GetFullPath(assembly))!;
var comments = Comments.Read(Directory.GetFiles(folder, "JiraAdoSync*.xml"));
var help = new HelpFile(comments).Of(Path.GetFullPath(assembly));
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
help.Save(file);
return 0;
