using System.Collections;
using Xunit;

namespace JiraAdoSync.Tests.Planning;

/// <summary>The tables that a run keeps for each issue: small, and like any dictionary to whoever asks.</summary>
public sealed class TableTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("A long text, für alle. 🙂 ", 20));

    [Fact]
    public void Keys_are_known_in_any_case_and_keep_their_order()
    {
        var table = new Table<object?> { ["b"] = 1L, ["a"] = null, ["c"] = "x" };
        table["A"] = 2L;
        Assert.Equal(["b", "a", "c"], table.Keys);
        Assert.Equal([1L, 2L, "x"], table.Values);
        Assert.Equal("b = 1; a = 2; c = x", table.ToString());
        Assert.False(table.ContainsKey("d"));
        Assert.Throws<KeyNotFoundException>(() => table["d"]);
        Assert.Throws<ArgumentException>(() => table.Add("B", 3L));
    }

    [Fact]
    public void A_table_of_a_dictionary_that_knows_keys_by_their_case_does_so_too()
    {
        var table = Listing.Of(new Dictionary<string, int> { ["bug"] = 1, ["Bug"] = 2 });
        Assert.Equal((1, 2), (table["bug"], table["Bug"]));
        Assert.False(table.ContainsKey("BUG"));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("")]
    public void Texts_come_out_as_they_were(string text)
    {
        string[] texts = [text, Long, new string('漢', 500), new string('x', 500) + "\ud83d", new string('x', 4000)];
        foreach (var one in texts)
        {
            var table = new Table<object?> { ["text"] = one };
            table.Compact();
            Assert.Equal(one, table["text"]);
            Assert.Equal([KeyValuePair.Create("text", (object?)one)], table);
        }
    }

    [Fact]
    public void A_long_text_is_kept_in_half_the_memory()
    {
        var text = new string('x', 100_000);
        new Table<object?> { ["text"] = text }.Compact();
        var table = new Table<object?> { ["text"] = text };
        var before = GC.GetAllocatedBytesForCurrentThread();
        table.Compact();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 100_000, 101_000);
        Assert.Equal(text, table["text"]);
    }

    [Fact]
    public void Tables_with_the_same_names_share_them()
    {
        Table<object?> Make() => new() { ["One"] = 1L, ["Two"] = 2L, ["Three"] = 3L };
        Make().Compact();
        var table = Make();
        var other = Make();
        Assert.Same(SharedNames.Of(["One", "Two", "Three"]), SharedNames.Of(["One", "Two", "Three"]));
        table.Compact();
        other.Compact();
        table["Four"] = 4L;
        other["4"] = 4L;
        table.Remove("two");
        Assert.Equal("One = 1; Three = 3; Four = 4", table.ToString());
        Assert.Equal("One = 1; Two = 2; Three = 3; 4 = 4", other.ToString());
    }

    [Fact]
    public void PowerShell_finds_a_dictionary_in_it()
    {
        IDictionary table = new Table<object?> { ["priority"] = "High" };
        table["Rank"] = 1L;
        Assert.True(table.Contains("PRIORITY"));
        Assert.Null(table["none"]);
        Assert.Equal(new[] { "priority", "Rank" }, table.Keys);
        Assert.Equal(new object[] { "High", 1L }, table.Values);
        var seen = new List<string>();
        foreach (DictionaryEntry entry in table)
        {
            seen.Add($"{entry.Key} = {entry.Value}");
        }

        Assert.Equal(["priority = High", "Rank = 1"], seen);
        table.Remove("Priority");
        table.Clear();
        Assert.Empty(table);
    }
}
