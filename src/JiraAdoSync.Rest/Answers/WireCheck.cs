using System.Text.Json;

namespace JiraAdoSync.Rest.Answers;

/// <summary>
/// What an answer must have to be of use. What it lacks makes it unreadable, and the connection reports it.
/// </summary>
internal static class WireCheck
{
    /// <summary>A value that must be there.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static T Required<T>(this T? value, string name)
        where T : class => value ?? throw new JsonException($"It has no '{name}'.");

    /// <summary>A list that must be there, without gaps.</summary>
    /// <exception cref="JsonException">It is not, or has gaps.</exception>
    public static List<T> Complete<T>(this List<T?>? list, string name)
        where T : class
    {
        if (list.Required(name).Contains(null))
        {
            throw new JsonException($"Its '{name}' has gaps.");
        }

        return list!;
    }

    /// <summary>What each part of a list says, in an array of just that length.</summary>
    public static TTo[] Each<T, TTo>(this List<T> list, Converter<T, TTo> convert)
    {
        var converted = new TTo[list.Count];
        for (var index = 0; index < converted.Length; index++)
        {
            converted[index] = convert(list[index]);
        }

        return converted;
    }

    /// <summary>An id; they begin at 1.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static T Id<T>(this T id, string name)
        where T : struct, IComparable<T> =>
            id.CompareTo(default) > 0 ? id : throw new JsonException($"Its '{name}' is no id.");
}
