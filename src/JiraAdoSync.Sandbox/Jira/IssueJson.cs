using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>Issues as a version of the API writes them: v3 has rich text as documents, v2 as markup.</summary>
internal sealed class IssueJson(JiraSite site, string version)
{
    private const string Expandable = "operations,versionedRepresentations,editmeta,changelog,renderedFields";

    private static readonly string[] RichText = ["description", "environment"];

    private readonly string _api = $"{site.Uri}/rest/api/{version}";

    public string Self(Issue issue) => $"{_api}/issue/{issue.Id}";

    public JsonObject Render(Issue issue, FieldSelection selection)
    {
        var body = new JsonObject
        {
            ["expand"] = Expandable,
            ["id"] = Id(issue),
            ["self"] = Self(issue),
            ["key"] = issue.Key,
        };
        if (!selection.OnlyIdAndKey)
        {
            body["fields"] = Fields(issue, selection);
        }

        return body;
    }

    /// <summary>What a link or a parent shows of the issue at its other end: four fields and no more.</summary>
    public JsonObject Stub(Issue issue)
    {
        var fields = new JsonObject();
        if (issue.IsReadable)
        {
            fields["summary"] = issue.Summary;
            fields["status"] = Named(site.Statuses, issue.Status);
            if (issue.Fields["priority"] is { } priority)
            {
                fields["priority"] = priority.DeepClone();
            }

            fields["issuetype"] = IssueType(issue.Type);
        }
        else
        {
            foreach (var (name, value) in issue.Fields)
            {
                fields[name] = value?.DeepClone();
            }
        }

        return new JsonObject { ["id"] = Id(issue), ["key"] = issue.Key, ["self"] = Self(issue), ["fields"] = fields };
    }

    public JsonNode? IssueType(NamedThing? type)
    {
        if (type is null)
        {
            return null;
        }

        var json = type.Render($"{_api}/issuetype/{type.Id}");
        json["subtask"] ??= false;
        if (site.Flavor == JiraFlavor.Cloud)
        {
            json["hierarchyLevel"] ??= Issue.IsSubtaskType(json) ? -1 : type.Name == "Epic" ? 1 : 0;
        }
        else
        {
            json.Remove("hierarchyLevel");
        }

        return json;
    }

    public JsonNode? Named(Registry registry, NamedThing? thing) => thing?.Render($"{_api}/{registry.Path}/{thing.Id}");

    public JsonObject Project(JiraProject project)
    {
        var json = project.Thing.Render($"{_api}/project/{project.Thing.Id}");
        json["projectTypeKey"] ??= "software";
        if (site.Flavor == JiraFlavor.Cloud)
        {
            json["simplified"] ??= false;
            json["style"] ??= "classic";
            json["isPrivate"] ??= false;
        }

        return json;
    }

    private static string Id(Issue issue) => issue.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private JsonObject Fields(Issue issue, FieldSelection selection)
    {
        var fields = new JsonObject();
        foreach (var (name, value) in issue.Fields)
        {
            if (selection.Has(name))
            {
                fields[name] = name switch
                {
                    "issuetype" => IssueType(issue.Type),
                    "status" => Named(site.Statuses, issue.Status),
                    "project" => issue.Project is null ? null : Project(issue.Project),
                    _ => RichText.Contains(name) ? Rich(value) : value?.DeepClone(),
                };
            }
        }

        if (issue.Parent is { } parent && selection.Has("parent"))
        {
            fields["parent"] = Stub(parent);
        }

        if (selection.Has("subtasks"))
        {
            // Children of an epic are no sub-tasks; they are found by searching for their parent.
            fields["subtasks"] = new JsonArray([.. issue.Children.Where(child => child.IsSubtask).Select(Stub)]);
        }

        if (selection.Has("issuelinks"))
        {
            fields["issuelinks"] = new JsonArray([.. issue.Links.Select(link => Link(issue, link))]);
        }

        foreach (var name in selection.Named.Where(name => !fields.ContainsKey(name) && selection.Has(name)
            && JiraFields.IsNullable(site, name)))
        {
            fields[name] = null;
        }

        return fields;
    }

    private JsonObject Link(Issue issue, IssueLink link) => new()
    {
        ["id"] = link.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["self"] = $"{_api}/issueLink/{link.Id}",
        ["type"] = link.Type.ToJson(_api),
        [link.Source == issue ? "outwardIssue" : "inwardIssue"] = Stub(link.Source == issue ? link.Target : link.Source),
    };

    private JsonNode? Rich(JsonNode? value) => value switch
    {
        null => null,
        JsonValue when version == "3" => RichTextDocument.FromText(value.Text() ?? ""),
        JsonObject when version != "3" => RichTextDocument.ToText(value),
        _ => value.DeepClone(),
    };
}

/// <summary>Between Jira's document format and plain text, as far as a sandbox needs: paragraphs and lines.</summary>
internal static class RichTextDocument
{
    public static JsonObject FromText(string text)
    {
        var paragraphs = new JsonArray();
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var content = new JsonArray();
            foreach (var line in paragraph.Split('\n'))
            {
                if (content.Count > 0)
                {
                    content.Add(new JsonObject { ["type"] = "hardBreak" });
                }

                if (line.Length > 0)
                {
                    content.Add(new JsonObject { ["type"] = "text", ["text"] = line });
                }
            }

            paragraphs.Add(new JsonObject { ["type"] = "paragraph", ["content"] = content });
        }

        return new JsonObject { ["type"] = "doc", ["version"] = 1, ["content"] = paragraphs };
    }

    public static string ToText(JsonNode? document)
    {
        var text = new System.Text.StringBuilder();
        Append(document);
        return text.ToString().TrimEnd('\n');

        void Append(JsonNode? node)
        {
            text.Append(node.Get("type").Text() switch
            {
                "text" => node.Get("text").Text(),
                "hardBreak" => "\n",
                _ => "",
            });
            foreach (var child in node.Get("content") as JsonArray ?? [])
            {
                Append(child);
            }

            if (node.Get("type").Text() is "paragraph" or "heading")
            {
                text.Append("\n\n");
            }
        }
    }

    /// <summary>The text of a value that may be a document or plain.</summary>
    public static string TextOf(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Object ? ToText(value) : value.Text() ?? "";
}
