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
        if (query.OfLinks)
        {
            throw AdoError.Query("Queries of links are not part of the sandbox yet. The error is caused by «WorkItemLinks».");
        }

        var found = new WiqlEvaluator(organization, request.Project, request.Flag("timePrecision")).Run(query);
        var limit = organization.Switches.QueryLimit;
        var top = request.QueryNumber("$top");
        if (found.Count > limit && top is null && organization.Switches.QueryOverLimit == QueryOverLimitAnswer.Refuse)
        {
            throw AdoError.QueryOverLimit(limit);
        }

        return Answer.Json(new JsonObject
        {
            ["queryType"] = "flat",
            ["queryResultType"] = "workItem",
            ["asOf"] = WorkItemJson.Date(query.AsOf ?? organization.Now),
            ["columns"] = new JsonArray([.. query.Columns.Select(field => Column(field, organization))]),
            ["sortColumns"] = new JsonArray([.. query.OrderBy.Select(sort => new JsonObject
            {
                ["field"] = Column(sort.Field, organization),
                ["descending"] = sort.Descending,
            })]),
            ["workItems"] = new JsonArray([.. found.Take(Math.Min(top ?? limit, limit)).Select(item => new JsonObject
            {
                ["id"] = item.Id,
                ["url"] = WorkItemJson.Url(organization.Uri, item),
            })]),
        });
    }

    private static JsonObject Column(FieldDefinition field, Organization organization) => new()
    {
        ["referenceName"] = field.ReferenceName,
        ["name"] = field.Name,
        ["url"] = $"{organization.Uri}/_apis/wit/fields/{field.ReferenceName}",
    };
}
