namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>A file that was uploaded, whole or in chunks; work items hold it by its address.</summary>
internal sealed class Attachment(Guid id, string? fileName)
{
    public Guid Id { get; } = id;

    public string? FileName { get; } = fileName;

    public int Length => Content.Length;

    /// <summary>Whether all chunks have come; nobody can read it before.</summary>
    public bool IsComplete { get; set; }

    public byte[] Content { get; private set; } = [];

    public void Append(byte[] chunk) => Content = [.. Content, .. chunk];
}
