using JiraAdoSync.Mapping.Fields;
using Xunit;

namespace JiraAdoSync.Tests.Mapping.Fields;

public sealed class PriorityMappingTests
{
    [Theory]
    [InlineData("La plus haute,Haute,Moyenne,Basse,La plus basse", "1,2,3,4,4")]
    [InlineData("P0 - Critical,P1,P2,P3", "1,2,3,4")]
    [InlineData("Urgent,Normal,Later", "1,2,3")]
    [InlineData("Средний", "2")]
    [InlineData("A,B,C,D,E,F,G,H", "1,1,2,2,3,3,4,4")]
    [InlineData("Now,Highest,High,Soon,Low,Some day", "1,1,2,3,4,4")]
    [InlineData("A,B,High,Odd,Odder", "1,2,2,3,4")]
    public void What_words_do_not_say_the_order_of_the_site_s_list_does(string names, string numbers)
    {
        var mapping = new PriorityMapping([]);
        mapping.Learn(names.Split(','));
        Assert.Equal(numbers, string.Join(',', names.Split(',').Select(name => NumberOf(mapping, name))));
    }

    [Fact]
    public void The_user_s_table_is_used_before_words_and_words_before_order()
    {
        var mapping = new PriorityMapping(
            [KeyValuePair.Create("High", (int?)1), KeyValuePair.Create("Nebensache", (int?)null)]);
        mapping.Learn(["Low", "Nebensache", "High"]);
        Assert.Equal(1, NumberOf(mapping, "high"));
        Assert.Equal(4, NumberOf(mapping, "Low"));
        Assert.Null(NumberOf(mapping, "Nebensache"));
        Assert.False(mapping.TryMap("Unheard of", out _, out _));
    }

    private static int? NumberOf(PriorityMapping mapping, string name)
    {
        Assert.True(mapping.TryMap(name, out var number, out _));
        return number;
    }
}
