using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>Relation types of the organisation; work item types of a project and their states.</summary>
internal static class TypeEndpoints
{
    private static readonly (string Tool, string Artifact, string Link)[] ArtifactLinkTypes =
    [
        ("Build", "Build", "Build"), ("Build", "Build", "Found in build"), ("Build", "Build", "Integrated in build"),
        ("Git", "Commit", "Fixed in Commit"), ("Git", "PullRequestId", "Pull Request"), ("Git", "Ref", "Branch"),
        ("GitHub", "Commit", "GitHub Commit"), ("GitHub", "PullRequest", "GitHub Pull Request"),
        ("Requirements", "Storyboard", "Storyboard"), ("TestManagement", "TcmResult", "Test Result"),
        ("TestManagement", "TcmTest", "Test"), ("VersionControl", "Changeset", "Fixed in Changeset"),
        ("VersionControl", "VersionedItem", "Source Code File"), ("Wiki", "WikiPage", "Wiki Page"),
    ];

    public static void Map(AdoRoutes routes)
    {
        routes.Organization("GET", "wit/workitemrelationtypes", request =>
            Listing.Of(RelationTypes.Listed(request.Organization.Switches)
            .Select(type => type.ToJson(request.Organization.Uri, IsEnabled(type, request)))));
        routes.Organization("GET", "wit/workitemrelationtypes/{relation}", RelationType);
        routes.Organization(
            "GET", "wit/artifactlinktypes", _ => Listing.Of(ArtifactLinkTypes.Select(type => new JsonObject
        {
            ["toolType"] = type.Tool,
            ["artifactType"] = type.Artifact,
            ["linkType"] = type.Link,
        })), PreviewRule.Since7);
        routes.Organization("GET", "wit/workitemtransitions", NextStates, PreviewRule.Since7);
        routes.Project("GET", "wit/workitemtypecategories", request => Listing.Of(TypeCategory.Of(request.Project!)
            .Select(category => ToJson(category, request))));
        routes.Project("GET", "wit/workitemtypecategories/{category}", request => Answer.Json(ToJson(
            TypeCategory.Of(request.Project!).FirstOrDefault(category => category.ReferenceName.Equals(
                request.Route("category"), StringComparison.OrdinalIgnoreCase))
                ?? throw AdoError.CategoryMissing(request.Route("category")),
            request)));
        routes.Project("GET", "wit/workitemtypes", request => Listing.Of(request.Project!.Types
            .Select(type => ToJson(type, request))));
        routes.Project("GET", "wit/workitemtypes/{type}", request => Answer.Json(ToJson(TypeOf(request), request)));
        routes.Project("GET", "wit/workitemtypes/{type}/states", request => Listing.Of(TypeOf(request).States
            .Select(ToJson)), PreviewRule.Since7);
        routes.Project("GET", "wit/workitemtypes/{type}/fields", request =>
        {
            var type = TypeOf(request);
            return Listing.Of(FieldsOf(type, request).Select(field => FieldWithValues(field, type, request)));
        });
        routes.Project("GET", "wit/workitemtypes/{type}/fields/{field}", request =>
        {
            var type = TypeOf(request);
            var name = request.Route("field");
            var field = request.Organization.Fields.Find(name) is { } found && FieldsOf(type, request).Contains(found)
                ? found : throw AdoError.FieldMissing(name, 404);
            return Answer.Json(FieldWithValues(field, type, request));
        });
    }

    /// <summary>The states to which a check-in moves work items; an item that it does not move says so.</summary>
    private static Answer NextStates(AdoRequest request)
    {
        var action = $"Microsoft.VSTS.Actions.{request.Query("action") ?? "checkin"}";
        return Listing.Of(
            (request.Query("ids") ?? throw AdoError.NullArgument("ids")).Split(',', StringSplitOptions.TrimEntries)
            .Select(text => int.TryParse(text, out var id) ? id : throw AdoError.Bound(
                $"The request is invalid. The value '{text}' is not valid for the parameter 'ids'."))
            .Select(id =>
            {
                if (request.Organization.Item(id) is not { } item)
                {
                    return new JsonObject { ["id"] = id, ["errorCode"] = "3200",
                        ["message"] = AdoError.ItemMissing(id).Message };
                }

                var next = item.Type.Transitions.FirstOrDefault(transition => transition.From == item.State
                    && transition.Actions.Contains(action, StringComparer.OrdinalIgnoreCase));
                return next is null
                    ? new JsonObject
                    {
                        ["id"] = id,
                        ["errorCode"] = "3201",
                        ["message"] = $"Work item {id} has no transition from the state {item.State} on this action.",
                    }
                    : new JsonObject { ["id"] = id, ["stateOnTransition"] = next.To };
            }));
    }

    private static JsonObject ToJson(TypeCategory category, AdoRequest request)
    {
        return new JsonObject
        {
            ["name"] = category.Name,
            ["referenceName"] = category.ReferenceName,
            ["defaultWorkItemType"] = Reference(category.Types[0]),
            ["workItemTypes"] = new JsonArray([.. category.Types.Select(Reference)]),
            ["url"] = $"{request.Scope}/_apis/wit/workItemTypeCategories/{category.ReferenceName}",
        };

        JsonObject Reference(WorkItemType type) => new()
        {
            ["name"] = type.Name,
            ["url"] = $"{request.Scope}/_apis/wit/workItemTypes/{Uri.EscapeDataString(type.Name)}",
        };
    }

    private static bool IsEnabled(RelationType type, AdoRequest request) => type.Link is null
        || !request.Organization.Switches.DisabledLinkTypes.Contains(
            type.Link.BaseName, StringComparer.OrdinalIgnoreCase);

    private static Answer RelationType(AdoRequest request)
    {
        var name = request.Route("relation");
        var type = RelationTypes.Find(name) ?? throw AdoError.RelationTypeMissing(name);
        return Answer.Json(type.ToJson(request.Organization.Uri, IsEnabled(type, request)));
    }

    private static WorkItemType TypeOf(AdoRequest request) =>
        request.Project!.Type(request.Route("type"))
            ?? throw AdoError.TypeMissing(request.Route("type"), request.Project.Name);

    private static JsonObject ToJson(WorkItemState state) =>
        new() { ["name"] = state.Name, ["color"] = state.Color, ["category"] = state.Category };

    private static JsonObject ToJson(WorkItemType type, AdoRequest request)
    {
        var organization = request.Organization;
        var url =
            $"{organization.Uri}/{request.Project!.Id:D}/_apis/wit/workItemTypes/{Uri.EscapeDataString(type.Name)}";
        return new JsonObject
        {
            ["name"] = type.Name,
            ["referenceName"] = type.ReferenceName,
            ["description"] = $"A {type.Name} of the sandbox's process.",
            ["color"] = type.Color,
            ["icon"] = new JsonObject
            {
                ["id"] = type.Icon,
                ["url"] = $"{organization.Uri}/_apis/wit/workItemIcons/{type.Icon}?color={type.Color}&v=2",
            },
            ["isDisabled"] = false,
            ["xmlForm"] = "<FORM></FORM>",
            ["fields"] = new JsonArray(
                [.. FieldsOf(type, request).Select(field => FieldReference(field, type, request))]),
            ["fieldInstances"] = new JsonArray(
                [.. FieldsOf(type, request).Select(field => FieldReference(field, type, request))]),
            ["transitions"] = Transitions(type),
            ["states"] = new JsonArray([.. type.States.Select(ToJson)]),
            ["_links"] = new JsonObject { ["self"] = new JsonObject { ["href"] = url } },
            ["url"] = url,
        };
    }

    // A state may always be kept, which is first in its list.
    private static JsonObject Transitions(WorkItemType type)
    {
        var transitions = new JsonObject();
        foreach (var from in type.States.Select(state => state.Name).Append(""))
        {
            var ways = type.Transitions.Where(one => one.From == from).Select(one => Way(one.To, one.Actions));
            transitions[from] = new JsonArray([.. from.Length == 0 ? ways : ways.Prepend(Way(from, []))]);
        }

        return transitions;
    }

    private static JsonObject Way(string to, IReadOnlyList<string> actions) => new()
    {
        ["to"] = to,
        ["actions"] = actions.Count == 0 ? null : new JsonArray([.. actions.Select(action => (JsonNode)action)]),
    };

    /// <summary>A field with the values that it takes, where the request asks for them by name or by number.</summary>
    private static JsonObject FieldWithValues(FieldDefinition field, WorkItemType type, AdoRequest request)
    {
        var reference = FieldReference(field, type, request);
        if (request.Query("$expand") is { } expand && (expand is "1" or "3"
            || expand.Equals("allowedValues", StringComparison.OrdinalIgnoreCase)
            || expand.Equals("all", StringComparison.OrdinalIgnoreCase)))
        {
            var values = field == FieldCatalog.State ? type.States.Select(state => state.Name)
                : field == FieldCatalog.Reason
                    ? type.Transitions.SelectMany(transition => transition.Reasons).Distinct().Order()
                : field.AllowedValues;
            reference["allowedValues"] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        }

        return reference;
    }

    /// <summary>What every item has, what the process gives the type, and what the organisation has added.</summary>
    private static IEnumerable<FieldDefinition> FieldsOf(WorkItemType type, AdoRequest request) =>
        request.Organization.Fields.All
        .Where(field => field.ReferenceName.StartsWith("System.", StringComparison.Ordinal) || type.Has(field)
            || field.ReferenceName == "Microsoft.VSTS.Build.IntegrationBuild"
            || !field.ReferenceName.StartsWith("Microsoft.", StringComparison.Ordinal));

    private static JsonObject FieldReference(FieldDefinition field, WorkItemType type, AdoRequest request) => new()
    {
        ["defaultValue"] = field == FieldCatalog.State ? type.Initial.Name : type.Field(field)?.DefaultValue,
        ["alwaysRequired"] =
            field.ReferenceName is "System.AreaId" or "System.IterationId" or "System.Title" or "System.State"
            || type.Field(field)?.IsRequired is true,
        ["referenceName"] = field.ReferenceName,
        ["name"] = field.Name,
        ["url"] = $"{request.Organization.Uri}/_apis/wit/fields/{field.ReferenceName}",
    };
}
