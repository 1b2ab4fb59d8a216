using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace JiraAdoSync;

/// <summary>
/// A table that says what is in it, in the order in which it was filled. A run keeps some of them for each issue:
/// tables that are filled with the same keys in the same order share the list of keys, and long texts are kept as
/// <see cref="PackedText"/>.
/// </summary>
/// <typeparam name="T">What is behind a key.</typeparam>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is a table.")]
public sealed class Table<T> : IDictionary<string, T>, IReadOnlyDictionary<string, T>, IDictionary
{
    /// <summary>From this many keys on, looking through them takes longer than an index.</summary>
    private const int IndexedFrom = 32;

    /// <summary>
    /// Lists of keys by their last key and its position. Whoever made a list goes on adding to it; others only follow
    /// it as far as they are filled alike.
    /// </summary>
    private static readonly string?[]?[] Lists = new string?[]?[1024];

    private readonly IEqualityComparer<string> _comparer;
    private string?[] _keys = [];
    private T[] _values = [];
    private Dictionary<string, int>? _index;
    private bool _ownsKeys;

    /// <summary>Where the list that this table makes is among the <see cref="Lists"/>.</summary>
    private int _place = -1;

    private int _count;

    /// <summary>Makes a table that knows its keys in any case.</summary>
    public Table() => _comparer = StringComparer.OrdinalIgnoreCase;

    internal Table(IEnumerable<KeyValuePair<string, T>> entries, IEqualityComparer<string>? keys)
    {
        _comparer = keys ?? StringComparer.Ordinal;
        foreach (var (key, value) in entries)
        {
            Add(key, value);
        }
    }

    /// <summary>Whether it knows its keys in any case.</summary>
    internal bool IsInAnyCase => _comparer == (object)StringComparer.OrdinalIgnoreCase;

    /// <inheritdoc cref="ICollection{T}.Count"/>
    public int Count => _count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public ICollection<string> Keys => new ArraySegment<string>(_keys!, 0, _count);

    /// <inheritdoc/>
    public ICollection<T> Values => Enumerable.Range(0, _count).Select(ValueAt).ToArray();

    IEnumerable<string> IReadOnlyDictionary<string, T>.Keys => Keys;

    IEnumerable<T> IReadOnlyDictionary<string, T>.Values => Values;

    ICollection IDictionary.Keys => Keys.ToArray();

    ICollection IDictionary.Values => (T[])Values;

    bool IDictionary.IsFixedSize => false;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    /// <inheritdoc cref="IDictionary{TKey, TValue}.this"/>
    public T this[string key]
    {
        get => PositionOf(key) is >= 0 and var position
            ? ValueAt(position)
            : throw new KeyNotFoundException($"The key '{key}' is not in the table.");
        set
        {
            if (IsNext(key) || PositionOf(key) is not (>= 0 and var position))
            {
                Append(key, value);
            }
            else
            {
                _values[position] = Pack(value);
            }
        }
    }

    object? IDictionary.this[object key]
    {
        get => key is string name && TryGetValue(name, out var value) ? value : null;
        set => this[(string)key] = (T)value!;
    }

    /// <inheritdoc/>
    public void Add(string key, T value)
    {
        if (!IsNext(key) && PositionOf(key) >= 0)
        {
            throw new ArgumentException($"The key '{key}' is in the table already.", nameof(key));
        }

        Append(key, value);
    }

    /// <inheritdoc cref="IDictionary{TKey, TValue}.ContainsKey"/>
    public bool ContainsKey(string key) => PositionOf(key) >= 0;

    /// <inheritdoc cref="IDictionary{TKey, TValue}.TryGetValue"/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var position = PositionOf(key);
        value = position >= 0 ? ValueAt(position) : default;
        return position >= 0;
    }

    /// <inheritdoc/>
    public bool Remove(string key)
    {
        var position = PositionOf(key);
        if (position < 0)
        {
            return false;
        }

        // Others may follow the list of keys.
        _keys = [.. _keys.AsSpan(0, position), .. _keys.AsSpan((position + 1)..)];
        _values = [.. _values.AsSpan(0, position), .. _values.AsSpan((position + 1)..)];
        (_ownsKeys, _index, _place) = (true, null, -1);
        _count--;
        return true;
    }

    /// <inheritdoc cref="ICollection{T}.Clear"/>
    public void Clear() => 
        (_keys, _values, _index, _ownsKeys, _place, _count) = ([], [], null, false, -1, 0);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator()
    {
        for (var position = 0; position < _count; position++)
        {
            yield return KeyValuePair.Create(_keys[position]!, ValueAt(position));
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join("; ", this.Select(entry => $"{entry.Key} = {Listing.Tell(entry.Value)}"));

    void ICollection<KeyValuePair<string, T>>.Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, T>>.Contains(KeyValuePair<string, T> item) =>
        TryGetValue(item.Key, out var value) && EqualityComparer<T>.Default.Equals(value, item.Value);

    void ICollection<KeyValuePair<string, T>>.CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) =>
        this.ToArray().CopyTo(array, arrayIndex);

    bool ICollection<KeyValuePair<string, T>>.Remove(KeyValuePair<string, T> item) =>
        ((ICollection<KeyValuePair<string, T>>)this).Contains(item) && Remove(item.Key);

    void IDictionary.Add(object key, object? value) => Add((string)key, (T)value!);

    bool IDictionary.Contains(object key) => key is string name && ContainsKey(name);

    void IDictionary.Remove(object key)
    {
        if (key is string name)
        {
            Remove(name);
        }
    }

    void ICollection.CopyTo(Array array, int index) => this.ToArray().CopyTo(array, index);

    IDictionaryEnumerator IDictionary.GetEnumerator() =>
        ((IDictionary)new Dictionary<string, T>(this, _comparer)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T ValueAt(int position) =>
        _values[position] is PackedText text ? (T)(object)text.ToString() : _values[position];

    private static T Pack(T value) =>
        typeof(T) == typeof(object) && value is string text ? (T)PackedText.Of(text) : value;

    /// <summary>Whether a key is the next one of the list that the table follows, so that the table lacks it.</summary>
    private bool IsNext(string key) =>
        !_ownsKeys && _count < _keys.Length && _index is null && ReferenceEquals(_keys[_count], key);

    private int PositionOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_index is not null)
        {
            return _index.GetValueOrDefault(key, -1);
        }

        var keys = _keys.AsSpan(0, _count);
        for (var position = 0; position < keys.Length; position++)
        {
            if (ReferenceEquals(keys[position], key))
            {
                return position;
            }
        }

        for (var position = 0; position < keys.Length; position++)
        {
            if (_comparer.Equals(keys[position], key))
            {
                return position;
            }
        }

        return -1;
    }

    private void Append(string key, T value)
    {
        if (_ownsKeys ? _count == _keys.Length : _count == _keys.Length || _keys[_count] != key)
        {
            FindKeys(key);
        }

        if (_ownsKeys)
        {
            _keys[_count] = key;
        }

        if (_count == _values.Length)
        {
            // As many as those had whose list this one follows.
            var known = _ownsKeys ? 0 : Array.IndexOf(_keys, null) is >= 0 and var end ? end : _keys.Length;
            Array.Resize(ref _values, Math.Max(known, _count < 4 ? 4 : _count * 3 / 2));
        }

        _values[_count++] = Pack(value);
        _index?.Add(key, _count - 1);
        if (_count == IndexedFrom && _index is null)
        {
            _index = new Dictionary<string, int>(_comparer);
            for (var position = 0; position < _count; position++)
            {
                _index.Add(_keys[position]!, position);
            }
        }
    }

    /// <summary>Finds a list of keys that goes on with a key, or makes one.</summary>
    private void FindKeys(string key)
    {
        // Keys that differ in case only are one for some tables and two for others.
        var isShared = IsInAnyCase && _count < IndexedFrom;
        var place = _ownsKeys ? _place
            : ((key.Length * 31) + (key.Length == 0 ? 0 : key[^1] * 7) + (_count * 131)) % Lists.Length;
        if (isShared && !_ownsKeys && Lists[place] is { } other && _count < other.Length && other[_count] == key
            && other.AsSpan(0, _count).SequenceEqual(_keys.AsSpan(0, _count)))
        {
            _keys = other;
            return;
        }

        var keys = new string?[Math.Max(8, _count * 2)];
        _keys.AsSpan(0, _count).CopyTo(keys);
        keys[_count] = key;
        (_keys, _ownsKeys) = (keys, true);
        if (isShared && place >= 0)
        {
            (Lists[place], _place) = (keys, place);
        }
    }
}
