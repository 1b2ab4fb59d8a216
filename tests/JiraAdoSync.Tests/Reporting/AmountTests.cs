using System.Globalization;
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
