using System.Collections;
using System.IO.Compression;
using System.Text;

namespace JiraAdoSync.Sandbox;

/// <summary>
/// The issues of which the Jira side is made, one JSON text each. They are kept for the way back to them, packed: as
/// texts they would take as much room as the issues that are made of them.
/// </summary>
internal sealed class Seed : IReadOnlyCollection<string>
{
    private readonly byte[] _packed;

    private Seed(IEnumerable<string> issues)
    {
        using var packed = new MemoryStream();
        using (var writer = new StreamWriter(new GZipStream(packed, CompressionLevel.Fastest)))
        {
            foreach (var issue in issues.Where(line => !string.IsNullOrWhiteSpace(line)))
            {
                // An issue of several lines stays one.
                writer.Write(issue.Replace('\r', ' ').Replace('\n', ' '));
                writer.Write('\n');
                Count++;
            }
        }

        _packed = packed.ToArray();
    }

    public int Count { get; }

    public static Seed Of(IEnumerable<string> issues) => issues as Seed ?? new Seed(issues);

    /// <summary>The lines of a seed file; gzip is recognised by its first two bytes, not by its name.</summary>
    public static Seed ReadFile(string path)
    {
        using var file = File.OpenRead(path);
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream content = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        return new Seed(Lines(content));
    }

    public IEnumerator<string> GetEnumerator() =>
        Lines(new GZipStream(new MemoryStream(_packed), CompressionMode.Decompress)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The lines of a text, which it closes.</summary>
    public static IEnumerable<string> Lines(Stream content)
    {
        using var reader = new StreamReader(content, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
