namespace JiraAdoSync.Rest.Answers;

/// <summary>
/// Values that occur again and again, such as types, states and accounts: each is kept once, until another one
/// replaces it.
/// </summary>
/// <typeparam name="T">A type whose equal values are as good as one another.</typeparam>
internal static class Repeated<T>
    where T : class
{
    private static readonly T?[] Kept = new T?[256];

    /// <summary>The value, or an equal one that was seen before.</summary>
    public static T Of(T value)
    {
        ref var slot = ref Kept[(uint)value.GetHashCode() % (uint)Kept.Length];
        var kept = slot;
        return value.Equals(kept) ? kept! : slot = value;
    }
}
