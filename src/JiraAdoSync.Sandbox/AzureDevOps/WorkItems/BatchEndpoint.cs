using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>
/// <c>$batch</c>: many creations and changes in one request, each with an answer of its own whose body is a JSON
/// string. It exists at the organisation only, and what fails does not stop what follows.
/// <para>
/// A creation may call itself by a negative number (<c>add /id</c>), by which the others link to it. It is then done
/// before those that link to it, so that their links can be made, whatever order they came in; answers keep the order
/// of the requests. Creations answer with the item as it is at the end of the batch.
/// </para>
/// </summary>
internal sealed class BatchEndpoint
{
    private static readonly string[] PatchMedia = ["application/json-patch+json"];

    private readonly Organization _organization;
    private readonly List<Item> _items = [];
    private readonly Dictionary<int, Item> _placeholders = [];

    private BatchEndpoint(Organization organization) => _organization = organization;

    public static void Map(AdoRoutes routes)
    {
        routes.Organization("POST", "wit/$batch", Handle);
        routes.Organization("PATCH", "wit/$batch", Handle);
    }

    private static Answer Handle(AdoRequest request)
    {
        var requests = request.BatchBody() as JsonArray ?? throw AdoError.NullArgument("requests");
        if (requests.Count > request.Organization.Switches.BatchLimit)
        {
            throw AdoError.TooMany(requests.Count);
        }

        return Listing.Of(new BatchEndpoint(request.Organization).Run(requests));
    }

    private List<JsonObject> Run(JsonArray requests)
    {
        foreach (var one in requests)
        {
            var item = new Item();
            _items.Add(item);
            item.Try(() =>
            {
                Read(item, one);
                if (PatchOperation.PlaceholderOf(item.Operations) is { } placeholder)
                {
                    _placeholders[placeholder] = item;
                    item.Prepared = item.Type is null ? null : new WorkItem(item.Request.Project!, item.Type);
                }
            });
        }

        _items.ForEach(Do);
        return [.. _items.Select(item => item.ToJson())];
    }

    private void Read(Item item, JsonNode? request)
    {
        if (request.GetAnyCase("method").Text()?.ToUpperInvariant() is not "PATCH")
        {
            throw AdoError.Argument("A request of a batch has the method PATCH.");
        }

        var uri = request.GetAnyCase("uri").Text() ?? throw AdoError.NullArgument("uri");
        var parts = uri.Split('?', 2);
        var query = new QueryCollection(QueryHelpers.ParseQuery(parts.Length == 2 ? parts[1] : ""));
        ApiVersion.Of(
            _organization.Flavor, "PATCH", ApiVersion.FromQuery(parts.Length == 2 ? parts[1] : ""), null,
            PreviewRule.Released);

        // /{project}/_apis/wit/workitems/$Type, or the same with an id and perhaps without a project.
        var path = parts[0].Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        var project = path.Length == 5
            ? _organization.Project(path[0]) ?? throw AdoError.ProjectMissing(path[0]) : null;
        var route = path.Length == 5 ? path[1..] : path;
        if (route is not [var apis, var area, var resource, var last]
            || !apis.Equals("_apis", StringComparison.OrdinalIgnoreCase)
                || !area.Equals("wit", StringComparison.OrdinalIgnoreCase)
            || !resource.Equals("workitems", StringComparison.OrdinalIgnoreCase)
                || (last.StartsWith('$') && project is null))
        {
            throw AdoError.Argument($"The address {parts[0]} is none of a work item.");
        }

        var contentType = (request.GetAnyCase("headers") as JsonObject)
            ?.FirstOrDefault(
                header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value.Text();
        if (!MediaType.Is(contentType, PatchMedia))
        {
            throw AdoError.UnsupportedMediaType(MediaType.Of(contentType));
        }

        var values = new RouteValueDictionary { [last.StartsWith('$') ? "type" : "id"] = last.TrimStart('$') };
        item.Request = new AdoRequest(_organization, project, values, query, contentType, []);
        item.Type = last.StartsWith('$') ? WorkItemEndpoints.TypeOf(item.Request) : null;
        item.Operations = PatchOperation.Read(request.GetAnyCase("body"));
    }

    private void Do(Item item)
    {
        if (item.Stage != Stage.Waiting)
        {
            return;
        }

        item.Stage = Stage.Doing;
        item.Try(() =>
        {
            var targets = TargetsOf(item.Operations);
            foreach (var placeholder in targets.Where(target => target < 0))
            {
                if (_placeholders.TryGetValue(placeholder, out var other) && other != item)
                {
                    Do(other);
                }
            }

            if (item.Type is not null && targets.Exists(target => target < 0) && targets.Exists(target => target > 0)
                && !_organization.Switches.BatchCreationMayMixNewAndExistingTargets)
            {
                throw AdoError.Unverifiable();
            }

            var patch = new WorkItemPatch(_organization, item.Request.PatchOptions, item.Operations, Placeholder);
            if (item.Type is null)
            {
                var changed = patch.Update(WorkItemEndpoints.Find(item.Request, item.Request.RouteId()));
                item.Body = WorkItemJson.RenderWritten(changed, item.Expand);
            }
            else
            {
                item.Created = patch.Create(item.Request.Project!, item.Type, item.Prepared);
            }
        });
        if (item is { Error: not null, Prepared: { } prepared })
        {
            // Others may have linked to it while it was being made; what they linked to never came.
            foreach (var link in prepared.Links.ToList())
            {
                link.Other(prepared).Links.Remove(link);
            }
        }

        item.Stage = Stage.Done;
    }

    private WorkItem? Placeholder(int id) =>
        _placeholders.TryGetValue(id, out var item) && item.Error is null ? item.Created ?? item.Prepared : null;

    private static List<int> TargetsOf(IEnumerable<PatchOperation> operations) =>
    [
        .. operations.Where(operation => operation is { Op: "add", Parts: ["relations", "-"] })
            .Select(operation => operation.Value.GetAnyCase("url").Text()?.Split('/')[^1])
            .Select(last => int.TryParse(last, out var id) ? id : 0),
    ];

    private enum Stage
    {
        Waiting,
        Doing,
        Done,
    }

    private sealed class Item
    {
        public AdoRequest Request { get; set; } = null!;

        public WorkItemType? Type { get; set; }

        public List<PatchOperation> Operations { get; set; } = [];

        public WorkItem? Prepared { get; set; }

        public WorkItem? Created { get; set; }

        public JsonObject? Body { get; set; }

        public AdoError? Error { get; private set; }

        public Stage Stage { get; set; }

        public Expand Expand => AdoRequest.ReadExpand(Request.Query("$expand"));

        public void Try(Action action)
        {
            try
            {
                action();
            }
            catch (AdoError refused)
            {
                Error = refused;
                Stage = Stage.Done;
            }
        }

        public JsonObject ToJson()
        {
            var answer = Error?.ToAnswer() ?? Answer.Json(Body ?? WorkItemJson.RenderWritten(Created!, Expand));
            return new JsonObject
            {
                ["code"] = answer.Status,
                ["headers"] = new JsonObject { ["Content-Type"] = answer.ContentType },
                ["body"] = System.Text.Encoding.UTF8.GetString(answer.Body),
            };
        }
    }
}
