using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>What Jira refuses with: a status, messages, and messages by field.</summary>
internal sealed class JiraError : Exception
{
    private readonly Dictionary<string, string> _fields = [];

    public JiraError(int status, string message)
        : base(message) => Status = status;

    private JiraError(int status, Dictionary<string, string> fields)
        : base("") => (Status, _fields) = (status, fields);

    public int Status { get; }

    public static JiraError Field(string field, string message, int status = 400) =>
        new(status, new Dictionary<string, string> { [field] = message });

    public static JiraError Fields(Dictionary<string, string> fields) => new(400, fields);

    public static JiraError IssueMissing() => new(404, "Issue does not exist or you do not have permission to see it.");

    public static JiraError Syntax(string message) => new(400, $"Error in the JQL Query: {message}");

    public static JiraError InvalidJson() =>
        new(400, "There was an error parsing JSON. Check that your request body is valid.");

    public static JiraError NotNumber(string name) => new(400, $"The value of '{name}' must be a number.");

    /// <summary>All that is wrong, as plain texts.</summary>
    public IEnumerable<string> Texts => _fields.Values.Append(Message).Where(text => text.Length > 0);

    public Answer ToAnswer() => Answer.Json(ToJson(), Status);

    /// <summary>Bulk operations, unlike all others, answer a request that is wrong with a list of messages.</summary>
    public Answer ToBulkAnswer() => Answer.Json(new JsonObject
    {
        ["errors"] = new JsonArray(
            [.. _fields.Values.Append(Message).Where(text => text.Length > 0)
                .Select(text => new JsonObject { ["message"] = text })]),
    }, Status);

    public JsonObject ToJson() => new()
    {
        ["errorMessages"] = Message.Length > 0 ? new JsonArray(Message) : new JsonArray(),
        ["errors"] = new JsonObject(_fields.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value))),
    };
}
