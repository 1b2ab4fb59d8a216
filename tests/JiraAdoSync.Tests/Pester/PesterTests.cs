using Xunit;

namespace JiraAdoSync.Tests.Pester;

/// <summary>
/// The Pester suite as part of every test run: each of its tests is one here, under its own name. The suite runs when
/// these tests do, once; where there is no shell, they fail. <c>JIRAADOSYNC_PESTER</c> names another version of Pester
/// than 5.9.1; 6.2.0 is staged, too.
/// </summary>
public sealed class PesterTests
{
    private static readonly string Version = Environment.GetEnvironmentVariable("JIRAADOSYNC_PESTER") is { Length: > 0 } given
        ? given : "5.9.1";

    public static Task<IEnumerable<TheoryDataRow<PesterResult>>> Suite() => RunAsync(Version, "*.Tests.ps1");

    public static Task<IEnumerable<TheoryDataRow<PesterResult>>> SuiteOfPester6() => RunAsync("6.2.0", "Recipe.Tests.ps1");

    [Theory]
    [MemberData(nameof(Suite), DisableDiscoveryEnumeration = true)]
    public void Passes(PesterResult result) => Judge(result);

    /// <summary>One file in Pester 6 each time; all of them on demand.</summary>
    [Theory]
    [MemberData(nameof(SuiteOfPester6), DisableDiscoveryEnumeration = true)]
    public void Passes_in_Pester_6(PesterResult result) => Judge(result);

    private static async Task<IEnumerable<TheoryDataRow<PesterResult>>> RunAsync(string version, string files)
    {
        var results = await PesterSuite.RunAsync(version, files, TestContext.Current.CancellationToken);
        return results.Select(
            result => new TheoryDataRow<PesterResult>(result) { TestDisplayName = $"Pester {version}: {result}" });
    }

    private static void Judge(PesterResult result)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"{result.Milliseconds} ms");
        Assert.SkipWhen(result.Outcome == "Skipped", "Skipped by the Pester suite.");
        Assert.True(result.Outcome == "Passed", $"{result}: {result.Outcome}. {result.Message}");
    }
}
