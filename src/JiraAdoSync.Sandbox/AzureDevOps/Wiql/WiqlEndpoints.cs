using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>Queries; they answer ids, fields are read afterwards.</summary>
internal static class WiqlEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Both("POST", "wit/wiql", Run);
        routes.Team("POST", "wit/wiql", Run);
    }

    private static Answer Run(AdoRequest request) => Run(
        request, request.Json("wiql").GetAnyCase("query").Text() ?? throw AdoError.NullArgument("wiql"),
        request.Project);

    public static string TypeOf(WiqlQuery query) =>
        query.Links is not { } links ? "flat" : links.Mode < WiqlMode.Recursive ? "oneHop" : "tree";

    /// <summary>Runs a query; <c>@project</c> in it is the project.</summary>
    public static Answer Run(AdoRequest request, string text, Project? project)
    {
        var organization = request.Organization;
        var query = WiqlParser.Parse(text, organization.Fields);
        var evaluator = new WiqlEvaluator(organization, project, request.Flag("timePrecision"), query.AsOf);
        var (resultType, list, rows) = query.Links is { } links
            ? ("workItemLink", "workItemRelations",
                evaluator.RunLinks(query, links).Select(row => Row(row, request)).ToList())
            : ("workItem", "workItems", evaluator.Run(query).Select(item => Reference(item, request)).ToList());
        var limit = organization.Switches.QueryLimit;
        var top = request.QueryNumber("$top");
        if (rows.Count > limit && top is null && organization.Switches.QueryOverLimit == QueryOverLimitAnswer.Refuse)
        {
            throw AdoError.QueryOverLimit(limit);
        }

        var body = new JsonObject
        {
            ["queryType"] = TypeOf(query),
            ["queryResultType"] = resultType,
            ["asOf"] = WorkItemJson.Date(query.AsOf ?? organization.Now),
            ["columns"] = new JsonArray([.. query.Columns.Select(field => Column(field, organization))]),
        };

        // Recorded: what is not ordered has no sortColumns.
        if (query.OrderBy.Count > 0)
        {
            body["sortColumns"] = new JsonArray([.. query.OrderBy.Select(sort => new JsonObject
            {
                ["field"] = Column(sort.Field, organization),
                ["descending"] = sort.Descending,
            })]);
        }

        body[list] = new JsonArray([.. rows.Take(Math.Min(top ?? limit, limit))]);
        return Answer.Json(body);
    }

    // A row at the top has its target only.
    private static JsonObject Row(WiqlRow row, AdoRequest request) => row.Source is null
        ? new JsonObject { ["target"] = Reference(row.Target, request) }
        : new JsonObject
        {
            ["rel"] = row.Type!.ReferenceName,
            ["source"] = Reference(row.Source, request),
            ["target"] = Reference(row.Target, request),
        };

    // A query of the organisation answers with addresses of the organisation.
    private static JsonObject Reference(WorkItem item, AdoRequest request) => new()
    {
        ["id"] = item.Id,
        ["url"] = request.Project is null ? $"{request.Organization.Uri}/_apis/wit/workItems/{item.Id}"
            : WorkItemJson.Url(request.Organization.Uri, item),
    };

    public static JsonObject Column(FieldDefinition field, Organization organization) => new()
    {
        ["referenceName"] = field.ReferenceName,
        ["name"] = field.Name,
        ["url"] = $"{organization.Uri}/_apis/wit/fields/{field.ReferenceName}",
    };
}
