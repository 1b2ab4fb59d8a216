namespace JiraAdoSync;

/// <summary>The names that somebody may have meant.</summary>
public static class Nearest
{
    private const int Shown = 3;

    /// <summary>A sentence with the names nearest to one that does not exist.</summary>
    /// <param name="name">What was given.</param>
    /// <param name="names">What there is.</param>
    public static string Sentence(string name, IEnumerable<string> names)
    {
        var nearest = names
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(one => (Name: one, Distance: Distance(name, one)))
            .OrderBy(one => one.Distance)
            .ThenBy(one => one.Name, StringComparer.Ordinal)
            .Take(Shown)
            .Select(one => $"'{one.Name}'")
            .ToList();
        return nearest.Count == 0 ? "There is none." : $"The nearest are {string.Join(", ", nearest)}.";
    }

    /// <summary>
    /// How many letters differ; a name that holds the other one whole is nearer than one that does not.
    /// </summary>
    private static double Distance(string left, string right)
    {
        var (a, b) = (left.ToUpperInvariant(), right.ToUpperInvariant());
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[j], row[j - 1]));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        var isPart = a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal);
        return isPart ? row[b.Length] / 4.0 : row[b.Length];
    }
}
