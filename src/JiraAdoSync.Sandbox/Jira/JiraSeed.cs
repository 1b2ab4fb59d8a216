using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// Makes a site of raw issues. Projects, issue types, statuses and link types are what the issues name. Issues that
/// only links or parents name exist too, but nobody can read them: they show at the ends of links and nowhere else.
/// Custom fields are called what <c>names</c> and <c>schema</c> say, which a read with <c>expand=names,schema</c> puts
/// beside fields.
/// </summary>
internal static class JiraSeed
{
    private static readonly string[] Worked = ["issuelinks", "subtasks", "parent"];

    public static void Load(JiraSite site, IEnumerable<string> lines)
    {
        var read = new List<(Issue Issue, JsonNode? Links, JsonNode? Subtasks, JsonNode? Parent)>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (Parse(line) is not JsonObject raw || raw["fields"] is not JsonObject fields
                || raw["key"].Text() is not { } key
                || !long.TryParse(raw["id"].Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                throw new FormatException(
                    $"Line {number} of the seed is not a Jira issue: it needs id, key and fields.");
            }

            if (site.Known(key) is not null || site.Known(id.ToString(CultureInfo.InvariantCulture)) is not null)
            {
                throw new FormatException($"Line {number} of the seed repeats the issue {key} or its id {id}.");
            }

            LearnFields(site, raw);
            raw.Remove("fields");
            var (links, subtasks, parent) = (fields["issuelinks"], fields["subtasks"], fields["parent"]);
            Array.ForEach(Worked, name => fields.Remove(name));
            read.Add((Readable(site, id, key, fields), links, subtasks, parent));
        }

        // Links come first: they bring their ids, of which parents take those that are left.
        foreach (var (issue, links, _, _) in read)
        {
            foreach (var link in (links as JsonArray ?? []).OfType<JsonObject>())
            {
                LoadLink(site, issue, link);
            }
        }

        foreach (var (issue, _, subtasks, parent) in read)
        {
            // Data Center keeps the epic in a field of its own.
            if (EpicOf(site, issue) is { Parent: null } epic && epic != issue)
            {
                site.SetParent(issue, epic);
            }

            if (parent is JsonObject && End(site, parent) is { } found && found != issue)
            {
                site.SetParent(issue, found);
            }

            foreach (var child in (subtasks as JsonArray ?? []).OfType<JsonObject>())
            {
                if (End(site, child) is { Parent: null } known && known != issue)
                {
                    site.SetParent(known, issue);
                }
            }
        }
    }

    // Unlike a request's body it is not read to the last text: a large seed would fill the memory with nodes nobody
    // asks for.
    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Custom fields as the seed names and describes them, and otherwise as their values show.</summary>
    private static void LearnFields(JiraSite site, JsonObject raw)
    {
        var fields = (JsonObject)raw["fields"]!;
        foreach (var (id, name) in raw["names"] as JsonObject ?? [])
        {
            if (id.StartsWith("customfield_", StringComparison.Ordinal) && name.Text() is { } text)
            {
                site.LearnField(id, fields[id], text, raw["schema"].Get(id) as JsonObject);
                site.FieldNames.Add(id);
            }
        }

        foreach (var (id, value) in fields)
        {
            if (id.StartsWith("customfield_", StringComparison.Ordinal))
            {
                site.LearnField(id, value, null, null);
            }
        }
    }

    private static Issue Readable(JiraSite site, long id, string key, JsonObject fields)
    {
        var issue = new Issue(id, key, [])
        {
            IsReadable = true,
            Project = site.LearnProject(fields["project"], key),
            Type = site.IssueTypes.Learn(fields["issuetype"]),
            Status = site.Statuses.Learn(fields["status"]),
            Created = JiraTime.Read(fields["created"].Text()) ?? site.Now,
        };
        issue.Updated = JiraTime.Read(fields["updated"].Text()) ?? issue.Created;
        site.Priorities.Learn(fields["priority"]?.DeepClone());
        site.Resolutions.Learn(fields["resolution"]?.DeepClone());
        foreach (var (name, registry) in ((string, Registry)[])
            [("components", site.Components), ("fixVersions", site.Versions), ("versions", site.Versions)])
        {
            foreach (var one in fields[name] as JsonArray ?? [])
            {
                registry.Learn(one);
            }
        }

        // The names of fields are the same texts in all issues, and what the issue itself holds is not kept twice.
        var all = fields.ToArray();
        fields.Clear();
        foreach (var (name, value) in all)
        {
            site.FieldNames.Add(name);
            issue.Fields.Add(string.Intern(name), name is "project" or "issuetype" or "status" ? null : value);
        }

        TimeTracking.Spread(site, issue);
        site.Add(issue);
        return issue;
    }

    private static Issue? EpicOf(JiraSite site, Issue issue) =>
        site.CustomFields.FirstOrDefault(field => field.IsEpicLink) is { } field
        && issue.Fields[field.Id].Text() is { } key && issue.Fields.Remove(field.Id) ? site.Known(key) : null;

    private static void LoadLink(JiraSite site, Issue issue, JsonObject link)
    {
        var type = site.LearnLinkType(link["type"]);
        long? id = long.TryParse(link["id"].Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
        if (link["outwardIssue"] is { } outward && End(site, outward) is { } target && target != issue)
        {
            site.AddLink(type, issue, target, id);
        }
        else if (link["inwardIssue"] is { } inward && End(site, inward) is { } source && source != issue)
        {
            site.AddLink(type, source, issue, id);
        }
    }

    /// <summary>The issue that a stub names; one that the seed does not hold exists from then on, unreadable.</summary>
    private static Issue? End(JiraSite site, JsonNode stub)
    {
        var key = stub["key"].Text();
        var idText = stub["id"].Text();
        if ((idText is not null ? site.Known(idText) : site.Known(key ?? "")) is { } known)
        {
            return known;
        }

        if (key is null || !long.TryParse(idText, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || site.Known(key) is not null)
        {
            return null;
        }

        var hidden = new Issue(id, key, stub["fields"]?.DeepClone() as JsonObject ?? []);
        site.Add(hidden);
        return hidden;
    }
}
