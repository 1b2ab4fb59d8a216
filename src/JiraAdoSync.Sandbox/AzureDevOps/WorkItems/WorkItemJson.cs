using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.AzureDevOps.Types;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>What a read shows beside the fields.</summary>
internal enum Expand
{
    None,
    Relations,
    Fields,
    Links,
    All,
}

/// <summary>Work items, their revisions and updates as the service writes them.</summary>
internal static class WorkItemJson
{
    /// <summary>
    /// UTC, with up to three decimals of which trailing zeros are trimmed: a text compare of two is wrong.
    /// </summary>
    public static string Date(DateTime date) =>
        date.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>The address of a work item, scoped by the id of its project however it was asked for.</summary>
    public static string Url(Uri organization, WorkItem item) =>
        $"{organization}/{item.Project.Id:D}/_apis/wit/workItems/{item.Id}";

    public static JsonNode? Value(object? value, Uri organization) => value switch
    {
        null => null,
        int number => number,
        double number => number == Math.Floor(number) && Math.Abs(number) < 1e15 ? (long)number : number,
        bool flag => flag,
        DateTime date => Date(date),
        Person person => person.ToJson(organization),
        _ => JsonValue.Create(value.ToString()),
    };

    /// <summary>
    /// A work item with the fields asked for by name, or with those that every read shows and what is expanded.
    /// </summary>
    public static JsonObject Render(
        WorkItem item, IReadOnlyList<FieldDefinition>? fields, Expand expand, bool listRead = false,
        WorkItemAt? past = null)
    {
        var organization = item.Project.Organization;
        var rendered = new JsonObject();
        foreach (var field in fields ?? ShownFields(organization, item, expand is Expand.All or Expand.Fields, past))
        {
            if (Value(past is null ? field.ValueOf(item) : past.ValueOf(field), organization.Uri) is { } value)
            {
                rendered[field.ReferenceName] = value;
            }
        }

        var url = Url(organization.Uri, item);
        var body = new JsonObject { ["id"] = item.Id, ["rev"] = past?.Rev ?? item.Rev, ["fields"] = rendered };
        if (fields is null)
        {
            body["multilineFieldsFormat"] = new JsonObject();
        }

        if (expand is Expand.All or Expand.Relations
            && (past?.Relations ?? item.Relations(listRead)) is { Count: > 0 } relations)
        {
            body["relations"] = new JsonArray([.. relations.Select(relation => relation.ToJson(organization.Uri))]);
        }

        if (expand is Expand.All or Expand.Links)
        {
            body["_links"] = Links(item, url);
        }

        body["url"] = url;
        return body;
    }

    /// <summary>
    /// A work item that was asked for alone: it always has its links to other resources, but for a read of named
    /// fields. (In a list they come with <c>$expand</c> all or links only.)
    /// </summary>
    public static JsonObject RenderAlone(
        WorkItem item, IReadOnlyList<FieldDefinition>? fields, Expand expand, WorkItemAt? past = null)
    {
        var body = Render(item, fields, expand, past: past);
        if (fields is null && !body.ContainsKey("_links"))
        {
            body.Insert(body.IndexOf("url"), "_links", Links(item, Url(item.Project.Organization.Uri, item)));
        }

        return body;
    }

    /// <summary>What POST and PATCH answer: the item with its relations, whatever was asked to be expanded.</summary>
    public static JsonObject RenderWritten(WorkItem item, Expand expand) =>
        RenderAlone(item, null, expand is Expand.Fields or Expand.All ? Expand.All : Expand.Relations);

    /// <summary>A work item that is not there yet, as a form begins.</summary>
    public static JsonObject RenderBlank(WorkItem item)
    {
        var body = Render(item, null, Expand.None);
        var links = Links(item, "");
        foreach (var name in links.Select(link => link.Key).Except(["workItemType", "fields"]).ToList())
        {
            links.Remove(name);
        }

        return new JsonObject
        {
            ["fields"] = body["fields"]!.DeepClone(),
            ["_links"] = links,
            ["url"] = $"{item.Project.Organization.Uri}/{item.Project.Id:D}/_apis/wit/workItems",
        };
    }

    public static JsonObject RenderRevision(WorkItem item, int rev, Expand expand = Expand.None)
    {
        var body = Render(item, null, expand, past: new WorkItemAt(item, rev));
        body.Remove("multilineFieldsFormat");
        body["url"] = $"{Url(item.Project.Organization.Uri, item)}/revisions/{rev}";
        return body;
    }

    public static JsonObject RenderUpdate(WorkItem item, WorkItemUpdate update)
    {
        var organization = item.Project.Organization;
        var revised = RevisedDate(item, update);
        var body = new JsonObject
        {
            ["id"] = update.Id,
            ["workItemId"] = item.Id,
            ["rev"] = update.Rev,
            ["revisedBy"] = update.By.ToJson(organization.Uri),
            ["revisedDate"] = Date(revised),
        };
        if (update.IsRevision)
        {
            var fields = new JsonObject();
            foreach (var change in update.Fields)
            {
                fields[change.Field.ReferenceName] = Change(
                    Value(change.Old, organization.Uri), Value(change.New, organization.Uri));
                if (change.Field == FieldCatalog.AuthorizedDate)
                {
                    fields[FieldCatalog.RevisedDate.ReferenceName] = Change(
                        update.Id == 1 ? null : Date(update.Date), Date(revised));
                }
            }

            body["fields"] = fields;
        }

        var relations = new JsonObject();
        AddRelations("added", update.Added);
        AddRelations("removed", update.Removed);
        AddRelations("updated", update.Updated);
        if (relations.Count > 0)
        {
            body["relations"] = relations;
        }

        body["url"] = $"{Url(organization.Uri, item)}/updates/{update.Id}";
        return body;

        void AddRelations(string name, IReadOnlyList<Relation> list)
        {
            if (list.Count > 0)
            {
                relations[name] = new JsonArray([.. list.Select(relation => relation.ToJson(organization.Uri))]);
            }
        }
    }

    /// <summary>The entry of the recycle bin, with the item itself.</summary>
    public static JsonObject RenderDeleted(WorkItem item, Organization organization, bool isRestored = false) => new()
    {
        ["id"] = item.Id,
        ["code"] = 200,
        ["type"] = item.Type.Name,
        ["name"] = item.Title,
        ["project"] = item.Project.Name,
        ["deletedDate"] = item.DeletedDate.ToString("M/d/yyyy h:mm:ss tt", CultureInfo.InvariantCulture),
        ["deletedBy"] = item.DeletedBy,
        ["url"] = isRestored
            ? Url(organization.Uri, item)
            : $"{organization.Uri}/{item.Project.Id:D}/_apis/wit/recycleBin/{item.Id}",
        ["resource"] = Render(item, null, Expand.Links),
    };

    private static IEnumerable<FieldDefinition> ShownFields(
        Organization organization, WorkItem item, bool expanded, WorkItemAt? past) =>
        organization.Fields.All.Where(field => field.Computed is null
            ? past is null ? item.Fields.ContainsKey(field) : past.Fields.ContainsKey(field)
            : field.Shown == FieldShown.Always || (expanded && field.Shown == FieldShown.Expanded));

    // A revision ends when the next one begins; a change of links ends at once.
    private static DateTime RevisedDate(WorkItem item, WorkItemUpdate update) => !update.IsRevision
        ? update.Date
        : item.Updates.Find(next => next.Id > update.Id && next.IsRevision)?.Date ?? WorkItem.NeverRevised;

    private static JsonObject Change(JsonNode? old, JsonNode? @new)
    {
        var change = new JsonObject();
        if (old is not null)
        {
            change["oldValue"] = old;
        }

        if (@new is not null)
        {
            change["newValue"] = @new;
        }

        return change;
    }

    private static JsonObject Links(WorkItem item, string url)
    {
        var organization = item.Project.Organization.Uri;
        var project = $"{organization}/{item.Project.Id:D}";
        return new JsonObject
        {
            ["self"] = Href(url),
            ["workItemUpdates"] = Href($"{url}/updates"),
            ["workItemRevisions"] = Href($"{url}/revisions"),
            ["workItemComments"] = Href($"{url}/comments"),
            ["html"] = Href($"{project}/_workitems/edit/{item.Id}"),
            ["workItemType"] = Href($"{project}/_apis/wit/workItemTypes/{Uri.EscapeDataString(item.Type.Name)}"),
            ["fields"] = Href($"{project}/_apis/wit/fields"),
        };
    }

    private static JsonObject Href(string url) => new() { ["href"] = url };
}
