using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Jql;

/// <summary>
/// <c>/jql/parse</c>: queries as trees. With <c>validation=strict</c>, the default, what the site does not have is an
/// error, with <c>warn</c> a warning, and with <c>none</c> it is not looked at.
/// </summary>
internal static class JqlParseEndpoint
{
    public static void Map(JiraRoutes routes) => routes.AddOpen("POST", "jql/parse", request =>
    {
        var validation = request.Query("validation") ?? "strict";
        return validation is not ("strict" or "warn" or "none")
            ? throw new JiraError(400, $"The validation '{validation}' is not valid. Use strict, warn or none.")
            : request.Json()["queries"] is not JsonArray { Count: > 0 } queries
            ? throw new JiraError(400, "queries must not be empty.")
            : Answer.Json(new JsonObject
            {
                ["queries"] = new JsonArray(
                    [.. queries.Select(query => Parse(request, query.Text() ?? "", validation))]),
            });
    });

    private static JsonObject Parse(JiraRequest request, string text, string validation)
    {
        var answer = new JsonObject { ["query"] = text };
        try
        {
            var query = JqlParser.Parse(text);
            answer["structure"] = Structure(query);
            if (validation != "none")
            {
                new JqlEvaluator(request.Site, request.Account).Check(query);
            }
        }
        catch (JiraError wrong)
        {
            // A query that can't be read at all is an error, whatever was asked for.
            var isWarning = validation == "warn" && answer.ContainsKey("structure");
            answer[isWarning ? "warnings" : "errors"] = new JsonArray(wrong.Message);
            if (!isWarning)
            {
                answer.Remove("structure");
            }
        }

        return answer;
    }

    private static JsonObject Structure(JqlQuery query)
    {
        var structure = new JsonObject();
        if (query.Where is not null)
        {
            structure["where"] = Clause(query.Where);
        }

        if (query.OrderBy.Count > 0)
        {
            structure["orderBy"] = new JsonObject
            {
                ["fields"] = new JsonArray([.. query.OrderBy.Select(sort => new JsonObject
                {
                    ["field"] = Field(sort.Field),
                    ["direction"] = sort.Descending ? "desc" : "asc",
                })]),
            };
        }

        return structure;
    }

    private static JsonObject Clause(JqlClause clause) => clause switch
    {
        JqlAnd and => Compound("and", Flat(and, one => one is JqlAnd both ? (both.Left, both.Right) : null)),
        JqlOr or => Compound("or", Flat(or, one => one is JqlOr either ? (either.Left, either.Right) : null)),
        JqlNot not => Compound("not", [not.Inner]),
        _ => Comparison((JqlComparison)clause),
    };

    private static JsonObject Compound(string name, IEnumerable<JqlClause> clauses) => new()
    {
        ["clauses"] = new JsonArray([.. clauses.Select(Clause)]),
        ["operator"] = name,
    };

    private static IEnumerable<JqlClause> Flat(JqlClause clause, Func<JqlClause, (JqlClause, JqlClause)?> parts) =>
        parts(clause) is var (left, right) ? Flat(left, parts).Concat(Flat(right, parts)) : [clause];

    private static JsonObject Comparison(JqlComparison comparison) => new()
    {
        ["field"] = Field(comparison.Field),
        ["operator"] = comparison.Operator,
        ["operand"] = Operand(comparison.Operand),
    };

    private static JsonObject Field(string name) => new() { ["name"] = name, ["encodedName"] = Encoded(name) };

    private static JsonObject Operand(JqlOperand operand) => operand switch
    {
        JqlList list => new JsonObject
        {
            ["values"] = new JsonArray([.. list.Items.Select(Operand)]),
            ["encodedOperand"] = Written(list),
        },
        JqlFunction function => new JsonObject
        {
            ["function"] = function.Name,
            ["arguments"] = new JsonArray([.. function.Arguments.Select(argument => (JsonNode)argument)]),
            ["encodedOperand"] = Written(function),
        },
        JqlEmpty => new JsonObject { ["keyword"] = "empty", ["encodedOperand"] = "empty" },
        _ => new JsonObject { ["value"] = ((JqlValue)operand).Text,
            ["encodedValue"] = Encoded(((JqlValue)operand).Text) },
    };

    private static string Written(JqlOperand operand) => operand switch
    {
        JqlList list => $"({string.Join(", ", list.Items.Select(Written))})",
        JqlFunction function => $"{function.Name}({string.Join(", ", function.Arguments.Select(Encoded))})",
        JqlValue value => Encoded(value.Text),
        _ => "empty",
    };

    private static string Encoded(string text) =>
        text.Length > 0
            && text.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.' or '[' or ']') ? text
            : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
