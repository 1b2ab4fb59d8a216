using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.Model;

/// <summary>
/// Plays a chat-completions endpoint at <c>/v1/chat/completions</c>, in the way of OpenAI, Ollama and llama.cpp. It
/// understands nothing: <c>PUT /sandbox/model</c> takes an array of answers that it gives one after the other, the last
/// one ever after; without a script it answers what the schema of the request asks for, and says nothing in it.
/// <code>
/// {"kind":"right","content":{...}}   an answer that ends as it should; the content is an object or a text
/// {"kind":"cut","content":{...}}     half of it, with finish_reason "length"
/// {"kind":"malformed"}               a text that is no JSON
/// {"kind":"fenced","content":{...}}  the answer in a sentence and a fence, as models without a schema like it
/// {"kind":"filtered"}                status 200, no content, finish_reason "content_filter"
/// {"kind":"echo"}                    all that the user's message says, as what was not understood
/// {"kind":"slow","delayMs":1000}     a right answer after a wait
/// {"kind":"throttled"}               429 with Retry-After 1
/// {"kind":"unauthorized"}            401
/// {"kind":"no-schema"}               400 to a request with response_format json_schema, else the next answer
/// {"kind":"no-format"}               400 to a request with any response_format, else the next answer
/// {"kind":"redirect","location":""}  307 to another address
/// {"kind":"down"}                    503
/// </code>
/// <c>GET /sandbox/model</c> returns the requests that were received: body, and whether they had a key.
/// </summary>
internal sealed class ModelEndpoint(TimeProvider time)
{
    private readonly object _gate = new();
    private readonly List<JsonObject> _script = [];
    private readonly JsonArray _requests = [];
    private int _next;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/chat/completions", ["POST"], (RequestDelegate)CompleteAsync);
        routes.MapMethods("/sandbox/model", ["PUT"], (RequestDelegate)ScriptAsync);
        routes.MapMethods("/sandbox/model", ["GET"], (RequestDelegate)(context =>
        {
            lock (_gate)
            {
                return Answer.Json(_requests.DeepClone()).SendAsync(context.Response, context.RequestAborted);
            }
        }));
    }

    public void Reset()
    {
        lock (_gate)
        {
            _script.Clear();
            _requests.Clear();
            _next = 0;
        }
    }

    private async Task ScriptAsync(HttpContext context)
    {
        var body = await RequestReader.ReadBodyAsync(context.Request, context.RequestAborted);
        if (RequestReader.TryParse(body) is not JsonArray script || script.Any(one => one is not JsonObject))
        {
            await Answer.Json(new JsonObject { ["error"] = "The body is an array of answers." }, 400)
                .SendAsync(context.Response, context.RequestAborted);
            return;
        }

        lock (_gate)
        {
            Reset();
            _script.AddRange(script.Select(one => (JsonObject)one!.DeepClone()));
        }

        await Answer.Empty(204).SendAsync(context.Response, context.RequestAborted);
    }

    private async Task CompleteAsync(HttpContext context)
    {
        var request = RequestReader.TryParse(
            await RequestReader.ReadBodyAsync(context.Request, context.RequestAborted));
        JsonObject? scripted;
        lock (_gate)
        {
            _requests.Add(new JsonObject
            {
                ["hasKey"] = context.Request.Headers.Authorization.Count > 0,
                ["body"] = request?.DeepClone(),
            });
            scripted = Next(request);
        }

        if (request.Get("messages") is not JsonArray || request.Get("model").Text() is null)
        {
            await Error(400, "'model' and 'messages' are required.")
                .SendAsync(context.Response, context.RequestAborted);
            return;
        }

        if (scripted.Get("delayMs") is { } delay)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(delay.GetValue<double>()), time, context.RequestAborted);
        }

        await AnswerOf(scripted, request!).SendAsync(context.Response, context.RequestAborted);
    }

    /// <summary>
    /// The next answer of the script; one that refuses a format is passed over where the request has none.
    /// </summary>
    private JsonObject? Next(JsonNode? request)
    {
        var format = request.Get("response_format").Get("type").Text();
        while (_script.Count > 0)
        {
            var answer = _script[Math.Min(_next, _script.Count - 1)];
            switch (answer["kind"].Text())
            {
                // They apply to all later requests.
                case "no-schema" when format == "json_schema":
                case "no-format" when format is not null:
                    return answer;
                case "no-schema" or "no-format" when _next < _script.Count - 1:
                    _next++;
                    continue;
                case "no-schema" or "no-format":
                    return null;
                default:
                    _next++;
                    return answer;
            }
        }

        return null;
    }

    private static Answer AnswerOf(JsonObject? scripted, JsonNode request)
    {
        var content = scripted?["content"] switch
        {
            null => Empty(request).ToJsonString(),
            JsonValue text when text.Text() is { } words => words,
            { } thing => thing.ToJsonString(),
        };
        return scripted?["kind"].Text() switch
        {
            "cut" => Completion(request, content[..(content.Length / 2)], "length"),
            "malformed" => Completion(request, "Sure! Here are the settings: {\"issueTypes\": [", "stop"),
            "fenced" => Completion(request, $"Here are the settings:\n```json\n{content}\n```\nAnything else?", "stop"),
            "filtered" => Completion(request, null, "content_filter"),
            "echo" => Completion(request, Echo(request).ToJsonString(), "stop"),
            "throttled" => Error(429, "Rate limit reached for requests.").With("Retry-After", "1"),
            "unauthorized" => Error(401, "Incorrect API key provided."),
            "no-schema" => Error(400, "response_format type 'json_schema' is not supported."),
            "no-format" => Error(400, "response_format is not supported."),
            "redirect" => Answer.Empty(307).With("Location", scripted["location"].Text() ?? "/elsewhere"),
            "down" => Error(503, "The model is loading."),
            _ => Completion(request, content, "stop"),
        };
    }

    private static Answer Completion(JsonNode request, string? content, string reason) => Answer.Json(new JsonObject
    {
        ["id"] = "chatcmpl-sandbox",
        ["object"] = "chat.completion",
        ["created"] = 0,
        ["model"] = request.Get("model").Text(),
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content },
            ["finish_reason"] = reason,
        }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 0, ["completion_tokens"] = 0, ["total_tokens"] = 0 },
    });

    private static Answer Error(int status, string message) => Answer.Json(
        new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = message, ["type"] = "sandbox", ["code"] = status.ToString(CultureInfo.InvariantCulture),
            },
        },
        status);

    /// <summary>What the schema of a request asks for, with nothing in it.</summary>
    private static JsonObject Empty(JsonNode request)
    {
        var answer = new JsonObject();
        var properties =
            request.Get("response_format").Get("json_schema").Get("schema").Get("properties") as JsonObject;
        foreach (var (name, schema) in properties ?? [])
        {
            answer[name] = schema.Get("type") switch
            {
                JsonValue type when type.Text() == "array" => new JsonArray(),
                JsonArray => null,
                _ => schema.Get("enum") is JsonArray { Count: > 0 } values
                    ? values[0]!.DeepClone()
                    : JsonValue.Create(string.Empty),
            };
        }

        return answer;
    }

    private static JsonObject Echo(JsonNode request)
    {
        var answer = Empty(request);
        var user = ((JsonArray)request["messages"]!).LastOrDefault(message => message.Get("role").Text() == "user");
        answer["notUnderstood"] = new JsonArray(JsonValue.Create(user.Get("content").Text() ?? string.Empty));
        return answer;
    }
}
