using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Accounts;

/// <summary>
/// People as others see them. Searches go by the beginnings of names and mail addresses; an address that its owner
/// hides is neither shown nor, unless a switch says so, searched.
/// </summary>
internal static class UserEndpoints
{
    private const int Limit = 1000;

    public static void Map(JiraRoutes routes, JiraFlavor flavor)
    {
        routes.Add("GET", "user", Get);
        routes.AddOpen("GET", "user/search", request =>
        {
            var text = Asked(request);
            return Page(request, MayBrowse(request) ? Found(request, text).Where(one => one.IsActive) : []);
        });
        routes.Add("GET", "user/assignable/search", SearchAssignable);
        routes.Add("GET", "users/search", All);
        routes.Add("GET", "users", All);
        if (flavor == JiraFlavor.Cloud)
        {
            routes.Add("GET", "user/assignable/multiProjectSearch", SearchAssignableInSeveral);
            routes.Add("GET", "user/bulk", Several);
        }
    }

    private static bool IsCloud(JiraRequest request) => request.Site.Flavor == JiraFlavor.Cloud;

    private static bool MayBrowse(JiraRequest request) => request.Account?.Has(Permission.BrowseUsers) is true;

    private static Answer Get(JiraRequest request)
    {
        var asked = IsCloud(request) ? request.Query("accountId") : request.Query("username") ?? request.Query("key");
        return asked is null
            ? throw new JiraError(400, IsCloud(request)
                ? "The query parameter 'accountId' is required."
                    : "Either the 'username' or the 'key' query parameters need to be provided")
            : request.Site.People.Find(asked) is { } person ? Answer.Json(person.ToJson(request.Site, request.Api))
            : throw new JiraError(404, IsCloud(request)
                ? "Specified user does not exist or you do not have required permissions"
                    : $"The user named '{asked}' does not exist");
    }

    private static Answer All(JiraRequest request) =>
        Page(request, MayBrowse(request) ? request.Site.People.All : []);

    /// <summary>What a search is for; Cloud wants either a text or an id.</summary>
    private static string? Asked(JiraRequest request)
    {
        var (text, id) = (request.Query("query") ?? request.Query("username"), request.Query("accountId"));
        return text is null && id is null
            ? throw new JiraError(400, "The username query parameter was not provided")
            : text is not null && id is not null
                ? throw new JiraError(400, "The query and accountId query parameters can't be used together.")
                : text;
    }

    private static IEnumerable<Person> Found(JiraRequest request, string? text) => text is null
        ? request.Query("accountId") is { } id ? request.Site.People.All.Where(one => one.IsCalled(id))
            : request.Site.People.All
        : request.Site.People.All.Where(one => text is "." or "" || one.Matches(text, request.Site));

    private static Answer SearchAssignable(JiraRequest request)
    {
        var text = IsCloud(request) ? Asked(request) : request.Query("username");
        var issue = (request.Query("issueKey") ?? request.Query("issueId")) is { } named ? request.Issue(named) : null;
        var project = issue?.Project ?? (request.Query("project") is { } name ? Project(request, name)
            : throw new JiraError(400, "Either the project or the issueKey query parameter must be provided."));
        return Assignable(request, text, [project]);
    }

    private static Answer SearchAssignableInSeveral(JiraRequest request)
    {
        var text = Asked(request);
        var keys = FieldSelection.Split(request.Query("projectKeys"));
        return keys.Length == 0
            ? throw new JiraError(400, "The projectKeys query parameter was not provided")
            : Assignable(request, text, [.. keys.Select(key => Project(request, key))]);
    }

    private static JiraProject Project(JiraRequest request, string name) =>
        request.Site.Project(name) is { } project && request.Author.CanSee(project) ? project
            : throw new JiraError(404, $"No project could be found with key '{name}'.");

    // The page is of all who match, and of it those are shown who can be assigned: mostly fewer than a page has.
    private static Answer Assignable(JiraRequest request, string? text, List<JiraProject> projects)
    {
        var may = MayBrowse(request)
            || projects.TrueForAll(project => request.Author.Has(Permission.AssignIssues, null, project));
        return !may ? throw new JiraError(401, "You do not have permission to browse users.")
            : Page(request, Found(request, text), person => projects.TrueForAll(person.IsAssignable));
    }

    private static Answer Several(JiraRequest request)
    {
        var ids = request.QueryList("accountId")?.OfType<string>().ToList()
            ?? throw new JiraError(400, "The query parameter 'accountId' is required.");
        return LookupEndpoints.Page(request, "user/bulk", 200, [.. ids.Distinct().Select(request.Site.People.Find)
            .OfType<Person>().Select(person => person.ToJson(request.Site, request.Api))]);
    }

    private static Answer Page(JiraRequest request, IEnumerable<Person> people, Func<Person, bool>? only = null)
    {
        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", 50), 0, Limit));
        return Answer.Json(new JsonArray([.. people.Take(Limit).Skip(start).Take(max).Where(only ?? (_ => true))
            .Select(person => person.ToJson(request.Site, request.Api))]));
    }
}
