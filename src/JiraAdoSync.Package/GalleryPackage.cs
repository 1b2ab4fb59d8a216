using System.Collections;
using System.IO.Compression;
using System.Management.Automation.Language;
using NuGet.Packaging;
using NuGet.Versioning;

namespace JiraAdoSync.Package;

/// <summary>
/// Packs a module as the PowerShell Gallery takes it: a NuGet package with the module's files and their bill of
/// materials at its root, described by the module's own manifest. The same files give the same bytes: no clock and no
/// chance affects them.
/// </summary>
internal static class GalleryPackage
{
    /// <summary>Writes the package.</summary>
    /// <param name="module">The module's folder, which is named like the module.</param>
    /// <param name="output">The folder for the package.</param>
    /// <returns>The package's path.</returns>
    public static string Write(string module, string output)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(module));
        var manifest = ReadManifest(Path.Combine(module, $"{name}.psd1"));
        var data = (Hashtable)((Hashtable)manifest["PrivateData"]!)["PSData"]!;
        var cmdlets = Strings(manifest["CmdletsToExport"]);
        var builder = new PackageBuilder(deterministic: true)
        {
            Id = name,
            Version = NuGetVersion.Parse((string)manifest["ModuleVersion"]!),
            Description = (string)manifest["Description"]!,
            Copyright = (string)manifest["Copyright"]!,
            ReleaseNotes = (string?)data["ReleaseNotes"],
            LicenseUrl = new Uri((string)data["LicenseUri"]!),
            ProjectUrl = data["ProjectUri"] is string project ? new Uri(project) : null,
        };
        builder.Authors.Add((string)manifest["Author"]!);
        builder.Owners.Add((string)manifest["CompanyName"]!);
        // The Gallery finds modules and their cmdlets by tags of this form.
        builder.Tags.AddRange(Strings(data["Tags"])
            .Concat(["PSModule", "PSIncludes_Cmdlet"])
            .Concat(cmdlets.SelectMany(cmdlet => new[] { $"PSCmdlet_{cmdlet}", $"PSCommand_{cmdlet}" })));
        WriteBill(module);
        foreach (var file in Directory.GetFiles(module, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            builder.Files.Add(
                new PhysicalPackageFile { SourcePath = file, TargetPath = Path.GetRelativePath(module, file) });
        }

        Directory.CreateDirectory(output);
        var path = Path.Combine(output, $"{name}.{builder.Version}.nupkg");
        using var stream = new MemoryStream();
        builder.Save(stream);
        StopClock(stream);
        File.WriteAllBytes(path, stream.ToArray());
        return path;
    }

    /// <summary>
    /// Writes the bill of materials into the module's folder. What a catalogue lists is not changed any more.
    /// </summary>
    /// <param name="module">The module's folder, which is named like the module.</param>
    /// <returns>The file's path.</returns>
    public static string WriteBill(string module)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(module));
        var manifest = ReadManifest(Path.Combine(module, $"{name}.psd1"));
        var path = Path.Combine(module, BillOfMaterials.NameIn(module));
        var bill = BillOfMaterials.Of(module, (string)manifest["ModuleVersion"]!);
        var isCurrent = File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bill);
        if (!isCurrent && File.Exists(Path.Combine(module, $"{name}.cat")))
        {
            throw new InvalidDataException(
                $"'{module}' changed after its catalogue was made. Build and sign it again, or delete the catalogue.");
        }

        if (!isCurrent)
        {
            File.WriteAllBytes(path, bill);
        }

        return path;
    }

    /// <summary>Gives all entries one time; the builder leaves them that of the packing.</summary>
    private static void StopClock(MemoryStream stream)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true);
        foreach (var entry in archive.Entries)
        {
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        }
    }

    /// <summary>Reads a manifest as data: nothing in it is run.</summary>
    private static Hashtable ReadManifest(string path)
    {
        var tree = Parser.ParseFile(path, out _, out var errors);
        return errors.Length == 0
            && tree.Find(node => node is HashtableAst, searchNestedScriptBlocks: false) is HashtableAst table
            ? (Hashtable)table.SafeGetValue()
            : throw new InvalidDataException($"'{path}' is no manifest of a module.");
    }

    private static IEnumerable<string> Strings(object? list) => ((object[])list!).Cast<string>();
}
