using System.Buffers;
using System.Text.Json;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest;

/// <summary>The body of a request as JSON, in an array of the pool.</summary>
internal sealed class RequestBody : IBufferWriter<byte>
{
    private const int First = 16 << 10;

    private byte[] _array = BodyPool.Arrays.Rent(First);
    private int _count;

    private RequestBody()
    {
    }

    /// <summary>Writes a body. Once it has been sent, <see cref="AnswerBody.Return"/> takes the array back.</summary>
    /// <param name="value">What is written.</param>
    /// <param name="options">How.</param>
    public static ReadOnlyMemory<byte> Of(object value, JsonSerializerOptions options)
    {
        var body = new RequestBody();
        using var writer = new Utf8JsonWriter(body);
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
        writer.Flush();
        return body._array.AsMemory(0, body._count);
    }

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_array.Length - _count < Math.Max(1, sizeHint))
        {
            var larger = BodyPool.Arrays.Rent(Math.Max(4 * _array.Length, _count + sizeHint));
            _array.AsSpan(0, _count).CopyTo(larger);
            BodyPool.Arrays.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
