using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Accounts;

/// <summary>Whom the site knows: who can sign in, and whom else its issues name.</summary>
internal sealed class People(JiraSite site)
{
    private static readonly string[] Fields = ["assignee", "reporter", "creator"];

    private Dictionary<string, JsonObject>? _named;

    /// <summary>Everybody, first those who can sign in.</summary>
    public IEnumerable<Person> All => site.Accounts.Select(account => new Person(account, null))
        .Concat(Named.Values.Select(json => new Person(null, json)));

    private Dictionary<string, JsonObject> Named => _named ??= Read();

    /// <summary>Somebody by the account id, or on Data Center by name or key.</summary>
    public Person? Find(string id) => site.Account(id) is { } account ? new Person(account, null)
        : Named.GetValueOrDefault(id) is { } json ? new Person(null, json)
        : null;

    private Dictionary<string, JsonObject> Read()
    {
        var named = new Dictionary<string, JsonObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var json in site.Issues.SelectMany(issue => Fields.Select(field => issue.Fields[field]))
            .OfType<JsonObject>())
        {
            if ((json["accountId"] ?? json["name"] ?? json["key"]).Text() is { } id && site.Account(id) is null)
            {
                named.TryAdd(id, json);
            }
        }

        return named;
    }
}

/// <summary>Somebody: an account of the site, or what an issue says of a person.</summary>
internal sealed record Person(JiraAccount? Account, JsonObject? Json)
{
    private string Name => Account?.DisplayName ?? Json?["displayName"].Text() ?? "";

    private string? Address => Account?.EmailAddress ?? Json?["emailAddress"].Text();

    public bool IsActive => Account?.IsActive ?? Json?["active"].Text() != "false";

    public bool IsCalled(string id) =>
        Account?.IsCalled(id) ?? (Json?["accountId"] ?? Json?["name"] ?? Json?["key"]).Text() == id;

    /// <summary>Whether the name, a word of it, or the mail address begins with a text.</summary>
    public bool Matches(string text, JiraSite site)
    {
        var isAddressSeen = Account?.HidesAddress is not true || site.Flavor == JiraFlavor.DataCenter
            || site.Switches.HiddenAddressesAreFound;
        return Begins(Name) || Name.Split(' ').Any(Begins)
            || (isAddressSeen && Address is { } address && Begins(address))
            || (site.Flavor == JiraFlavor.DataCenter && Json?["name"].Text() is { } name && Begins(name));

        bool Begins(string value) => value.StartsWith(text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether issues of a project can be given to the person.</summary>
    public bool IsAssignable(JiraProject? project) => IsActive
        && (Account is null
            || ((project is null || Account.CanSee(project)) && Account.Has(Permission.AssignableUser, null, project)));

    public JsonObject ToJson(JiraSite site, string api) =>
        Account?.ToJson(site.Flavor, api) ?? (JsonObject)Json!.DeepClone();
}
