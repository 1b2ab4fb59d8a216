using System.Text;

namespace JiraAdoSync.Files;

/// <summary>
/// Files that users name: read whole, and written whole or not at all, for their owner alone to read.
/// </summary>
internal static class TextFile
{
    /// <summary>Writes a file, or leaves what was there.</summary>
    /// <exception cref="SyncException">With the given id: the file can't be written.</exception>
    public static void Write(string path, string text, string errorId)
    {
        // Another run may write the same file at the same time.
        var draft = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var writer = new StreamWriter(
                PrivateFile.Create(draft), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            {
                writer.Write(text);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Discard(draft);
            throw new SyncException(errorId, $"'{path}' can't be written: {failure.Message}", path);
        }
    }

    /// <summary>
    /// Looks whether a file can be written, before there is something that must not be lost; writes nothing to it.
    /// </summary>
    /// <exception cref="SyncException">With the given id: it can't.</exception>
    public static void Check(string path, string errorId)
    {
        var trial = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            PrivateFile.Create(trial).Dispose();
            File.Delete(trial);
            if (Directory.Exists(path))
            {
                throw new IOException("it is a folder.");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SyncException(
                errorId, $"'{path}' can't be written, so nothing was changed: {failure.Message}", path);
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

    /// <summary>A draft that was not written to its end is of no use.</summary>
    private static void Discard(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Where nothing can be written, nothing can be deleted.
        }
    }
}
