using System.Management.Automation.Language;
using Xunit;

namespace JiraAdoSync.Tests.Mapping;

/// <summary>Names in entries that people paste.</summary>
public sealed class LiteralTests
{
    [Theory]
    [InlineData("In Progress")]
    [InlineData("Won't Do")]
    [InlineData("Won’t Do")]
    [InlineData("‘quoted’ ‚and‛ $(Get-Date) `n \"twice\"")]
    [InlineData("x’; Remove-Item *; ’")]
    public void PowerShell_reads_the_text_that_was_meant(string text)
    {
        var script = Parser.ParseInput(Literal.Of(text), out _, out var errors);
        Assert.Empty(errors);
        var statement = Assert.IsType<PipelineAst>(Assert.Single(script.EndBlock.Statements));
        var command = Assert.IsType<CommandExpressionAst>(Assert.Single(statement.PipelineElements));
        Assert.Equal(text, Assert.IsType<StringConstantExpressionAst>(command.Expression).Value);
    }
}
