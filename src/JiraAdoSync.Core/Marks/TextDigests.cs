using System.Globalization;

namespace JiraAdoSync.Marks;

/// <summary>
/// The digests of an issue's rich texts, one for each kind, so that a change of one kind leaves the others alone and a
/// run that leaves a kind out forgets nothing of it: <c>1a2b3c4d.5e6f7a8b.-.-</c>.
/// </summary>
/// <param name="Description">
/// Of the description; where it leads to issues that have no work item yet, their number follows: <c>1a2b3c4d+2</c>.
/// </param>
/// <param name="Comments">Of the comments.</param>
/// <param name="Attachments">Of the attachments.</param>
/// <param name="WebLinks">Of what shows that the web links may have changed.</param>
public sealed record TextDigests(string Description, string Comments, string Attachments, string WebLinks)
{
    /// <summary>Marks a kind that was never brought over whole.</summary>
    public const string Missing = "-";

    /// <summary>
    /// Follows a digest where something remains that no longer exists in Jira, for a run that prunes.
    /// </summary>
    public const string Left = "~";

    private const char Waiting = '+';

    /// <summary>The digest of the description alone.</summary>
    public string DescriptionAlone => Description.Split(Waiting)[0];

    /// <summary>Whether the description leads to issues that had no work item when it was written.</summary>
    public bool IsWaiting => Description.Contains(Waiting, StringComparison.Ordinal);

    /// <summary>The digest of a description that leads to issues without a work item.</summary>
    /// <param name="digest">The digest of the description alone.</param>
    /// <param name="missing">How many issues those are.</param>
    public static string WaitFor(string digest, int missing) =>
        missing == 0 ? digest : string.Create(CultureInfo.InvariantCulture, $"{digest}{Waiting}{missing}");

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
