namespace JiraAdoSync.Jira;

/// <summary>A link from an issue to a page elsewhere.</summary>
/// <param name="Id">Its id, unique on the site.</param>
/// <param name="Url">The page's address.</param>
/// <param name="Title">The text that people see.</param>
public sealed record WebLink(long Id, string Url, string Title)
{
    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Title}: {Url}");
}
