using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>Stored queries in their folders, and their results.</summary>
internal static class QueryEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Project("GET", "wit/queries", request => request.Query("$filter") is { } filter ? Search(request, filter)
            : Listing.Of(request.Project!.Queries.Select(item => item.ToJson(Depth(request), WithWiql(request)))));
        routes.Project("GET", "wit/queries/{**query}", request =>
            Answer.Json(Find(request).ToJson(Depth(request), WithWiql(request))));
        routes.Project("POST", "wit/queries/{**query}", Create);
        routes.Project("PATCH", "wit/queries/{**query}", Update);
        routes.Project("DELETE", "wit/queries/{**query}", request =>
        {
            var item = Find(request);
            _ = item.Parent?.Children.Remove(item)
                ?? throw AdoError.Argument($"The folder {item.Name} can't be removed.");
            return Answer.Empty(204);
        });
        routes.Project("POST", "wit/queriesbatch", Several);
        foreach (var method in (string[])["GET", "HEAD"])
        {
            routes.Both(method, "wit/wiql/{id}", Run);
            routes.Team(method, "wit/wiql/{id}", Run);
        }
    }

    private static IEnumerable<QueryItem> All(AdoRequest request) =>
        request.Project!.Queries.SelectMany(folder => folder.All());

    private static Answer Search(AdoRequest request, string text)
    {
        var found = All(request)
            .Where(item => !item.IsFolder && item.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).ToList();
        var page = found.Take(request.QueryNumber("$top") ?? 200).Select(item => item.ToJson(0, WithWiql(request)))
            .ToArray();
        return Answer.Json(new JsonObject
        {
            ["count"] = page.Length,
            ["hasMore"] = page.Length < found.Count,
            ["value"] = new JsonArray(page),
        });
    }

    private static Answer Several(AdoRequest request)
    {
        var body = request.Json("queryGetRequest");
        var omit = AdoRequest.ReadOmits(body.GetAnyCase("errorPolicy").Text());
        var withWiql = IsWiql(body.GetAnyCase("$expand").Text());
        return Listing.Of((body.GetAnyCase("ids") as JsonArray ?? throw AdoError.NullArgument("ids")).Select(id =>
        {
            var item = All(request)
                .FirstOrDefault(one => one.Id.ToString("D").Equals(id.Text(), StringComparison.OrdinalIgnoreCase));
            return item?.ToJson(0, withWiql) ?? (omit ? null : throw AdoError.QueryMissing(id.Text() ?? ""));
        }).ToList());
    }

    private static int Depth(AdoRequest request) => Math.Min(request.QueryNumber("$depth") ?? 0, 2);

    private static bool WithWiql(AdoRequest request) => IsWiql(request.Query("$expand"));

    private static bool IsWiql(string? expand) => expand is not null
        && (expand is "1" or "3" || expand.Equals("wiql", StringComparison.OrdinalIgnoreCase)
            || expand.Equals("all", StringComparison.OrdinalIgnoreCase));

    /// <summary>By id or by path.</summary>
    private static QueryItem Find(AdoRequest request, string? name = null)
    {
        var asked = (name ?? request.Route("query")).Trim('/');
        return All(request).FirstOrDefault(item => item.Path.Equals(asked, StringComparison.OrdinalIgnoreCase)
            || item.Id.ToString("D").Equals(asked, StringComparison.OrdinalIgnoreCase))
                ?? throw AdoError.QueryMissing(asked);
    }

    /// <summary>Makes a query or a folder in a folder; a body with an id and no name moves one there.</summary>
    private static Answer Create(AdoRequest request)
    {
        var (folder, body) = (Find(request), request.Json("postedQuery"));
        if (!folder.IsFolder)
        {
            throw AdoError.Argument($"{folder.Path} is not a folder.");
        }

        if (body.GetAnyCase("id").Text() is { } id && body.GetAnyCase("name").Text() is null)
        {
            var moved = Find(request, id);
            if (moved.Parent is null || moved.All().Contains(folder))
            {
                throw AdoError.Argument($"{moved.Path} can't be moved into {folder.Path}.");
            }

            moved.MoveTo(folder);
            return Answer.Json(moved.ToJson(0, withWiql: true));
        }

        var name = body.GetAnyCase("name").Text() is { Length: > 0 } given
            ? given
            : throw AdoError.NullArgument("name");
        if (folder.Children.Exists(child => child.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw AdoError.QueryExists(name);
        }

        var isFolder = body.GetAnyCase("isFolder").Text() == "true";
        var item = new QueryItem(
            request.Project!, name, folder, isFolder, request.Organization.Account, request.Organization.Now);
        if (!isFolder)
        {
            SetWiql(request, item, body.GetAnyCase("wiql").Text() ?? throw AdoError.NullArgument("wiql"));
        }

        if (!request.Flag("validateWiqlOnly"))
        {
            folder.Children.Add(item);
        }

        return Answer.Json(item.ToJson(0, withWiql: true), 201);
    }

    private static Answer Update(AdoRequest request)
    {
        var (item, body) = (Find(request), request.Json("queryUpdate"));
        if (body.GetAnyCase("wiql").Text() is { } wiql)
        {
            SetWiql(request, item, wiql);
        }

        item.Name = body.GetAnyCase("name").Text() is { Length: > 0 } name ? name : item.Name;
        item.Changed = request.Organization.Now;
        return Answer.Json(item.ToJson(0, withWiql: true));
    }

    private static void SetWiql(AdoRequest request, QueryItem item, string wiql)
    {
        var query = WiqlParser.Parse(wiql, request.Organization.Fields);
        item.Wiql = wiql;
        item.QueryType = WiqlEndpoints.TypeOf(query);
        item.Columns = [.. query.Columns.Select(field => WiqlEndpoints.Column(field, request.Organization))];
    }

    private static Answer Run(AdoRequest request)
    {
        var id = request.Route("id");
        var (project, query) = request.Organization.Projects
            .SelectMany(one => one.Queries.SelectMany(folder => folder.All()).Select(item => (one, item)))
            .FirstOrDefault(found => !found.item.IsFolder && (request.Project ?? found.one) == found.one
                && found.item.Id.ToString("D").Equals(id, StringComparison.OrdinalIgnoreCase));
        return query is null ? throw AdoError.QueryMissing(id) : WiqlEndpoints.Run(request, query.Wiql!, project);
    }
}
