using System.IO.Compression;
using System.Text;

namespace JiraAdoSync.Sandbox;

/// <summary>Where the issues of the Jira side come from.</summary>
internal static class Seed
{
    /// <summary>The lines of a seed file; gzip is told by its first two bytes, not by its name.</summary>
    public static IReadOnlyList<string> ReadFile(string path)
    {
        using var file = File.OpenRead(path);
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream content = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        return ReadLines(content);
    }

    /// <summary>The lines of a text, without those that are empty.</summary>
    public static IReadOnlyList<string> ReadLines(Stream content)
    {
        using var reader = new StreamReader(content, Encoding.UTF8);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Add(line);
            }
        }

        return lines;
    }
}
