using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using JiraAdoSync.Drafting;

namespace JiraAdoSync.Rest.Models;

/// <summary>
/// A model behind a chat-completions endpoint, with a connection of its own: https except on this machine, and the key
/// is sent to that address and to no other, whatever an answer redirects to.
/// </summary>
public sealed class ChatClient : IChatModel, IDisposable
{
    private const string Route = "chat/completions";

    private readonly RestConnection _connection;
    private readonly string _path;
    private readonly bool _isAnonymous;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="address">
    /// The base address, such as <c>https://api.openai.com/v1</c> or <c>http://localhost:11434/v1</c>, or that of the
    /// route itself; a query such as <c>?api-version=...</c> is kept.
    /// </param>
    /// <param name="authenticate">Gives the key for one request; null where none is needed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trace">Is called with the outcome of each request, on any thread.</param>
    /// <exception cref="SyncException"><c>AddressInvalid</c>.</exception>
    public ChatClient(
        Uri address, Func<AuthenticationHeaderValue>? authenticate, TimeProvider time, Action<RequestTrace> trace)
    {
        ArgumentNullException.ThrowIfNull(address);
        var text = (address.IsAbsoluteUri ? address.GetLeftPart(UriPartial.Path) : address.OriginalString).TrimEnd('/');
        text = text.EndsWith("/" + Route, StringComparison.OrdinalIgnoreCase) ? text[..^(Route.Length + 1)] : text;
        _isAnonymous = authenticate is null;
        _connection = new RestConnection(
            new Uri(text, UriKind.RelativeOrAbsolute),
            new ModelService(),
            authenticate ?? (() => new AuthenticationHeaderValue("Bearer", string.Empty)),
            time,
            trace);
        _path = Route + (address.IsAbsoluteUri ? address.Query : string.Empty);
    }

    /// <summary>Where requests are sent, without a query.</summary>
    public Uri Address => new(_connection.Address, Route);

    /// <inheritdoc/>
    /// <exception cref="RestException">
    /// The endpoint refused the request, or no answer came that can be read. It is sent again where the endpoint
    /// throttles, and not after a time-out: what a model works out may cost money.
    /// </exception>
    public async Task<ChatReply> CompleteAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await _connection
                .SendAsync<JsonElement, ChatReply>(
                    RestRequest.Post(_path, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(request.ToBody())) with
                    {
                        IsRepeatable = false,
                        IsAnonymous = _isAnonymous,
                    },
                    Read,
                    cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RestException refused)
            when (request.Format != AnswerFormat.Text && refused.Status is 400 or 415 or 422 or 501)
        {
            // Endpoints name what they don't take in words of their own: what else is wrong with it, text shows as
            // well.
            return new ChatReply(null, null) { IsFormatRefused = true };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static ChatReply Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("choices", out var choices)
            || choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0
            || choices[0] is not { ValueKind: JsonValueKind.Object } choice)
        {
            throw new JsonException("It has no 'choices'.");
        }

        var reason =
            choice.TryGetProperty("finish_reason", out var finish) && finish.ValueKind == JsonValueKind.String
                ? finish.GetString()
                : null;
        var message =
            choice.TryGetProperty("message", out var found) && found.ValueKind == JsonValueKind.Object
                ? found
                : default;
        var isRefusal =
            message.ValueKind == JsonValueKind.Object
            && message.TryGetProperty("refusal", out var refusal)
            && refusal.ValueKind == JsonValueKind.String
            && refusal.GetString() is { Length: > 0 };
        var content =
            message.ValueKind == JsonValueKind.Object
            && message.TryGetProperty("content", out var text)
            && text.ValueKind == JsonValueKind.String
                ? text.GetString()
                : null;
        return new ChatReply(content, isRefusal ? "refusal" : reason);
    }
}
