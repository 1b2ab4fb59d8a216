using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraAdoSync.Planning.Saved;

/// <summary>
/// A plan as a file that people can read and approve, and that is applied exactly as it is: JSON with the hash of
/// its own text, so that a plan that was edited after its approval is refused.
/// </summary>
public static class PlanFile
{
    /// <summary>The format of a plan that writes to Azure DevOps only, which all versions read.</summary>
    private const string OneWay = "JiraAdoSync plan 1";

    /// <summary>The format of a plan that may write to Jira, too: versions that can't apply it refuse it by this.</summary>
    private const string BothWays = "JiraAdoSync plan 2";

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        // The file is read by people, not put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of the file for a plan, and the plan's hash: 64 hexadecimal digits in lower case.</summary>
    /// <param name="plan">The plan.</param>
    public static (string Text, string Hash) Write(SavedPlan plan)
    {
        var text = JsonSerializer.Serialize(plan, Json).ReplaceLineEndings("\n");
        var hash = Hash(text);
        return ($"{{\n  \"format\": \"{FormatOf(plan)}\",\n  \"sha256\": \"{hash}\",\n  \"plan\": {text}\n}}\n", hash);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where it is from, for people.</param>
    /// <param name="expectedHash">
    /// The hash of the one plan that is accepted, in any case; null where any plan is. The hash in the file shows only
    /// that the file was not changed by accident: whoever edits the plan can compute it anew.
    /// </param>
    /// <exception cref="SyncException">
    /// <c>PlanFileInvalid</c>: no plan, or one that was changed after it was written, or another than was expected.
    /// </exception>
    public static SavedPlan Read(string text, string path, string? expectedHash = null)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var format = root.GetProperty("format").GetString();
            if (format is not (OneWay or BothWays))
            {
                throw Invalid(path, $"its format is '{format}', and this version reads '{OneWay}' and '{BothWays}'");
            }

            var plan = root.GetProperty("plan");
            var hash = root.GetProperty("sha256").GetString();
            // Git may have given the lines of the file other ends.
            if (hash != Hash(plan.GetRawText()) && hash != Hash(plan.GetRawText().ReplaceLineEndings("\n")))
            {
                throw Invalid(path, "it was changed after it was written");
            }

            if (expectedHash is not null && !string.Equals(hash, expectedHash, StringComparison.OrdinalIgnoreCase))
            {
                throw Invalid(path, $"it is another plan than was expected; its hash is {hash}");
            }

            var saved = plan.Deserialize<SavedPlan>(Json)!;
            return FormatOf(saved) == format
                ? saved
                : throw Invalid(path, $"its format is '{format}', and its content is that of '{FormatOf(saved)}'");
        }
        catch (Exception unreadable) when (
            unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Invalid(path, "it is no such file");
        }
    }

    private static string FormatOf(SavedPlan plan) => plan.TwoWay is null ? OneWay : BothWays;

    private static string Hash(string text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();

    /// <summary>The error about a file that is none, or none that can be applied.</summary>
    /// <param name="path">The file, for people.</param>
    /// <param name="why">What is wrong with it: the part of a sentence.</param>
    public static SyncException Invalid(string path, string why) => new(
        "PlanFileInvalid",
        $"'{path}' can't be applied as a plan: {why}. Make a new one with Invoke-JiraAdoSync -PlanOnly | Export-JiraAdoPlan.",
        path);
}
