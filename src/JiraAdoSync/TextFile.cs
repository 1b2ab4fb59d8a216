using System.Text;

namespace JiraAdoSync;

/// <summary>Files that users name: read whole, and written whole or not at all.</summary>
internal static class TextFile
{
    /// <summary>Writes a file, or leaves what was there.</summary>
    /// <exception cref="SyncException">With the given id: the file can't be written.</exception>
    public static void Write(string path, string text, string errorId)
    {
        var draft = path + ".part";
        try
        {
            File.WriteAllText(draft, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SyncException(errorId, $"'{path}' can't be written: {failure.Message}", path);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="SyncException">With the given id: there is no such file, or it can't be read.</exception>
    public static string Read(string path, string errorId)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SyncException(errorId, $"'{path}' can't be read: {failure.Message}", path);
        }
    }
}
