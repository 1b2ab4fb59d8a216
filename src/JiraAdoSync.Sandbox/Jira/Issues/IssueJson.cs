using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>Issues as a version of the API writes them: v3 has rich text as documents, v2 as markup.</summary>
internal sealed class IssueJson(JiraSite site, string version, JiraAccount? account, string? root = null)
{
    private const string Expandable = "operations,versionedRepresentations,editmeta,changelog,renderedFields";

    private readonly string _api = $"{root ?? site.Uri.ToString()}/rest/api/{version}";

    public string Self(Issue issue) => $"{_api}/issue/{issue.Id}";

    public JsonObject Render(
        Issue issue, FieldSelection selection, IReadOnlyList<string>? properties = null,
        IReadOnlyList<string>? expand = null)
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
            if (expand?.Contains("renderedFields") is true)
            {
                body["renderedFields"] = Rendered(issue, body["fields"]!.AsObject());
            }
        }

        if (properties?.Count > 0)
        {
            body["properties"] = new JsonObject(issue.Properties
                .Where(one => properties.Contains("*all") || properties.Contains(one.Key))
                .Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone())));
        }

        if (expand?.Contains("changelog") is true)
        {
            var newestFirst = issue.History.AsEnumerable().Reverse().Select(entry => entry.ToJson(site.Flavor, _api))
                .ToArray();
            body["changelog"] = new JsonObject
            {
                ["startAt"] = 0,
                ["maxResults"] = newestFirst.Length,
                ["total"] = newestFirst.Length,
                ["histories"] = new JsonArray(newestFirst),
            };
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
            json["hierarchyLevel"] = type.HierarchyLevel;
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

    /// <summary>The HTML of a comment as the site shows it.</summary>
    public string RenderedBody(Issue issue, JsonNode? comment) => RichText.ToHtml(comment.Get("body"), Scope(issue));

    private bool IsSprint(string name) =>
        name.StartsWith("customfield_", StringComparison.Ordinal) && site.CustomField(name) is { IsSprint: true };

    /// <summary>A sprint as it is now, in the form that the site shows.</summary>
    private JsonNode? Sprint(JsonNode? sprint)
    {
        var now = site.Sprints.Find(sprint.Get("id").Text() ?? "") ?? sprint;
        return site.Flavor == JiraFlavor.DataCenter && now is JsonObject ? Sprints.ToText(now) : now?.DeepClone();
    }

    /// <summary>Components or versions, each with its address.</summary>
    private JsonNode? Listed(JsonNode? list, Registry registry) =>
        list is not JsonArray things ? list?.DeepClone() : new JsonArray([.. things.Select(thing =>
    {
        // As they are now: they may have another name since.
        var copy = (registry.Find(thing)?.Json ?? thing)?.DeepClone();
        if (copy is JsonObject json && json["id"].Text() is { } id)
        {
            json["self"] = $"{_api}/{registry.Path}/{id}";
        }

        return copy;
    })]);

    private bool IsRich(string name) => JiraFields.IsRich(site, name);

    private static string Id(Issue issue) => issue.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private JsonObject Fields(Issue issue, FieldSelection selection)
    {
        var fields = new JsonObject();
        foreach (var (name, value) in issue.Fields)
        {
            if (selection.Has(name) && name is not ("comment" or "attachment" or "worklog"))
            {
                fields[name] = name switch
                {
                    "issuetype" => IssueType(issue.Type),
                    "status" => Named(site.Statuses, issue.Status),
                    "project" => issue.Project is null ? null : Project(issue.Project),
                    "components" => Listed(value, site.Components),
                    "fixVersions" or "versions" => Listed(value, site.Versions),
                    _ when value is JsonArray sprints && IsSprint(name) => new JsonArray([.. sprints.Select(Sprint)]),
                    _ => IsRich(name) ? RichText.Write(value, Scope(issue)) : value?.DeepClone(),
                };
            }
        }

        var parent = issue.Parent is not null && Sees(issue.Parent) ? issue.Parent : null;
        if (issue.ShowsEpicLink(site) && selection.Has(site.EpicLinkField))
        {
            fields[site.EpicLinkField] = parent?.Key;
        }
        else if (parent is not null && !issue.ShowsEpicLink(site) && selection.Has("parent"))
        {
            fields["parent"] = Stub(parent);
        }

        if (site.Flavor == JiraFlavor.Cloud && selection.Has("statusCategory")
            && issue.Status?.Json["statusCategory"] is { } category)
        {
            fields["statusCategory"] = category.DeepClone();
        }

        if (selection.Has("subtasks"))
        {
            // Children of an epic are no sub-tasks; they are found by searching for their parent.
            fields["subtasks"] = new JsonArray(
                [.. issue.Children.Where(child => child.IsSubtask && Sees(child)).Select(Stub)]);
        }

        if (selection.Has("issuelinks"))
        {
            fields["issuelinks"] = new JsonArray([.. issue.Links
                .Where(link => Sees(link.Source == issue ? link.Target : link.Source))
                    .Select(link => Link(issue, link))]);
        }

        if (selection.Has("comment"))
        {
            fields["comment"] = Comments(issue);
        }

        if (selection.Has("attachment"))
        {
            fields["attachment"] = new JsonArray(
                [.. (issue.Fields["attachment"] as JsonArray ?? []).Select(Attachment)]);
        }

        if (selection.Has("worklog") && issue.Fields["worklog"] is JsonObject worklog)
        {
            fields["worklog"] = Worklogs(issue, worklog["worklogs"] as JsonArray ?? []);
        }

        if (selection.Has(TimeTracking.Field))
        {
            fields[TimeTracking.Field] = TimeTracking.Of(issue);
        }

        foreach (var name in selection.Named.Where(name => !fields.ContainsKey(name) && selection.Has(name)
            && JiraFields.IsNullable(site, name)))
        {
            fields[name] = null;
        }

        return fields;
    }

    public JsonObject Comment(Issue issue, JsonNode? comment)
    {
        var copy = comment as JsonObject is { } json ? (JsonObject)json.DeepClone() : [];
        copy.Remove("properties");
        copy["self"] = $"{Self(issue)}/comment/{copy["id"].Text()}";
        copy["body"] = RichText.Write(copy["body"], Scope(issue));
        return copy;
    }

    public JsonObject Worklog(Issue issue, JsonNode? worklog)
    {
        var copy = worklog as JsonObject is { } json ? (JsonObject)json.DeepClone() : [];
        copy["self"] = $"{Self(issue)}/worklog/{copy["id"].Text()}";
        if (copy["comment"] is { } comment)
        {
            copy["comment"] = RichText.Write(comment, Scope(issue));
        }

        return copy;
    }

    public JsonNode? Attachment(JsonNode? attachment)
    {
        var copy = attachment?.DeepClone();
        if (copy is JsonObject json && json["id"].Text() is { } id && site.Contents.ContainsKey(id))
        {
            json["self"] = $"{_api}/attachment/{id}";
            json["content"] = site.Flavor == JiraFlavor.Cloud ? $"{_api}/attachment/content/{id}"
                : $"{site.Uri}/secure/attachment/{id}/{Uri.EscapeDataString(json["filename"].Text() ?? "")}";
        }

        return copy;
    }

    private bool Sees(Issue issue) => account?.CanSeeLinkTo(issue) is not false;

    private List<JsonNode?> CommentsOf(Issue issue) => (issue.Fields["comment"].Get("comments") as JsonArray ?? [])
        .Where(comment => account?.CanSee(comment) is not false)
        .ToList();

    private JsonObject Comments(Issue issue)
    {
        var all = CommentsOf(issue);
        var shown = all.Take(site.Switches.CommentsShown).Select(comment => Comment(issue, comment)).ToArray();
        return new JsonObject
        {
            ["comments"] = new JsonArray(shown),
            ["self"] = $"{Self(issue)}/comment",
            ["maxResults"] = shown.Length,
            ["total"] = all.Count,
            ["startAt"] = 0,
        };
    }

    /// <summary>An issue shows its first twenty.</summary>
    private JsonObject Worklogs(Issue issue, JsonArray all) => new()
    {
        ["startAt"] = 0,
        ["maxResults"] = 20,
        ["total"] = all.Count,
        ["worklogs"] = new JsonArray([.. all.Take(20).Select(one => Worklog(issue, one))]),
    };

    private JsonObject Link(Issue issue, IssueLink link) => new()
    {
        ["id"] = link.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["self"] = $"{_api}/issueLink/{link.Id}",
        ["type"] = link.Type.ToJson(_api),
        [link.Source == issue ? "outwardIssue" : "inwardIssue"] = Stub(
            link.Source == issue ? link.Target : link.Source),
    };

    private TextScope Scope(Issue issue) => new(site, version, issue);

    /// <summary>
    /// The fields as people see them: rich text as HTML, times as the site writes them, sizes of files in words;
    /// everything else is null.
    /// </summary>
    private JsonObject Rendered(Issue issue, JsonObject fields)
    {
        var rendered = new JsonObject();
        foreach (var (name, value) in fields)
        {
            rendered[name] = IsRich(name) ? RichText.ToHtml(issue.Fields[name], Scope(issue))
                : name switch
                {
                    "created" or "updated" or "resolutiondate" or "duedate" => Shown(value),
                    "comment" => new JsonObject
                    {
                        ["comments"] = new JsonArray(
                            [.. CommentsOf(issue).Select(comment => RenderedComment(issue, comment))]),
                    },
                    "attachment" => new JsonArray([.. (value as JsonArray ?? []).Select(attachment =>
                    {
                        var copy = attachment!.DeepClone();
                        copy["created"] = Shown(copy["created"]);
                        copy["size"] = long.TryParse(copy["size"].Text(), out var bytes)
                            ? $"{Math.Max(bytes / 1024, 1)} kB"
                            : null;
                        return copy;
                    })]),
                    _ => null,
                };
        }

        return rendered;
    }

    private JsonObject RenderedComment(Issue issue, JsonNode? comment)
    {
        var copy = Comment(issue, comment);
        copy["body"] = RichText.ToHtml(comment.Get("body"), Scope(issue));
        copy["created"] = Shown(copy["created"]);
        copy["updated"] = Shown(copy["updated"]);
        return copy;
    }

    private static JsonNode? Shown(JsonNode? time) => JiraTime.Read(time.Text()) is { } read
        ? read.ToString(time.Text()!.Length > 10 ? "dd/MMM/yy h:mm tt" : "dd/MMM/yy",
            System.Globalization.CultureInfo.InvariantCulture) : null;
}
