using System.Globalization;
using JiraAdoSync.Reporting;
using JiraAdoSync.Syncing;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Reporting;

public sealed class AmountTests
{
    [Fact]
    public void Numbers_of_things_are_the_same_everywhere_whatever_the_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberGroupSeparator = ".";
        CultureInfo.CurrentCulture = other;
        try
        {
            Assert.Equal("6,000", Amount.Of(6000));
            Assert.Equal("1 link", Amount.Of(1, "link"));
            Assert.Equal("6,000 links", Amount.Of(6000, "link"));
            var summary = SyncSummary.Of(6000, [], []) with { JiraRequests = 1234, AdoRequests = 20 };
            Assert.Contains(
                "6,000 issues, 1,234 requests to Jira and 20 to Azure DevOps",
                MarkdownReport.Write(new Report { Made = DateTimeOffset.UnixEpoch, Summary = summary }),
                StringComparison.Ordinal);
            using var session = new PowerShellSession();
            session.Set("counts", new Dictionary<string, int> { ["Create"] = 6000, ["Keep"] = 20 });
            Assert.Equal(
                "6,000 Create, 20 Keep",
                session.Run("[JiraAdoSync.Output.Formatting]::Counts($counts)").Succeeded().Output.Single().ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
