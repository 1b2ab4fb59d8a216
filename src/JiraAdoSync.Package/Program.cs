using JiraAdoSync.Package;

// Writes the package of a module: JiraAdoSync.Package <the module's folder> <the folder for the package>
if (args is not [var module, var output])
{
    Console.Error.WriteLine("Usage: JiraAdoSync.Package <module folder> <output folder>");
    return 2;
}

Console.WriteLine(GalleryPackage.Write(Path.GetFullPath(module), Path.GetFullPath(output)));
return 0;
