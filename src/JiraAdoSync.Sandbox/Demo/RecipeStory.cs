namespace JiraAdoSync.Sandbox.Demo;

/// <summary>
/// The published recipe's story: a Story with two Tasks that block it, a Bug that relates to it, and two Sub-tasks
/// under one of the Tasks.
/// </summary>
public static class RecipeStory
{
    private const string Resource = "recipe-story.jsonl";

    /// <summary>The query that finds its issues.</summary>
    public const string Jql = "project = SHOP ORDER BY key";

    /// <summary>The script of its second act, in which people edit both sides.</summary>
    public static string BothWays
    {
        get
        {
            using var reader = new StreamReader(
                typeof(RecipeStory).Assembly.GetManifestResourceStream("both-ways.ps1")!);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Its issues, one JSON text each, in the shape in which Jira returns an issue.</summary>
    public static IReadOnlyList<string> Issues { get; } =
        [.. Seed.Lines(typeof(RecipeStory).Assembly.GetManifestResourceStream(Resource)!)];
}
