using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>One request of a version of the API, with who asks.</summary>
internal sealed class JiraRequest(
    JiraSite site, string version, JiraAccount? account, RouteValueDictionary route, IQueryCollection query,
    byte[] body)
{
    public JiraSite Site { get; } = site;

    public string Version { get; } = version;

    /// <summary>Who asks. Nobody who has not signed in sees an issue.</summary>
    public JiraAccount? Account { get; } = account;

    public bool IsSignedIn => Account is not null;

    /// <summary>Who asks, where the route lets nobody in without an account.</summary>
    public JiraAccount Author => Account
        ?? throw new JiraError(401, "You are not authenticated. Authentication required to perform this operation.");

    public Journal Journal => new(Site, Author);

    /// <summary>The journal of a write that notifies people only if it says so.</summary>
    public Journal JournalThat(bool notifies) => new(Site, Author, notifies);

    public byte[] Body { get; } = body;

    public string? ContentType { get; init; }

    /// <summary>What <c>X-Atlassian-Token</c> says; uploads must say that they need no check.</summary>
    public string? TokenCheck { get; init; }

    /// <summary>Whether the request came by the gateway, where addresses in answers stay.</summary>
    public bool AtGateway { get; init; }

    public string Api => $"{Root}/rest/api/{Version}";

    public IssueJson Writer => new(Site, Version, Account, Root);

    private string Root => AtGateway
        ? $"{Site.Uri.GetLeftPart(UriPartial.Authority)}{JiraGateway.Root}/{JiraGateway.CloudId:D}"
            : Site.Uri.ToString();

    public string Route(string name) => route[name] as string ?? "";

    public string? Query(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

    public bool Flag(string name) => bool.TryParse(Query(name), out var flag) && flag;

    public IEnumerable<string?>? QueryList(string name) =>
        query.TryGetValue(name, out var values) ? values.ToArray() : null;

    public int Number(string name, int byDefault) =>
        Query(name) is not { Length: > 0 } text ? byDefault : Whole(text, name);

    public static int Whole(string text, string name) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : throw JiraError.NotNumber(name);

    public JsonObject Json() => RequestReader.TryParse(Body) as JsonObject ?? throw JiraError.InvalidJson();

    /// <summary>The issue of the path, or of a reference in a body.</summary>
    public Issue Issue(string? idOrKey = null) =>
        (IsSignedIn ? Site.Readable(idOrKey ?? Route("issueIdOrKey"), Account) : null)
            ?? throw JiraError.IssueMissing();

    public bool Expands(string name) => FieldSelection.Split(Query("expand")).Contains(name);

    /// <summary>For what an account may be kept from, on an issue or on the whole site.</summary>
    public void Require(string permission, int status, string message, Issue? issue = null)
    {
        if (!Author.Has(permission, issue))
        {
            throw new JiraError(status, message);
        }
    }
}
