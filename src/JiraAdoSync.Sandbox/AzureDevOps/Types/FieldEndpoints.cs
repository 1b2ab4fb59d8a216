using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>The fields of the organisation; new ones can be used on every work item type at once.</summary>
internal static class FieldEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Both("GET", "wit/fields", request => Listing.Of(request.Organization.Fields.All
            .Select(field => field.ToJson(request.Organization.Uri))));
        routes.Both("GET", "wit/fields/{fieldNameOrRefName}", request =>
        {
            var name = request.Route("fieldNameOrRefName");
            var field = request.Organization.Fields.Find(name) ?? throw AdoError.FieldMissing(name, 404);
            return Answer.Json(field.ToJson(request.Organization.Uri));
        });
        routes.Both("POST", "wit/fields", Create);
    }

    private static Answer Create(AdoRequest request)
    {
        var body = request.Json("workItemField");
        var name = body.GetAnyCase("name").Text() ?? throw AdoError.NullArgument("name");
        var referenceName = body.GetAnyCase("referenceName").Text()
            ?? $"Custom.{name.Replace(" ", "", StringComparison.Ordinal)}";
        var typeName = body.GetAnyCase("type").Text() ?? "string";
        if (!Enum.TryParse<FieldType>(typeName, ignoreCase: true, out var type))
        {
            throw AdoError.Argument($"There is no field type '{typeName}'.");
        }

        if (request.Organization.Fields.ByReferenceName(referenceName) is not null)
        {
            throw AdoError.Argument($"The field {referenceName} exists already.");
        }

        var field = new FieldDefinition(referenceName, name, type)
        {
            MaxLength = type == FieldType.String ? 255 : null,
        };
        request.Organization.Fields.Add(field);
        return Answer.Json(field.ToJson(request.Organization.Uri));
    }
}
