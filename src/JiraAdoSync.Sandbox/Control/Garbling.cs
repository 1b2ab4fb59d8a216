using System.Text;
using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// What becomes of an answer's body on a way that damages it: cut off, some bytes changed, one value of its JSON
/// exchanged or removed, or another body instead. The answer's length always fits what is left.
/// </summary>
internal static class Garbling
{
    /// <summary>The ways, as a fault rule names them.</summary>
    public static readonly string[] Ways = ["truncate", "bytes", "value", "replace"];

    private static readonly string[] OddValues =
    [
        "null", "true", "false", "0", "-1", "1e400", "0.5", "99999999999999999999999", "[]", "{}", "[null]", "[{}]",
        "\"\"", "\"x\"",
        "\"\\ud800\"", "\"2026-99-99\"", "\"<b>\"", "{\"a\":{\"b\":[]}}", "[[[[]]]]",
    ];

    private static readonly (string Body, string Type)[] OddBodies =
    [
        ("", "application/json"), ("null", "application/json"), ("[]", "application/json"), ("{}", "application/json"),
        ("true", "application/json"), ("\"text\"", "application/json"), ("{\"value\":null}", "application/json"),
        ("{\"value\":{}}", "application/json"), ("{\"issues\":null}", "application/json"), ("]", "application/json"),
        (new string('[', 5000), "application/json"), ("{\"message\":\"All is well.\"}", "application/json"),
        ("<!DOCTYPE html><html><head><title>Proxy</title></head></html>", "text/html"),
        ("Just a moment...", "text/plain"),
    ];

    public static (byte[] Body, string? Type) Spoil(byte[] body, string? type, string? way, Random chance) =>
        (way ?? Ways[chance.Next(Ways.Length)]) switch
        {
            "truncate" => (body[..chance.Next(Math.Max(body.Length, 1))], type),
            "bytes" => (ChangeBytes(body, chance), type),
            "value" => (ChangeValue(body, chance), type),
            _ => Replace(chance),
        };

    private static byte[] ChangeBytes(byte[] body, Random chance)
    {
        var changed = (byte[])body.Clone();
        for (var left = body.Length == 0 ? 0 : chance.Next(1, 9); left > 0; left--)
        {
            changed[chance.Next(changed.Length)] = (byte)chance.Next(256);
        }

        return changed;
    }

    private static (byte[] Body, string Type) Replace(Random chance)
    {
        var (body, type) = OddBodies[chance.Next(OddBodies.Length)];
        return (Encoding.UTF8.GetBytes(body), type);
    }

    /// <summary>The answers to a batch are JSON inside of text; there the damage may lie as well.</summary>
    private static byte[] ChangeValue(byte[] body, Random chance)
    {
        if (Wire.RequestReader.TryParse(body) is not { } root)
        {
            return ChangeBytes(body, chance);
        }

        var positions = Positions(root).ToList();
        if (positions.Count == 0)
        {
            return Encoding.UTF8.GetBytes(OddValues[chance.Next(OddValues.Length)]);
        }

        var (parent, name, index) = positions[chance.Next(positions.Count)];
        var inside = (name is null ? parent[index] : parent[name]) is JsonValue value
            && value.TryGetValue(out string? text)
            && text.StartsWith('{') ? text : null;
        if (inside is not null)
        {
            Set(JsonValue.Create(
                Encoding.UTF8.GetString(Spoil(Encoding.UTF8.GetBytes(inside), null, null, chance).Body)));
        }
        else if (name is not null && chance.Next(3) == 0)
        {
            ((JsonObject)parent).Remove(name);
        }
        else
        {
            // What JSON can write and no text can hold is inserted at its position in the text.
            const string Mark = "\"d8f1c1c2-odd-value\"";
            Set(JsonNode.Parse(Mark));
            return Encoding.UTF8.GetBytes(
                root.ToJsonString().Replace(Mark, OddValues[chance.Next(OddValues.Length)], StringComparison.Ordinal));
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());

        void Set(JsonNode? node)
        {
            if (name is null)
            {
                parent[index] = node;
            }
            else
            {
                parent[name] = node;
            }
        }
    }

    private static IEnumerable<(JsonNode Parent, string? Name, int Index)> Positions(JsonNode node)
    {
        var own = node switch
        {
            JsonObject known => known.Select(one => (node, (string?)one.Key, 0)).ToList(),
            JsonArray list => list.Select((_, index) => (node, (string?)null, index)).ToList(),
            _ => [],
        };
        foreach (var position in own)
        {
            yield return position;
            var child = position.Item2 is null ? node[position.Item3] : node[position.Item2];
            foreach (var deeper in child is null ? [] : Positions(child))
            {
                yield return deeper;
            }
        }
    }
}
