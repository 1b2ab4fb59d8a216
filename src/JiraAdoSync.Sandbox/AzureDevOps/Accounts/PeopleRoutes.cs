using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Accounts;

/// <summary>
/// <c>/sandbox/ado/people</c>: whom the organisation's identity fields accept. <c>POST</c> takes
/// <c>{"displayName", "uniqueName"}</c> and adds somebody; <c>GET</c> lists them.
/// </summary>
internal static class PeopleRoutes
{
    public const string Path = "/sandbox/ado/people";

    public static Answer List(Organization organization) =>
        Answer.Json(new JsonArray([.. organization.People.Select(person => person.ToJson(organization.Uri))]));

    public static Answer Add(Organization organization, JsonNode? body) =>
        body.Get("displayName").Text() is { Length: > 0 } name
            && body.Get("uniqueName").Text() is { Length: > 0 } address
            ? Answer.Json(organization.AddPerson(name, address).ToJson(organization.Uri))
            : Answer.Json(
                new JsonObject { ["error"] = "The body is an object with a displayName and a uniqueName." }, 400);
}
