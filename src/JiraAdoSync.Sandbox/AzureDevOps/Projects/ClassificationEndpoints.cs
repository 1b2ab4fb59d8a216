using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Projects;

/// <summary>Areas and iterations: read, added, renamed, moved and removed; work items go with them.</summary>
internal static partial class ClassificationEndpoints
{
    private const string One = "wit/classificationnodes/{structureGroup}/{**path}";

    public static void Map(AdoRoutes routes)
    {
        routes.Project("GET", "wit/classificationnodes", request => Listing.Of(request.Query("ids") is { } ids
            ? ById(request, ids.Split(','))
            :
            [
                request.Project!.Areas.ToJson(request.Project, Depth(request)),
                request.Project.Iterations.ToJson(request.Project, Depth(request)),
            ]));
        routes.Project(
            "GET", One, request => Answer.Json(Node(request).ToJsonWithLinks(request.Project!, Depth(request))));
        routes.Project("POST", One, CreateOrMove);
        routes.Project("PATCH", One, Update);
        routes.Project("DELETE", One, Delete);
    }

    /// <summary>A body with the id of a node moves that node here; one with a name makes a node.</summary>
    private static Answer CreateOrMove(AdoRequest request)
    {
        RequireEditNodes(request, "Create child nodes");
        var (project, parent, body) = (request.Project!, Node(request), request.Json("postedNode"));
        if (body.GetAnyCase("id").Text() is { } text && text != "0")
        {
            var moved = Tree(request).All()
                .FirstOrDefault(node => node.Id.ToString(CultureInfo.InvariantCulture) == text)
                ?? throw AdoError.NodeMissing(text);
            if (moved.Parent is null || moved.All().Contains(parent))
            {
                throw AdoError.Argument($"The node {moved.Name} can't be moved below {parent.Name}.");
            }

            RequireFree(parent, moved.Name, moved);
            Rename(request, moved, () => moved.MoveTo(parent));
            return Answer.Json(moved.ToJsonWithLinks(project, 0));
        }

        var name = NameOf(request, body) ?? throw AdoError.NullArgument("name");
        var dates = ReadDates(body["attributes"]);
        RequireFree(parent, name, null);
        var created = parent.Add(request.Organization.NextNodeId(), name);
        created.Dates = dates ?? default;
        return Answer.Json(created.ToJsonWithLinks(project, 0), 201);
    }

    private static Answer Update(AdoRequest request)
    {
        RequireEditNodes(request, "Edit this node");
        var (node, body) = (Node(request), request.Json("postedNode"));
        var dates = ReadDates(body["attributes"]);
        if (NameOf(request, body) is { } name && name != node.Name)
        {
            if (node.Parent is null)
            {
                throw AdoError.Argument("The root of a tree is called like its project.");
            }

            RequireFree(node.Parent, name, node);
            Rename(request, node, () => node.Name = name);
        }

        node.Dates = dates ?? node.Dates;
        return Answer.Json(node.ToJsonWithLinks(request.Project!, 0));
    }

    /// <summary>
    /// Work items go to the node that the request names, or to the root: every item is in a node.
    /// </summary>
    private static Answer Delete(AdoRequest request)
    {
        RequireEditNodes(request, "Delete this node");
        var (organization, node, tree) = (request.Organization, Node(request), Tree(request));
        if (node.Parent is null)
        {
            throw AdoError.Argument("The root of a tree can't be removed.");
        }

        var target = request.QueryNumber("$reclassifyId") is { } id
            ? tree.All().Except(node.All()).FirstOrDefault(one => one.Id == id)
                ?? throw AdoError.NodeMissing(id.ToString(CultureInfo.InvariantCulture))
            : tree;
        var field = FieldOf(request);
        foreach (var item in ItemsUnder(request, node).ToList())
        {
            var before = item.Fields[field];
            item.Fields[field] = target.FieldPath();
            organization.Revise(item, [new FieldChange(field, before, target.FieldPath())]);
        }

        node.Remove();
        return Answer.Empty(204);
    }

    private static void RequireEditNodes(AdoRequest request, string permission)
    {
        if (!request.Organization.Sender.May(AdoPermission.EditNodes))
        {
            throw AdoError.NodePermission(request.Organization.Account.DisplayName, permission);
        }
    }

    /// <summary>Renames or moves a node, and with it the paths of its work items; that makes no revision.</summary>
    private static void Rename(AdoRequest request, ClassificationNode node, Action change)
    {
        var (field, before) = (FieldOf(request), node.FieldPath());
        var items = ItemsUnder(request, node).ToList();
        change();
        foreach (var item in items)
        {
            item.Fields[field] = node.FieldPath() + ((string)item.Fields[field])[before.Length..];
        }
    }

    private static IEnumerable<WorkItem> ItemsUnder(AdoRequest request, ClassificationNode node)
    {
        var (field, path) = (FieldOf(request), node.FieldPath());
        return request.Organization.Items.Where(item => item.Project == request.Project
            && item.Fields[field] is string at && (at == path || at.StartsWith(path + "\\", StringComparison.Ordinal)));
    }

    private static string? NameOf(AdoRequest request, JsonNode body)
    {
        var name = body.GetAnyCase("name").Text()?.Trim();
        return name is null or "" ? null : name.Length > 255
            || name.IndexOfAny(['\\', '/', '$', '?', '*', ':', '"', '&', '>', '<', '#', '%', '|', '+']) >= 0
            || name.Any(char.IsControl)
            || (request.Organization.Switches.ReservedNodeNamesAreRefused && ReservedName().IsMatch(name))
                ? throw AdoError.NodeName(name) : name;
    }

    // learn.microsoft.com, "Naming restrictions and conventions": system reserved names.
    [GeneratedRegex(@"^(\.|\.\.|PRN|CON|NUL|AUX|(COM|LPT)([1-9]|10))$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ReservedName();

    private static void RequireFree(ClassificationNode parent, string name, ClassificationNode? itself)
    {
        if (parent.Below([name]) is { } existing && existing != itself)
        {
            throw AdoError.NodeExists(name, parent.Name);
        }
    }

    /// <summary>The dates of an iteration, both or none; null where the body does not speak of them.</summary>
    private static (DateTime? Start, DateTime? Finish)? ReadDates(JsonNode? attributes)
    {
        if (attributes is not JsonObject { Count: > 0 } given)
        {
            return null;
        }

        var dates = (AdoRequest.ReadDate("startDate", given.GetAnyCase("startDate").Text()),
            AdoRequest.ReadDate("finishDate", given.GetAnyCase("finishDate").Text()));
        return dates switch
        {
            ({ } start, { } finish) when finish >= start => dates,
            (null, null) => dates,
            _ => throw AdoError.Argument("An iteration needs a start date and a finish date that is not before it."),
        };
    }

    // As with work items: one that is not there fails the read, or yields null instead.
    private static List<JsonNode?> ById(AdoRequest request, string[] ids)
    {
        var omit = AdoRequest.ReadOmits(request.Query("errorPolicy"));
        var nodes = request.Project!.Areas.All().Concat(request.Project.Iterations.All())
            .ToDictionary(node => node.Id.ToString(CultureInfo.InvariantCulture));
        return [.. ids.Select(id => nodes.TryGetValue(id.Trim(), out var node)
            ? node.ToJsonWithLinks(request.Project, Depth(request))
            : omit ? null : throw AdoError.NodeMissing(id))];
    }

    private static int Depth(AdoRequest request) => request.QueryNumber("$depth") ?? 0;

    private static FieldDefinition FieldOf(AdoRequest request) =>
        Tree(request) == request.Project!.Areas ? FieldCatalog.AreaPath : FieldCatalog.IterationPath;

    // Official clients send the number of the enumeration.
    private static ClassificationNode Tree(AdoRequest request) =>
        request.Route("structureGroup").ToUpperInvariant() switch
    {
        "AREAS" or "0" => request.Project!.Areas,
        "ITERATIONS" or "1" => request.Project!.Iterations,
        _ => throw AdoError.NodeMissing(request.Route("structureGroup")),
    };

    /// <summary>
    /// The node of the path, whose names are between slashes or, as the az tool sends it, backslashes.
    /// </summary>
    private static ClassificationNode Node(AdoRequest request)
    {
        var path = request.Route("path");
        return Tree(request).Below(path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries))
            ?? throw AdoError.NodeMissing(path);
    }
}
