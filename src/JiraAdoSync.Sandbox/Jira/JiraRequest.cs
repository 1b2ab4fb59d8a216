using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>One request of a version of the API, with who asks.</summary>
internal sealed class JiraRequest(
    JiraSite site, string version, bool isSignedIn, RouteValueDictionary route, IQueryCollection query, byte[] body)
{
    public JiraSite Site { get; } = site;

    public string Version { get; } = version;

    /// <summary>Nobody who has not signed in sees an issue.</summary>
    public bool IsSignedIn { get; } = isSignedIn;

    public string Api => $"{Site.Uri}/rest/api/{Version}";

    public IssueJson Writer => new(Site, Version);

    public string Route(string name) => route[name] as string ?? "";

    public string? Query(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

    public IEnumerable<string?>? QueryList(string name) => query.TryGetValue(name, out var values) ? values.ToArray() : null;

    public int Number(string name, int byDefault) => Query(name) is not { Length: > 0 } text ? byDefault : Whole(text, name);

    public static int Whole(string text, string name) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : throw JiraError.NotNumber(name);

    public JsonObject Json() => RequestReader.TryParse(body) as JsonObject ?? throw JiraError.InvalidJson();

    /// <summary>The issue of the path, or of a reference in a body.</summary>
    public Issue Issue(string? idOrKey = null) =>
        (IsSignedIn ? Site.Readable(idOrKey ?? Route("issueIdOrKey")) : null) ?? throw JiraError.IssueMissing();

    /// <summary>For what nobody may do without signing in.</summary>
    public void RequireSignIn()
    {
        if (!IsSignedIn)
        {
            throw new JiraError(401, "You are not authenticated. Authentication required to perform this operation.");
        }
    }
}
