namespace JiraAdoSync.Marks;

/// <summary>A value that a side refused: it is not sent again while both sides have what they had.</summary>
/// <param name="By">The side that refused it.</param>
/// <param name="Values">
/// The digests of what Jira and Azure DevOps had, and where Azure DevOps refused it, of the work item's state, on which its
/// rules may depend.
/// </param>
public sealed record Refusal(Side By, string Values)
{
    /// <summary>How many characters there are of one by Jira.</summary>
    internal const int LengthByJira = 2 * ShortDigest.Length;

    /// <summary>How many characters there are of one by Azure DevOps.</summary>
    internal const int LengthByAdo = 3 * ShortDigest.Length;

    /// <summary>Whether it can be one.</summary>
    internal bool IsSound => Values.Length == (By == Side.Jira ? LengthByJira : LengthByAdo) && Values.All(ShortDigest.IsDigit);

    /// <summary>What Jira refused to have as Azure DevOps has it.</summary>
    /// <param name="jira">What Jira has, as text.</param>
    /// <param name="ado">What Azure DevOps has, as text.</param>
    internal static Refusal ByJira(string? jira, string? ado) => new(Side.Jira, ShortDigest.Of(jira) + ShortDigest.Of(ado));

    /// <summary>What Azure DevOps refused to have as Jira has it.</summary>
    /// <param name="jira">What Jira has, as text.</param>
    /// <param name="ado">What Azure DevOps has, as text.</param>
    /// <param name="state">The state of the work item.</param>
    internal static Refusal ByAdo(string? jira, string? ado, string? state) =>
        new(Side.AzureDevOps, ShortDigest.Of(jira) + ShortDigest.Of(ado) + ShortDigest.Of(state));

    /// <summary>The same, of a work item that has another state by the write that was refused.</summary>
    /// <param name="state">The state.</param>
    internal Refusal In(string? state) => By == Side.Jira ? this
        : this with { Values = Values[..LengthByJira] + ShortDigest.Of(state) };
}
