using System.Text;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;
using NSwag;

namespace JiraAdoSync.Tests.Sandbox.Contract;

/// <summary>
/// An OpenAPI document of a vendor, by which exchanges are judged. Where a document can't be trusted it is
/// corrected as it is read; each correction is explained where it is made.
/// </summary>
internal sealed partial class VendorDocument
{
    private readonly List<(Regex Path, int Literals, string Method, string Template, OpenApiOperation Operation)> _operations = [];
    private readonly string[] _optional;
    private readonly bool _wrapsLists;

    private VendorDocument(OpenApiDocument document, bool isAzureDevOps)
    {
        // Where Microsoft's documents have {project} and {team}, the service takes the path without them, too.
        _optional = isAzureDevOps ? ["{project}", "{team}"] : [];
        _wrapsLists = isAzureDevOps;
        foreach (var (template, item) in document.Paths)
        {
            foreach (var (method, operation) in item)
            {
                // Of several that fit, the one that leaves less open is meant; one that needs a query more than any.
                var literals = template.Split('/').Count(part => !part.Contains('{'))
                    + (template.Contains('?') ? 100 : 0);
                _operations.Add((Pattern(template), literals, method.ToUpperInvariant(), template, operation));
            }
        }
    }

    /// <summary>The operations, as <c>GET /rest/api/3/field</c>.</summary>
    public IEnumerable<string> Operations => _operations.Select(one => $"{one.Method} {one.Template}");

    public static async Task<VendorDocument> ReadAsync(string file, bool isAzureDevOps)
    {
        var json = JObject.Parse(await File.ReadAllTextAsync(file));
        // Microsoft's documents have a section of their own for paths that differ by their query only.
        foreach (var (path, item) in (JObject?)json["x-ms-paths"] ?? [])
        {
            if (path.Contains("?ids=", StringComparison.Ordinal))
            {
                json["paths"]![path] = item;
            }
        }

        Correct(json);
        return new VendorDocument(await OpenApiDocument.FromJsonAsync(json.ToString()), isAzureDevOps);
    }

    /// <summary>The operation of a request, or null where the document has none. A path includes its query.</summary>
    public string? Find(string method, string path) =>
        Match(method, path) is { } found ? $"{found.Method} {found.Template}" : null;

    /// <summary>What is wrong with a request.</summary>
    public IEnumerable<string> JudgeRequest(Exchange exchange, string path, IReadOnlyDictionary<string, string> query)
    {
        var operation = Match(exchange.Method, path)!.Value.Operation;
        var parameters = operation.ActualParameters.ToList();
        foreach (var parameter in parameters.Where(
            one => one is { Kind: OpenApiParameterKind.Query, IsRequired: true }))
        {
            if (!query.Keys.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"the parameter {parameter.Name} is required";
            }
        }

        foreach (var (name, value) in query)
        {
            var known = parameters.Find(one => one.Kind == OpenApiParameterKind.Query
                && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (known is null)
            {
                yield return $"there is no parameter {name}";
            }
            else if (known.ActualSchema.Enumeration is { Count: > 0 } values
                && !values.Any(one => string.Equals(one?.ToString(), value, StringComparison.OrdinalIgnoreCase)))
            {
                yield return $"the parameter {name} doesn't take {value}";
            }
        }

        var (types, schema) = RequestBody(operation);
        var isGiven = exchange.Request.Length > 0;
        if (schema is null || !isGiven)
        {
            if (isGiven != (schema is not null))
            {
                yield return isGiven ? "there is no body" : "a body is required";
            }

            yield break;
        }

        var type = exchange.RequestType?.Split(';')[0].Trim();
        if (!types.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"the body is of type {type}";
        }
        else if (type!.EndsWith("json", StringComparison.Ordinal))
        {
            foreach (var problem in Judge(schema, Token(exchange.Request)))
            {
                yield return $"body: {problem}";
            }
        }
    }

    /// <summary>What is wrong with an answer; null where the document doesn't have its status.</summary>
    public IReadOnlyList<string>? JudgeAnswer(Exchange exchange, string path)
    {
        var operation = Match(exchange.Method, path)!.Value.Operation;
        if (!operation.ActualResponses.TryGetValue(
            exchange.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), out var response))
        {
            return null;
        }

        var schema = response.Schema ?? response.Content?.Values.FirstOrDefault()?.Schema;
        if (schema is null || exchange.Answer.Length == 0)
        {
            // Atlassian's document gives an answer without a body a schema that takes anything.
            var mayBeEmpty = schema is null || schema.ActualSchema.IsAnyType || exchange.Status == 204;
            return exchange.Status >= 400 || (exchange.Answer.Length == 0 && mayBeEmpty) ? []
                : [exchange.Answer.Length == 0 ? "the answer has no body" : "the answer has a body"];
        }

        if (exchange.AnswerType?.Contains("json", StringComparison.OrdinalIgnoreCase) != true)
        {
            return exchange.Status >= 400 ? null : [$"the answer is of type {exchange.AnswerType}"];
        }

        var answer = Token(exchange.Answer);

        // Microsoft's documents say "array"; the answer is {count, value}.
        if (_wrapsLists && schema.ActualSchema.Type == JsonObjectType.Array)
        {
            return answer is JObject list && list["value"] is JArray value && (int?)list["count"] == value.Count
                ? Judge(schema, new JArray(value.Where(one => one.Type != JTokenType.Null)))
                    : ["the answer is no list with its count"];
        }

        return Judge(schema, answer);
    }

    private static List<string> Judge(JsonSchema schema, JToken token) =>
    [
        .. schema.Validate(token).SelectMany(Leaves)
            .Select(error => $"{error.Kind} at {Indexes().Replace(error.Path ?? "", "[]")}"),
        .. UnknownNames(schema, token, "#"),
    ];

    private static IEnumerable<ValidationError> Leaves(ValidationError error) =>
        error is ChildSchemaValidationError parent
        ? parent.Errors.Values.SelectMany(errors => errors).SelectMany(Leaves) : [error];

    [GeneratedRegex(@"\[\d+]")]
    private static partial Regex Indexes();

    /// <summary>
    /// JSON schema lets an object have what it doesn't name. A client that is made from the document would not see it,
    /// so it is reported.
    /// </summary>
    private static IEnumerable<string> UnknownNames(JsonSchema schema, JToken token, string path)
    {
        var actual = schema.ActualSchema;
        switch (token)
        {
            case JArray list when actual.Item is { } item:
                return list.SelectMany(one => UnknownNames(item, one, $"{path}[]"));

            case JObject found:
                var properties = actual.ActualProperties
                    .Concat(actual.AllInheritedSchemas.SelectMany(one => one.ActualProperties))
                    .Concat(actual.OneOf.Concat(actual.AnyOf).Concat(actual.AllOf)
                        .SelectMany(one => one.ActualSchema.ActualProperties))
                    .GroupBy(one => one.Key).ToDictionary(one => one.Key, one => (JsonSchema)one.First().Value);
                var others = actual.AdditionalPropertiesSchema
                    ?? actual.AllInheritedSchemas.Select(one => one.AdditionalPropertiesSchema)
                        .FirstOrDefault(one => one is not null);
                return properties.Count == 0 && others is null ? []
                    : found.Properties().SelectMany(property =>
                        properties.TryGetValue(property.Name, out var known)
                            ? UnknownNames(known, property.Value, $"{path}.{property.Name}")
                            : others is not null ? UnknownNames(others, property.Value, $"{path}.*")
                            : [$"UnknownName at {path}.{property.Name}"]);

            default:
                return [];
        }
    }

    private static (IReadOnlyCollection<string> Types, JsonSchema? Schema) RequestBody(OpenApiOperation operation)
    {
        if (operation.RequestBody is { } body)
        {
            // NSwag gives a body parameter of Swagger 2 the type of JSON, whatever the operation consumes.
            return (operation.Consumes is { Count: > 0 } types ? types : [.. body.Content.Keys],
                body.Content.Values.First().Schema);
        }

        var parameter = operation.ActualParameters.FirstOrDefault(one => one.Kind == OpenApiParameterKind.Body);
        return (operation.ActualConsumes?.ToList() ?? [], parameter?.Schema ?? parameter?.ActualSchema);
    }

    private (string Method, string Template, OpenApiOperation Operation)? Match(string method, string path)
    {
        var found = _operations.Where(one => one.Method == method && one.Path.IsMatch(path))
            .OrderByDescending(one => one.Literals);
        return found.Select(one => ((string, string, OpenApiOperation)?)(one.Method, one.Template, one.Operation))
            .FirstOrDefault();
    }

    private Regex Pattern(string template) => new(
        "^" + string.Concat(template.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part =>
            part == "{path}" ? "(/[^?]+)?"
            : _optional.Contains(part) ? "(/[^/_?][^/?]*)?"
            : "/" + Regex.Replace(Regex.Escape(part), @"\\\{[^}]+}", "[^/$?][^/?]*")))
            + (template.Contains("?ids=", StringComparison.Ordinal) ? @"\?(.*&)?ids=" : @"(\?|$)"),
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static JToken Token(ReadOnlyMemory<byte> body)
    {
        using var reader = new Newtonsoft.Json.JsonTextReader(new StringReader(Encoding.UTF8.GetString(body.Span)))
        {
            DateParseHandling = Newtonsoft.Json.DateParseHandling.None,
        };
        return JToken.Load(reader);
    }

    /// <summary>
    /// Microsoft's documents write "object" for what may be any value: the value of a field, of a patch operation. The
    /// trimmed documents lost the version parameters of the routes in preview; a required one replaces them. A
    /// patch document is written as an object that is all of an array.
    /// </summary>
    private static void Correct(JToken node)
    {
        foreach (var lost in node.DescendantsOf().Where(one => one["$ref"] is JValue { Value: string reference }
            && reference.StartsWith("#/parameters/api-Version-preview", StringComparison.Ordinal)))
        {
            lost.Replace(new JObject
            {
                ["name"] = "api-version", ["in"] = "query", ["required"] = true, ["type"] = "string",
            });
        }

        if (node["definitions"]?["JsonPatchDocument"] is JObject patch)
        {
            patch.Replace(patch["allOf"]![0]!);
        }

        foreach (var schema in node.DescendantsOf().Where(IsObjectSchema))
        {
            if (schema["properties"] is null && schema["additionalProperties"] is null && schema["allOf"] is null)
            {
                schema.Remove("type");
            }

            // NSwag takes an object as closed that doesn't say so; what an object has beyond its names is reported
            // otherwise.
            schema["additionalProperties"] ??= true;
        }
    }

    private static bool IsObjectSchema(JObject node) =>
        node["type"] is JValue { Value: "object" }
        || (node["allOf"] is JArray
            && node.Parent is JProperty { Parent.Parent: JProperty { Name: "definitions" or "schemas" } });
}

file static class Walk
{
    public static List<JObject> DescendantsOf(this JToken node) =>
        ((JContainer)node).DescendantsAndSelf().OfType<JObject>().ToList();
}
