using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace JiraAdoSync;

/// <summary>
/// A table that says what is in it, in the order in which it came. A run keeps several of them for each issue, so they
/// are small: two arrays, since few entries need no hashing. Once it is complete a table can be made compact: those
/// with the same names share the array of these, and long texts are packed. Until then, its arrays are borrowed.
/// </summary>
/// <typeparam name="T">What is behind a key.</typeparam>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is a table.")]
public sealed class Table<T> : IReadOnlyDictionary<string, T>, IDictionary
{
    private static readonly Table<T>?[] Seen = new Table<T>?[1024];

    private const int FirstCapacity = 8;

    private readonly IEqualityComparer<string> _comparer;

    /// <summary>Whether the arrays are from the pool, to which they go back once the table is compact.</summary>
    private bool _areBorrowed;

    /// <summary>Others may share it once it is full, so names are added to a copy then.</summary>
    private string[] _names;
    private T[] _values;

    /// <summary>Makes a table that knows its keys in any case.</summary>
    public Table()
        : this([], StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Makes a table that knows its keys in any case, with room for some entries.</summary>
    /// <param name="capacity">How many.</param>
    public Table(int capacity)
        : this() => Grow(capacity);

    internal Table(IReadOnlyCollection<KeyValuePair<string, T>> entries, IEqualityComparer<string>? keys)
    {
        ArgumentNullException.ThrowIfNull(entries);
        _comparer = keys ?? StringComparer.Ordinal;
        _names = entries.Count == 0 ? [] : new string[entries.Count];
        _values = entries.Count == 0 ? [] : new T[entries.Count];
        foreach (var (name, value) in entries)
        {
            _names[Count] = name;
            _values[Count++] = value;
        }
    }

    /// <summary>Whether it knows its keys in any case.</summary>
    internal bool IsOfAnyCase => _comparer == StringComparer.OrdinalIgnoreCase;

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>The keys.</summary>
    public IEnumerable<string> Keys => _names[..Count];

    /// <summary>The entries, with long texts packed as they are (<see cref="PackedText"/>).</summary>
    public IEnumerable<KeyValuePair<string, T>> Packed
    {
        get
        {
            for (var index = 0; index < Count; index++)
            {
                yield return KeyValuePair.Create(_names[index], _values[index]);
            }
        }
    }

    /// <summary>What is behind the keys.</summary>
    public IEnumerable<T> Values => Array.ConvertAll(_values[..Count], Unpack);

    /// <summary>What is behind a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">Nothing is.</exception>
    public T this[string key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{key}'.");
        set
        {
            var index = IndexOf(key);
            if (index < 0)
            {
                index = Append(key);
            }

            _values[index] = value;
        }
    }

    /// <summary>Whether there is a key.</summary>
    /// <param name="key">The key.</param>
    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    /// <summary>Finds what is behind a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">What is behind it.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var index = IndexOf(key);
        value = index < 0 ? default : Unpack(_values[index]);
        return index >= 0;
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">What is behind it.</param>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(string key, T value) =>
        this[key] = ContainsKey(key) ? throw new ArgumentException($"'{key}' is there already.", nameof(key)) : value;

    /// <summary>Removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string key)
    {
        var index = IndexOf(key);
        if (index < 0)
        {
            return false;
        }

        _names = [.. _names[..index], .. _names[(index + 1)..Count]];
        _values = [.. _values[..index], .. _values[(index + 1)..Count]];
        _areBorrowed = false;
        Count--;
        return true;
    }

    /// <summary>Removes all entries.</summary>
    public void Clear() => (_names, _values, Count, _areBorrowed) = ([], [], 0, false);

    /// <summary>The entries.</summary>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return KeyValuePair.Create(_names[index], Unpack(_values[index]));
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join("; ", this.Select(entry => $"{entry.Key} = {Listing.Format(entry.Value)}"));

    /// <summary>Takes no more memory than the entries need, now that all are there.</summary>
    public void Compact()
    {
        var (names, values) = (_names, _values);
        _names = SharedNames.Of(names.AsSpan(0, Count));
        _values = _areBorrowed || values.Length > Count ? values[..Count] : values;
        GiveBack(names, values);
        for (var index = 0; typeof(T) == typeof(object) && index < Count; index++)
        {
            _values[index] = _values[index] is string text ? (T)PackedText.Of(text) : _values[index];
        }
    }

    /// <summary>
    /// The same in as little memory as may be: instead of this table an equal one that was seen before, where there is
    /// one, such as that of a priority or a project. Nobody may change it.
    /// </summary>
    public Table<T> Shared()
    {
        Compact();
        var hash = 0;
        foreach (var value in _values)
        {
            hash = (hash * 31) + (value?.GetHashCode() ?? 0);
        }

        ref var seen = ref Seen[(uint)hash % Seen.Length];
        var kept = seen;
        return kept is not null && kept._comparer == _comparer && ReferenceEquals(kept._names, _names)
                && kept._values.AsSpan().SequenceEqual(_values)
            ? kept
            : seen = this;
    }

    /// <summary>Adds all entries of another table, texts packed as they are.</summary>
    /// <param name="other">The other one.</param>
    /// <exception cref="ArgumentException">A key is there already.</exception>
    internal void AddAll(IReadOnlyDictionary<string, T> other)
    {
        var table = other as Table<T> ?? new Table<T>(other, null);
        for (var index = 0; index < table.Count; index++)
        {
            Add(table._names[index], table._values[index]);
        }
    }

    /// <summary>Adds an entry where its key is not there yet.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    internal void TryAdd(string key, T value)
    {
        if (!ContainsKey(key))
        {
            Add(key, value);
        }
    }

    /// <summary>Removes the entries without a value.</summary>
    internal void RemoveEmpty()
    {
        var left = 0;
        _names = [.. _names];
        _areBorrowed = false;
        for (var index = 0; index < Count; index++)
        {
            if (_values[index] is not (null or ""))
            {
                (_names[left], _values[left++]) = (_names[index], _values[index]);
            }
        }

        Array.Clear(_values, left, Count - left);
        Count = left;
    }

    /// <summary>The entries with some names, texts packed as they are; what is missing has no value.</summary>
    /// <param name="names">The names.</param>
    internal Table<T> Only(IReadOnlyCollection<string> names)
    {
        var some = new Table<T>(names.Count);
        foreach (var name in names)
        {
            some[name] = IndexOf(name) is >= 0 and var index ? _values[index] : default!;
        }

        return some;
    }

    /// <summary>Lets the values go, now that nobody will ask for anything but the names.</summary>
    internal void LetValuesGo() => Array.Clear(_values);

    private int IndexOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        for (var index = 0; index < Count; index++)
        {
            var name = _names[index];
            if (ReferenceEquals(name, key) || (name.Length == key.Length && _comparer.Equals(name, key)))
            {
                return index;
            }
        }

        return -1;
    }

    private int Append(string key)
    {
        if (Count == _names.Length)
        {
            Grow(Math.Max(FirstCapacity, 2 * Count));
        }

        _names[Count] = key;
        return Count++;
    }

    private void Grow(int capacity)
    {
        var (names, values) = (_names, _values);
        _names = ArrayPool<string>.Shared.Rent(capacity);
        _values = ArrayPool<T>.Shared.Rent(_names.Length);
        names.AsSpan(0, Count).CopyTo(_names);
        values.AsSpan(0, Count).CopyTo(_values);
        GiveBack(names, values);
        _areBorrowed = true;
    }

    private void GiveBack(string[] names, T[] values)
    {
        if (_areBorrowed)
        {
            ArrayPool<string>.Shared.Return(names, clearArray: true);
            ArrayPool<T>.Shared.Return(values, clearArray: true);
            _areBorrowed = false;
        }
    }

    private static T Unpack(T value) => value is PackedText packed ? (T)(object)packed.ToString() : value;

    // What PowerShell takes for a table, whose keys it shows as properties.
    ICollection IDictionary.Keys => (ICollection)Keys;

    ICollection IDictionary.Values => (ICollection)Values;

    bool IDictionary.IsFixedSize => false;

    bool IDictionary.IsReadOnly => false;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    object? IDictionary.this[object key]
    {
        get => key is string name && TryGetValue(name, out var value) ? value : null;
        set => this[(string)key] = (T)value!;
    }

    bool IDictionary.Contains(object key) => key is string name && ContainsKey(name);

    void IDictionary.Add(object key, object? value) => Add((string)key, (T)value!);

    void IDictionary.Remove(object key) => Remove((string)key);

    void ICollection.CopyTo(Array array, int index) => this.ToArray().CopyTo(array, index);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    IDictionaryEnumerator IDictionary.GetEnumerator() =>
        ((IDictionary)this.ToDictionary(_comparer)).GetEnumerator();
}

/// <summary>The names that tables have: most are those of a table that was seen before.</summary>
internal static class SharedNames
{
    private static readonly string[]?[] Seen = new string[256][];

    /// <summary>The names as an array, which nobody may change.</summary>
    /// <param name="names">The names, in their order.</param>
    public static string[] Of(ReadOnlySpan<string> names)
    {
        var hash = (uint)names.Length;
        foreach (var name in names)
        {
            hash = (hash * 31) + (uint)name.Length;
        }

        ref var seen = ref Seen[hash % Seen.Length];
        var kept = seen;
        return kept is not null && names.SequenceEqual(kept) ? kept : seen = names.ToArray();
    }
}
