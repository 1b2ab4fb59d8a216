using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>A stored query, or a folder of them.</summary>
internal sealed class QueryItem(
    Project project, string name, QueryItem? parent, bool isFolder, Person by, DateTime date)
{
    public Guid Id { get; } = parent is null ? StableGuid.Of($"query:{project.Name}:{name}") : Guid.NewGuid();

    public string Name { get; set; } = name;

    public QueryItem? Parent { get; private set; } = parent;

    public bool IsFolder { get; } = isFolder;

    public string? Wiql { get; set; }

    /// <summary>flat, oneHop or tree, as an answer to the query calls it.</summary>
    public string QueryType { get; set; } = "flat";

    public IReadOnlyList<JsonObject> Columns { get; set; } = [];

    private readonly DateTime _created = date;

    public DateTime Changed { get; set; } = date;

    public List<QueryItem> Children { get; } = [];

    public string Path => Parent is null ? Name : $"{Parent.Path}/{Name}";

    public IEnumerable<QueryItem> All() => Children.SelectMany(child => child.All()).Prepend(this);

    public void MoveTo(QueryItem folder)
    {
        Parent!.Children.Remove(this);
        Parent = folder;
        folder.Children.Add(this);
    }

    public JsonObject ToJson(int depth, bool withWiql)
    {
        var organization = project.Organization.Uri;
        var item = new JsonObject
        {
            ["id"] = Id.ToString("D"),
            ["name"] = Name,
            ["path"] = Path,
            ["createdBy"] = Author(),
            ["createdDate"] = WorkItemJson.Date(_created),
            ["lastModifiedBy"] = Author(),
            ["lastModifiedDate"] = WorkItemJson.Date(Changed),
        };
        if (IsFolder)
        {
            item["isFolder"] = true;
            item["hasChildren"] = Children.Count > 0;
            if (depth > 0 && Children.Count > 0)
            {
                item["children"] = new JsonArray([.. Children.Select(child => child.ToJson(depth - 1, withWiql))]);
            }
        }
        else
        {
            item["queryType"] = QueryType;
            if (withWiql)
            {
                item["wiql"] = Wiql;
                item["columns"] = new JsonArray([.. Columns.Select(column => column.DeepClone())]);
            }
        }

        item["isPublic"] = !Path.StartsWith("My Queries", StringComparison.Ordinal);
        item["_links"] = new JsonObject
        {
            ["self"] = new JsonObject { ["href"] = Url() },
            ["html"] = new JsonObject { ["href"] = $"{organization}/{project.Id:D}/_queries/query/{Id:D}" },
        };
        item["url"] = Url();
        return item;
    }

    // Recorded: people have a name here beside the one that is shown.
    private JsonNode Author()
    {
        var json = by.ToJson(project.Organization.Uri);
        json["name"] = by.ToString();
        return json;
    }

    private string Url() => $"{project.Organization.Uri}/{project.Id:D}/_apis/wit/queries/{Id:D}";
}
