using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JiraAdoSync.Package;

/// <summary>
/// The bill of materials of a module, in the CycloneDX format 1.6: every file that ships, with its hash. Nothing in the
/// module is third-party, so there is no other component. It names no time and no machine: the same files give the
/// same text.
/// </summary>
/// <remarks>
/// The catalogue, where there is one, holds the hash of this file, so this file can't hold that of the catalogue: it
/// lists all but itself and the catalogue. Format: https://cyclonedx.org/docs/1.6/json/.
/// </remarks>
internal static class BillOfMaterials
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The name of the file in the module's folder.</summary>
    /// <param name="module">The module's folder, which is named like the module.</param>
    public static string NameIn(string module) => $"{NameOf(module)}.cdx.json";

    /// <summary>Makes the text.</summary>
    /// <param name="module">The module's folder, which is named like the module.</param>
    /// <param name="version">The module's version.</param>
    public static byte[] Of(string module, string version)
    {
        var name = NameOf(module);
        var files = Directory.GetFiles(module, "*", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(module, file).Replace('\\', '/'), File: file))
            .Where(one => one.Path != NameIn(module) && one.Path != $"{name}.cat")
            .OrderBy(one => one.Path, StringComparer.Ordinal)
            .Select(one => (JsonNode)FileOf(one.Path, one.File))
            .ToArray();
        var reference = $"pkg:nuget/{name}@{version}";
        var bill = new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = new JsonObject
                {
                    ["type"] = "library",
                    ["bom-ref"] = reference,
                    ["name"] = name,
                    ["version"] = version,
                    ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = "MIT" } }),
                    ["purl"] = $"{reference}?repository_url=https://www.powershellgallery.com/api/v2",
                },
            },
            ["components"] = new JsonArray(files),
            ["dependencies"] = new JsonArray(new JsonObject { ["ref"] = reference, ["dependsOn"] = new JsonArray() }),
        };
        bill["serialNumber"] = SerialOf(bill.ToJsonString());
        return Encoding.UTF8.GetBytes(bill.ToJsonString(Indented) + "\n");
    }

    private static string NameOf(string module) => Path.GetFileName(Path.TrimEndingDirectorySeparator(module));

    private static JsonObject FileOf(string path, string file) => new()
    {
        ["type"] = "file",
        ["bom-ref"] = path,
        ["name"] = path,
        ["hashes"] = new JsonArray(new JsonObject
        {
            ["alg"] = "SHA-256",
            ["content"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))),
        }),
    };

    /// <summary>A serial number that is made of the content (a UUID of version 8, RFC 9562).</summary>
    private static string SerialOf(string content)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(content))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return $"urn:uuid:{new Guid(bytes, bigEndian: true)}";
    }
}
