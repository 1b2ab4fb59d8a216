namespace JiraAdoSync.AzureDevOps;

/// <summary>A file at a work item. Its content never changes: what is uploaded again is another file.</summary>
/// <param name="Id">Its id in the organisation.</param>
/// <param name="Name">Its name, without what no header of a form can hold.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record WorkItemFile(Guid Id, string Name, long Size)
{
    private const string AttachedFile = "AttachedFile";

    /// <summary>Reads the file of a relation.</summary>
    /// <param name="relation">The relation.</param>
    /// <returns>The file; null where the relation is of another type, or leads to no file of the service.</returns>
    public static WorkItemFile? Of(Relation relation)
    {
        ArgumentNullException.ThrowIfNull(relation);
        var (path, query) = relation.Url.Split('?', 2) is [var front, var rest]
            ? (front, rest)
            : (relation.Url, string.Empty);
        if (
            relation.ReferenceName != AttachedFile
            || relation.Size is not { } size
            || !Guid.TryParse(path[(path.LastIndexOf('/') + 1)..], out var id))
        {
            return null;
        }

        var inAddress = query
            .Split('&')
            .FirstOrDefault(part => part.StartsWith("fileName=", StringComparison.OrdinalIgnoreCase));
        var name =
            relation.Name is { Length: > 0 } given && given != AttachedFile ? given
            : inAddress is null ? "file"
            : Uri.UnescapeDataString(inAddress["fileName=".Length..]);
        return new WorkItemFile(id, Clean(name), size);
    }

    /// <summary>
    /// Any member can name a file with quotes and line breaks, which would end the header that names it.
    /// </summary>
    private static string Clean(string name) =>
        string.Concat(name.Select(letter => letter == '"' || char.IsControl(letter) ? '_' : letter));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
