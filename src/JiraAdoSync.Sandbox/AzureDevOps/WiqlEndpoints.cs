using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Wiql;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>Queries; they answer ids, fields are read afterwards.</summary>
internal static class WiqlEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Both("POST", "wit/wiql", Run);
        routes.Team("POST", "wit/wiql", Run);
    }

    private static Answer Run(AdoRequest request)
    {
        var text = request.Json("wiql").GetAnyCase("query").Text() ?? throw AdoError.NullArgument("wiql");
        var organization = request.Organization;
        var query = WiqlParser.Parse(text, organization.Fields);
        var evaluator = new WiqlEvaluator(organization, request.Project, request.Flag("timePrecision"), query.AsOf);
        var (type, resultType, list, rows) = query.Links is { } links
            ? (links.Mode < WiqlMode.Recursive ? "oneHop" : "tree", "workItemLink", "workItemRelations",
                evaluator.RunLinks(query, links).Select(row => Row(row, organization)).ToList())
            : ("flat", "workItem", "workItems",
                evaluator.Run(query).Select(item => Reference(item, organization)).ToList());
        var limit = organization.Switches.QueryLimit;
        var top = request.QueryNumber("$top");
        if (rows.Count > limit && top is null && organization.Switches.QueryOverLimit == QueryOverLimitAnswer.Refuse)
        {
            throw AdoError.QueryOverLimit(limit);
        }

        return Answer.Json(new JsonObject
        {
            ["queryType"] = type,
            ["queryResultType"] = resultType,
            ["asOf"] = WorkItemJson.Date(query.AsOf ?? organization.Now),
            ["columns"] = new JsonArray([.. query.Columns.Select(field => Column(field, organization))]),
            ["sortColumns"] = new JsonArray([.. query.OrderBy.Select(sort => new JsonObject
            {
                ["field"] = Column(sort.Field, organization),
                ["descending"] = sort.Descending,
            })]),
            [list] = new JsonArray([.. rows.Take(Math.Min(top ?? limit, limit))]),
        });
    }

    // A row at the top has its target only.
    private static JsonObject Row(WiqlRow row, Organization organization) => row.Source is null
        ? new JsonObject { ["target"] = Reference(row.Target, organization) }
        : new JsonObject
        {
            ["rel"] = row.Type!.ReferenceName,
            ["source"] = Reference(row.Source, organization),
            ["target"] = Reference(row.Target, organization),
        };

    private static JsonObject Reference(WorkItem item, Organization organization) => new()
    {
        ["id"] = item.Id,
        ["url"] = WorkItemJson.Url(organization.Uri, item),
    };

    private static JsonObject Column(FieldDefinition field, Organization organization) => new()
    {
        ["referenceName"] = field.ReferenceName,
        ["name"] = field.Name,
        ["url"] = $"{organization.Uri}/_apis/wit/fields/{field.ReferenceName}",
    };
}
