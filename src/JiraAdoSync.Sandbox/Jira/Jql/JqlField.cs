using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Jql;

internal enum JqlFieldKind
{
    /// <summary>One or several of a set of things with names: a project, a status, components.</summary>
    Choice,

    /// <summary>An issue: itself or its parent.</summary>
    Issue,

    /// <summary>Words.</summary>
    Text,

    Date,

    /// <summary>Whatever a custom field holds.</summary>
    Custom,
}

/// <summary>
/// A field that queries can name. A choice is compared by the ids of what an issue holds, after the texts of the query
/// were found among what the site has; a text that names nothing is an error of the query.
/// </summary>
internal sealed record JqlField(string Name, JqlFieldKind Kind)
{
    /// <summary>How sites rank the priorities that they come with, the most urgent first.</summary>
    private static readonly List<string> Priorities =
        ["Blocker", "Highest", "Critical", "High", "Major", "Medium", "Minor", "Low", "Trivial", "Lowest"];

    private static readonly string[] ForText = ["~", "!~", "is", "is not"];
    private static readonly string[] ForChoice = ["=", "!=", "in", "not in", "is", "is not"];
    private static readonly string[] ForOrdered = ["=", "!=", "in", "not in", "is", "is not", "<", "<=", ">", ">="];
    private static readonly string[] ForCustom =
        ["=", "!=", "in", "not in", "is", "is not", "<", "<=", ">", ">=", "~", "!~"];

    public Func<Issue, IEnumerable<string>> Ids { get; private init; } = _ => [];

    /// <summary>The ids that a text of a query means; none if the site has nothing of that name.</summary>
    public Func<JiraSite, string, IEnumerable<string>> Resolve { get; private init; } = (_, text) => [text];

    public Func<Issue, IEnumerable<string>> Texts { get; private init; } = _ => [];

    public Func<Issue, DateTimeOffset?> Date { get; private init; } = _ => null;

    public Func<Issue, Issue?> Target { get; private init; } = _ => null;

    /// <summary>Where the ids of a choice have ranks: that of one, the greatest being 0.</summary>
    public Func<JiraSite, string, long>? Rank { get; private init; }

    /// <summary>What ORDER BY compares.</summary>
    public Func<JiraSite, Issue, IComparable?>? SortBy { get; private init; }

    public bool Allows(string comparison) => (Kind switch
    {
        JqlFieldKind.Text => ForText,
        JqlFieldKind.Choice => Rank is null ? ForChoice : ForOrdered,
        JqlFieldKind.Custom => ForCustom,
        _ => ForOrdered,
    }).Contains(comparison);

    /// <summary>The field of a name in any case; null if the site has none.</summary>
    public static JqlField? Find(JiraSite site, string name)
    {
        switch (name.ToUpperInvariant())
        {
            case "PROJECT":
                return Choice(
                    "project", issue => One(issue.Project?.Thing.Id), (from, text) => One(from.Project(text)?.Thing.Id),
                    (_, issue) => issue.Project?.Key);
            case "ISSUETYPE" or "TYPE":
                return Registered("issuetype", from => from.IssueTypes, issue => issue.Type);
            case "STATUS":
                return Registered("status", from => from.Statuses, issue => issue.Status);
            case "STATUSCATEGORY":
                return Choice("statusCategory", issue => One(issue.Status?.Json["statusCategory"].Get("key").Text()),
                    (_, text) => One(StatusCategory.Find(text)), (_, issue) =>
                        issue.Status?.Json["statusCategory"].Get("key").Text());
            case "PRIORITY":
                return Choice("priority", issue => One(issue.Fields["priority"].Get("id").Text()), (from, text) =>
                    One(from.Priorities.Find(text)?.Id),
                    (from, issue) =>
                        issue.Fields["priority"].Get("id").Text() is { } id ? RankOf(from.Priorities.Find(id)) : null)
                    with { Rank = (from, id) => RankOf(from.Priorities.Find(id)) };
            case "RESOLUTION":
                return Choice("resolution", issue => One(issue.Fields["resolution"].Get("id").Text()), (from, text) =>
                    One(from.Resolutions.Find(text)?.Id),
                    (_, issue) => issue.Fields["resolution"].Get("name").Text());
            case "COMPONENT":
                return Listed("component", "components", site.Components);
            case "FIXVERSION":
                return Listed("fixVersion", "fixVersions", site.Versions);
            case "AFFECTEDVERSION":
                return Listed("affectedVersion", "versions", site.Versions);
            case "LABELS":
                return Choice(
                    "labels", issue => Strings(issue.Fields["labels"]), (_, text) => [text.ToUpperInvariant()],
                    (_, issue) => Strings(issue.Fields["labels"]).FirstOrDefault());
            case "ASSIGNEE" or "REPORTER" or "CREATOR":
                var person = name.ToLowerInvariant();
                return Choice(
                    person, issue => People(issue.Fields[person]), (from, text) => FindPerson(from, person, text),
                    (_, issue) => issue.Fields[person].Get("displayName").Text());
            case "WATCHER":
                return Signed("watcher", issue => issue.Watchers);
            case "VOTER":
                return Signed("voter", issue => issue.Voters);
            case "ISSUELINKTYPE":
                return Choice("issueLinkType", PhrasesOf, FindPhrase, null);
            case "KEY" or "ISSUEKEY" or "ID" or "ISSUE":
                return new JqlField(name.ToLowerInvariant() is "id" ? "id" : "key", JqlFieldKind.Issue)
                {
                    Target = issue => issue,
                    SortBy = name.Equals("id", StringComparison.OrdinalIgnoreCase) ? (_, issue) =>
                        issue.Id : (_, issue) => KeyOrder(issue),
                };
            case "PARENT":
                return Above("parent", _ => true);
            case "EPIC LINK" when site.Flavor == JiraFlavor.DataCenter:
                return Above("Epic Link", issue => !issue.IsSubtask);
            case "CREATED" or "CREATEDDATE":
                return Dated("created", issue => issue.Created);
            case "UPDATED" or "UPDATEDDATE":
                return Dated("updated", issue => issue.Updated);
            case "RESOLVED" or "RESOLUTIONDATE":
                return Dated("resolved", issue => JiraTime.Read(issue.Fields["resolutiondate"].Text()));
            case "DUE" or "DUEDATE":
                return Dated("due", issue => JiraTime.Read(issue.Fields["duedate"].Text()));
            case "SUMMARY":
                return Worded("summary", issue => [issue.Summary]) with { SortBy = (_, issue) => issue.Summary };
            case "DESCRIPTION" or "ENVIRONMENT":
                var field = name.ToLowerInvariant();
                return Worded(field, issue => [RichText.TextOf(issue.Fields[field])]);
            case "COMMENT":
                return Worded("comment", CommentsOf);
            case "TEXT":
                return Worded("text", issue => [issue.Summary, RichText.TextOf(issue.Fields["description"]),
                    RichText.TextOf(issue.Fields["environment"]), .. CommentsOf(issue)]);
            default:
                return Custom(site, name);
        }
    }

    private static JqlField Choice(
        string name, Func<Issue, IEnumerable<string>> ids, Func<JiraSite, string, IEnumerable<string>> resolve,
        Func<JiraSite, Issue, IComparable?>? sort) =>
        new(name, JqlFieldKind.Choice) { Ids = ids, Resolve = resolve, SortBy = sort };

    private static JqlField Registered(
        string name, Func<JiraSite, Registry> registry, Func<Issue, NamedThing?> thing) => Choice(
        name,
        issue => One(thing(issue)?.Id),
        // A name may mean several things: sites have statuses and types that are called the same.
        (site, text) => registry(site).All.Where(one => one.IsCalled(text)).Select(one => one.Id),
        (_, issue) => thing(issue)?.Name);

    private static JqlField Listed(string name, string field, Registry registry) => Choice(
        name,
        issue => (issue.Fields[field] as JsonArray ?? []).Select(thing => registry.Find(thing)?.Id).OfType<string>(),
        (_, text) => registry.All.Where(one => one.IsCalled(text)).Select(one => one.Id),
        (_, issue) => registry.Find((issue.Fields[field] as JsonArray)?.FirstOrDefault())?.Name);

    /// <summary>People who can sign in.</summary>
    private static JqlField Signed(string name, Func<Issue, IEnumerable<JiraAccount>> accounts) => Choice(
        name,
        issue => accounts(issue).Select(account => account.Id.ToUpperInvariant()),
        (site, text) => One(site.Account(text)?.Id.ToUpperInvariant()),
        null);

    /// <summary>Those that sites come with by their name, others after them by their id.</summary>
    private static long RankOf(NamedThing? priority) =>
        Priorities.FindIndex(
            name => priority?.Name.Equals(name, StringComparison.OrdinalIgnoreCase) is true) is >= 0 and var rank ? rank
        : long.TryParse(priority?.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Priorities.Count
            + id : long.MaxValue;

    private static JqlField Above(string name, Func<Issue, bool> counts) => new(name, JqlFieldKind.Issue)
    {
        Target = issue => counts(issue) ? issue.Parent : null,
        SortBy = (_, issue) => counts(issue) && issue.Parent is { } parent ? KeyOrder(parent) : null,
    };

    private static JqlField Dated(string name, Func<Issue, DateTimeOffset?> date) =>
        new(name, JqlFieldKind.Date) { Date = date, SortBy = (_, issue) => date(issue) };

    private static JqlField Worded(string name, Func<Issue, IEnumerable<string>> texts) =>
        new(name, JqlFieldKind.Text) { Texts = texts };

    private static JqlField? Custom(JiraSite site, string name)
    {
        if (site.Flavor == JiraFlavor.DataCenter
            && (name.Equals(site.EpicLinkField, StringComparison.OrdinalIgnoreCase)
                || name.Equals($"cf[{site.EpicLinkField[12..]}]", StringComparison.OrdinalIgnoreCase)))
        {
            return Find(site, "Epic Link");
        }

        var id = name.StartsWith("cf[", StringComparison.OrdinalIgnoreCase) ? $"customfield_{name[3..].TrimEnd(']')}"
            : site.CustomField(name)?.Id ?? name;
        return !id.StartsWith("customfield_", StringComparison.OrdinalIgnoreCase)
            || !site.FieldNames.Contains(id.ToLowerInvariant()) ? null
            : new JqlField(id.ToLowerInvariant(), JqlFieldKind.Custom)
            {
                Ids = issue => Anything(issue.Fields[id.ToLowerInvariant()]),
                Resolve = (_, text) => [text.ToUpperInvariant()],
                Texts = issue => Anything(issue.Fields[id.ToLowerInvariant()]),
                SortBy = (_, issue) => Anything(issue.Fields[id.ToLowerInvariant()]).FirstOrDefault(),
            };
    }

    private static IEnumerable<string> One(string? id) => id is null ? [] : [id];

    private static IEnumerable<string> Strings(JsonNode? list) =>
        (list as JsonArray ?? []).Select(one => one.Text()?.ToUpperInvariant()).OfType<string>();

    private static IEnumerable<string> People(JsonNode? person) =>
        ((string[])["accountId", "name", "key", "emailAddress", "displayName"])
            .Select(one => person.Get(one).Text()?.ToUpperInvariant()).OfType<string>();

    private static IEnumerable<string> FindPerson(JiraSite site, string field, string text)
    {
        var asked = text.ToUpperInvariant();
        return site.Account(text) is not null
            || site.Issues.Any(issue => People(issue.Fields[field]).Contains(asked)) ? [asked] : [];
    }

    private static IEnumerable<string> PhrasesOf(Issue issue) => issue.Links.SelectMany(link =>
        (IEnumerable<string>)[$"type {link.Type.Id}",
            $"{(link.Source == issue ? "outward" : "inward")} {link.Type.Id}"]);

    // A phrase means one end of the links, the name of a type both.
    private static IEnumerable<string> FindPhrase(JiraSite site, string text)
    {
        var phrases = site.LinkTypes.Where(type => Same(type.Outward, text)).Select(type => $"outward {type.Id}")
            .Concat(site.LinkTypes.Where(type => Same(type.Inward, text)).Select(type => $"inward {type.Id}")).ToList();
        return phrases.Count > 0
            ? phrases
            : site.LinkTypes.Where(type => Same(type.Name, text)).Select(type => $"type {type.Id}");
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> CommentsOf(Issue issue) =>
        (issue.Fields["comment"].Get("comments") as JsonArray ?? []).Select(one => RichText.TextOf(one.Get("body")));

    private static IEnumerable<string> Anything(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => [],
        JsonValueKind.Array => value.AsArray().SelectMany(Anything),
        JsonValueKind.Object => ((string[])["id", "key", "name", "value"])
            .Select(one => value.Get(one).Text()?.ToUpperInvariant()).OfType<string>(),
        _ => One(value.Text()?.ToUpperInvariant()),
    };

    private static string KeyOrder(Issue issue) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{issue.Key[..Math.Max(issue.Key.LastIndexOf('-'), 0)]}-{issue.Number:D10}");
}
