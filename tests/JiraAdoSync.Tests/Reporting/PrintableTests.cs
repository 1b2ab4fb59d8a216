using Xunit;

namespace JiraAdoSync.Tests.Reporting;

/// <summary>What is left of a service's text that a terminal, an agent or a reader's eye would obey: nothing.</summary>
public sealed class PrintableTests
{
    [Theory]
    [InlineData("a\e]52;c;ZXZpbA==\ab", "a ]52;c;ZXZpbA== b")]
    [InlineData("a\e[2K\e[1Ab", "a [2K [1Ab")]
    [InlineData("a\r\nb\tc\bd\u007fe", "a  b c d e")]
    [InlineData("a\u009b2Kb\u0085c", "a 2Kb c")]
    [InlineData("a\u202eb\u2066c\u2069d\u2028e\u2029f", "a b c d e f")]
    [InlineData("a##vso[x]b##VSO[y]c##[z]d", "a## vso[x]b## vso[y]c## [z]d")]
    [InlineData("#\0#vso[x] ##\avso[y]", "# #vso[x] ## vso[y]")]
    [InlineData("\u200fשלום\u200e, \u061cسلام 😀 é", "\u200fשלום\u200e, \u061cسلام 😀 é")]
    [InlineData("", "")]
    [InlineData(null, null)]
    public void A_text_is_one_line_that_nothing_obeys(string? text, string? printable) =>
        Assert.Equal(printable, Printable.Of(text));
}
