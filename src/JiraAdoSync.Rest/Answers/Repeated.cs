namespace JiraAdoSync.Rest.Answers;

/// <summary>
/// Values that come again and again, such as types, states and accounts: each is kept once, as long as no other takes
/// its place.
/// </summary>
/// <typeparam name="T">A type whose equal values are as good as one another.</typeparam>
internal static class Repeated<T>
    where T : class
{
    private static readonly T?[] Kept = new T?[256];

    /// <summary>The value, or an equal one that came before.</summary>
    public static T Of(T value)
    {
        ref var place = ref Kept[(uint)value.GetHashCode() % (uint)Kept.Length];
        var kept = place;
        return value.Equals(kept) ? kept! : place = value;
    }
}
