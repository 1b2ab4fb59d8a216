using System.Collections;
using Xunit;

namespace JiraAdoSync.Tests.Tables;

/// <summary>Tables are dictionaries that take little room.</summary>
public sealed class TableTests
{
    [Fact]
    public void A_table_behaves_as_a_dictionary_whatever_is_done_to_it_and_to_others()
    {
        var random = new Random(5);
        string[] keys = [.. Enumerable.Range(0, 45).Select(number => $"Field{number}")];
        var pairs = new List<(Table<object?> Table, Dictionary<string, object?> Same)>();
        for (var step = 0; step < 20_000; step++)
        {
            if (pairs.Count < 3 || random.Next(12) == 0)
            {
                pairs.Add((new Table<object?>(), new(StringComparer.OrdinalIgnoreCase)));
            }

            // Most are filled in one order, as those of answers are.
            var (table, same) = pairs[random.Next(Math.Max(0, pairs.Count - 5), pairs.Count)];
            var key = random.Next(4) == 0 ? keys[random.Next(keys.Length)] : keys[Math.Min(same.Count, keys.Length - 1)];
            key = random.Next(5) == 0 ? key.ToUpperInvariant() : random.Next(5) == 0 ? new string(key) : key;
            if (random.Next(10) == 0)
            {
                Assert.Equal(same.Remove(key), table.Remove(key));
            }
            else
            {
                table[key] = same[key] = random.Next(6) == 0 ? new string('ä', random.Next(300)) : step;
            }

            Assert.Equal(same.TryGetValue(key, out var other), table.TryGetValue(key, out var value));
            Assert.Equal(other, value);
            Assert.Equal(same.Count, table.Count);
        }

        foreach (var (table, same) in pairs)
        {
            Assert.Equal(
                same.OrderBy(pair => pair.Key, StringComparer.Ordinal),
                table.OrderBy(pair => pair.Key, StringComparer.Ordinal));
            Assert.All(keys, key => Assert.Equal(same.ContainsKey(key), table.ContainsKey(key)));
            Assert.Equal(same.Count, table.Values.Count);
        }
    }

    [Fact]
    public void A_key_is_added_once_in_whatever_case()
    {
        var table = new Table<object?> { ["Title"] = 1 };
        Assert.Throws<ArgumentException>(() => table.Add("TITLE", 2));
        table["title"] = 3;
        Assert.Equal(KeyValuePair.Create("Title", (object?)3), Assert.Single(table.ToList()));
        Assert.Equal(3, ((IDictionary)table)["TITLE"]);
        Assert.False(((IDictionary)table).Contains("none"));
        Assert.Throws<KeyNotFoundException>(() => table["none"]);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("ünïcödé")]
    [InlineData("漢字仮名")]
    [InlineData("half \ud83d of a pair")]
    [InlineData("whole \ud83d\ude00 pairs")]
    [InlineData("nothing\0less")]
    public void A_long_text_is_what_it_was(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 100));
        Assert.Equal(text, new Table<object?> { ["Text"] = text }["text"]);
    }

    [Fact]
    public void Tables_that_are_filled_alike_take_little_more_than_their_values()
    {
        string[] keys = [.. Enumerable.Range(0, 20).Select(number => $"System.Field{number}")];
        object value = 1;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var tables = Enumerable.Range(0, 1000).Select(_ =>
        {
            var table = new Table<object?>();
            Array.ForEach(keys, key => table[key] = value);
            return table;
        }).ToList();
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / tables.Count, 1, 400);
    }
}
