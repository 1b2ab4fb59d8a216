using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JiraAdoSync.Drafting;

/// <summary>How the answer of a model is held to its shape; the strictest first.</summary>
public enum AnswerFormat
{
    /// <summary>By a JSON schema, which the endpoint enforces.</summary>
    JsonSchema,

    /// <summary>By the promise of a JSON object.</summary>
    JsonObject,

    /// <summary>By words alone.</summary>
    Text,
}

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">The text.</param>
public sealed record ChatMessage(string Role, string Content);

/// <summary>What is sent to a model.</summary>
/// <param name="Model">The model's name at the endpoint.</param>
/// <param name="Messages">The conversation so far.</param>
/// <param name="Schema">The JSON schema of the answer.</param>
/// <param name="Format">How the answer is held to it.</param>
public sealed record ChatRequest(
    string Model,
    IReadOnlyList<ChatMessage> Messages,
    JsonObject Schema,
    AnswerFormat Format
)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The body of the request, as it is sent.</summary>
    public string ToBody()
    {
        var body = new JsonObject
        {
            ["model"] = Model,
            ["messages"] = new JsonArray(Messages
                .Select(message => (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content })
                .ToArray()),
        };
        switch (Format)
        {
            case AnswerFormat.JsonSchema:
                body["response_format"] = new JsonObject
                {
                    ["type"] = "json_schema",
                    ["json_schema"] = new JsonObject
                    {
                        ["name"] = "profile_draft", ["strict"] = true, ["schema"] = Schema.DeepClone(),
                    },
                };
                break;
            case AnswerFormat.JsonObject:
                body["response_format"] = new JsonObject { ["type"] = "json_object" };
                break;
        }

        return body.ToJsonString(Json);
    }
}

/// <summary>What a model answered.</summary>
/// <param name="Content">The text; null where there is none.</param>
/// <param name="FinishReason">Why it ended, such as <c>stop</c>, <c>length</c>, <c>content_filter</c>.</param>
public sealed record ChatReply(string? Content, string? FinishReason)
{
    /// <summary>Whether the endpoint refuses the format of the answer that was asked for.</summary>
    public bool IsFormatRefused { get; init; }
}

/// <summary>A model behind a chat-completions endpoint.</summary>
public interface IChatModel
{
    /// <summary>Sends a conversation and waits for the answer.</summary>
    /// <param name="request">The conversation.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<ChatReply> CompleteAsync(ChatRequest request, CancellationToken cancellationToken);
}
