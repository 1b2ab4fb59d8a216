namespace JiraAdoSync.Marks;

/// <summary>
/// The digests of an issue's rich texts, one for each kind, so that a change of one kind leaves the others alone and a run
/// that leaves a kind out forgets nothing of it: <c>1a2b3c4d.5e6f7a8b.-.-</c>.
/// </summary>
/// <param name="Description">Of the description.</param>
/// <param name="Comments">Of the comments.</param>
/// <param name="Attachments">Of the attachments.</param>
/// <param name="WebLinks">Of what tells that the web links may have changed.</param>
public sealed record TextDigests(string Description, string Comments, string Attachments, string WebLinks)
{
    /// <summary>Stands for a kind that was never brought over whole.</summary>
    public const string Missing = "-";

    /// <summary>Follows a digest where something stands that is gone in Jira, for a run that prunes.</summary>
    public const string Left = "~";

    /// <summary>Nothing was brought over.</summary>
    public static TextDigests None { get; } = new(Missing, Missing, Missing, Missing);

    /// <summary>Reads the text of a mark; one in another form says nothing.</summary>
    /// <param name="text">The text.</param>
    public static TextDigests Parse(string? text) =>
        text?.Split('.') is [var description, var comments, var attachments, var webLinks]
            ? new TextDigests(description, comments, attachments, webLinks)
            : None;

    /// <inheritdoc/>
    public override string ToString() => $"{Description}.{Comments}.{Attachments}.{WebLinks}";
}
