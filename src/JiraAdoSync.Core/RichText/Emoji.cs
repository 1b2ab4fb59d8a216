namespace JiraAdoSync.RichText;

/// <summary>
/// Emojis and emoticons: Jira renders them as images of its own, and a work item shows them as the character that they
/// represent.
/// </summary>
internal static class Emoji
{
    /// <summary>Emoticons of wiki text, by the file that Jira shows for each; some have no alternative text.</summary>
    private static readonly Dictionary<string, string> Files = new(StringComparer.OrdinalIgnoreCase)
    {
        ["smile"] = "🙂",
        ["sad"] = "🙁",
        ["tongue"] = "😛",
        ["biggrin"] = "😀",
        ["wink"] = "😉",
        ["thumbs_up"] = "👍",
        ["thumbs_down"] = "👎",
        ["information"] = "ℹ️",
        ["check"] = "✅",
        ["error"] = "❌",
        ["warning"] = "⚠️",
        ["forbidden"] = "⛔",
        ["add"] = "➕",
        ["help_16"] = "❓",
        ["lightbulb_on"] = "💡",
        ["lightbulb"] = "💡",
        ["star_yellow"] = "⭐",
        ["star_red"] = "⭐",
        ["star_green"] = "⭐",
        ["star_blue"] = "⭐",
        ["flag"] = "🚩",
        ["flag_grey"] = "🏳️",
    };

    /// <summary>The text of an image that is an emoji; null where it is none, or nobody knows which.</summary>
    public static string? Of(HtmlToken image)
    {
        var source = image["src"];
        if (!image.HasClass("emoticon") && !image.HasClass("emoji")
            && !source.Contains("/emoticons/", StringComparison.Ordinal))
        {
            return null;
        }

        return image["alt"].Length > 0
            ? image["alt"]
            : Files.GetValueOrDefault(Path.GetFileNameWithoutExtension(source.Split('?')[0]));
    }
}
