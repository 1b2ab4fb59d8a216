using JiraAdoSync.Package;

// Writes the package of a module: JiraAdoSync.Package <the module's folder> <the folder for the package>
// Writes its bill of materials alone, which a catalogue is then made of: JiraAdoSync.Package <the module's folder>
switch (args)
{
    case [var module]:
        Console.WriteLine(GalleryPackage.WriteBill(Path.GetFullPath(module)));
        return 0;
    case [var module, var output]:
        Console.WriteLine(GalleryPackage.Write(Path.GetFullPath(module), Path.GetFullPath(output)));
        return 0;
    default:
        Console.Error.WriteLine("Usage: JiraAdoSync.Package <module folder> [<output folder>]");
        return 2;
}
