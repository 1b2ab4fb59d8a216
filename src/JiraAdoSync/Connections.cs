using System.Management.Automation.Runspaces;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security;
using System.Text;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;

namespace JiraAdoSync;

/// <summary>A Jira site that knows the account.</summary>
public sealed class JiraConnection
{
    internal JiraConnection(Uri uri, JiraClient client)
    {
        Uri = uri;
        Client = client;
    }

    /// <summary>The address that was given.</summary>
    public Uri Uri { get; }

    /// <summary>What the site calls itself; everything of ours in Azure DevOps is marked with it.</summary>
    public string Site => Client.Site.BaseUrl;

    /// <summary>Where requests are sent: the site itself, or Atlassian's gateway to it.</summary>
    public Uri ApiUri => Client.ApiAddress;

    /// <summary>Cloud, or Data Center.</summary>
    public string Deployment => Client.IsCloud ? "Cloud" : "Data Center";

    /// <summary>The display name of the account.</summary>
    public string User => Client.User;

    /// <summary>Whether cmdlets may write to the site with it.</summary>
    public bool AllowsWrites => Client.AllowsWrites;

    internal JiraClient Client { get; }

    /// <inheritdoc/>
    public override string ToString() => Site;
}

/// <summary>A project of an Azure DevOps organisation that knows the account.</summary>
public sealed class AdoConnection
{
    internal AdoConnection(Uri organizationUri, AdoClient client)
    {
        OrganizationUri = organizationUri;
        Client = client;
    }

    /// <summary>The organisation's address.</summary>
    public Uri OrganizationUri { get; }

    /// <summary>The project's name.</summary>
    public string Project => Client.Project;

    /// <summary>Services, or Server.</summary>
    public string Deployment => Client.IsServer ? "Server" : "Services";

    /// <summary>The version of the REST API that is spoken, such as 7.1.</summary>
    public string ApiVersion => Client.ApiVersion;

    /// <summary>The display name of the account.</summary>
    public string User => Client.User;

    internal AdoClient Client { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{OrganizationUri} {Project}";
}

/// <summary>
/// What a PowerShell session, a runspace, remembers: its connections, and which work item belongs to which issue.
/// </summary>
internal sealed class Session
{
    private static readonly ConditionalWeakTable<Runspace, Session> Sessions = [];

    private readonly Dictionary<(string Site, Guid Project), CorrelationCache> _caches = [];

    /// <summary>The session of the runspace whose pipeline is running.</summary>
    public static Session Current => Sessions.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>The connection that was given to a cmdlet, else the session's.</summary>
    /// <exception cref="SyncException"><c>NotConnected</c>.</exception>
    public static JiraConnection Resolve(JiraConnection? given) =>
        given ?? Current.Jira ?? throw Errors.NotConnected("Connect-JiraSite");

    /// <summary>The same, held to a cmdlet's limit of requests at once.</summary>
    /// <exception cref="SyncException"><c>NotConnected</c>.</exception>
    public static JiraConnection Resolve(JiraConnection? given, int throttleLimit)
    {
        var connection = Resolve(given);
        connection.Client.ThrottleLimit = throttleLimit;
        return connection;
    }

    /// <summary>The connection that was given to a cmdlet, else the session's.</summary>
    /// <exception cref="SyncException"><c>NotConnected</c>.</exception>
    public static AdoConnection Resolve(AdoConnection? given) =>
        given ?? Current.Ado ?? throw Errors.NotConnected("Connect-AdoProject");

    /// <summary>The same, held to a cmdlet's limit of requests at once.</summary>
    /// <exception cref="SyncException"><c>NotConnected</c>.</exception>
    public static AdoConnection Resolve(AdoConnection? given, int throttleLimit)
    {
        var connection = Resolve(given);
        connection.Client.ThrottleLimit = throttleLimit;
        return connection;
    }

    public JiraConnection? Jira { get; private set; }

    public AdoConnection? Ado { get; private set; }

    /// <summary>The link types that were read.</summary>
    public HashSet<LinkType> LinkTypes { get; } = [];

    /// <summary>The names of the issue types that were read.</summary>
    public HashSet<string> IssueTypes { get; } = [];

    /// <summary>The names of the statuses that were read.</summary>
    public HashSet<string> Statuses { get; } = [];

    /// <summary>The names of the priorities that were read.</summary>
    public HashSet<string> Priorities { get; } = [];

    /// <summary>
    /// The runs whose plans may be written to files, by the rows of their plans, as long as somebody holds the rows.
    /// </summary>
    public ConditionalWeakTable<object, object> PlannedRuns { get; } = [];

    /// <summary>What is known of which work item belongs to which issue.</summary>
    public IEnumerable<Correlation> Correlations => _caches.Values.SelectMany(cache => cache.All);

    /// <summary>Remembers what an issue shows of its site.</summary>
    public Replica Remember(Replica replica)
    {
        IssueTypes.Add(replica.Type.Name);
        Statuses.Add(replica.Status.Name);
        if (replica.Fields.GetValueOrDefault("priority") is IReadOnlyDictionary<string, object?> priority
            && priority.GetValueOrDefault("name") is string name)
        {
            Priorities.Add(name);
        }

        LinkTypes.UnionWith(replica.Links.Select(link => link.Type));
        return replica;
    }

    /// <summary>Remembers a connection; the one before it stays good for whoever holds it.</summary>
    public void Connect(JiraConnection connection) => Jira = connection;

    /// <summary>Remembers a connection; the one before it stays good for whoever holds it.</summary>
    public void Connect(AdoConnection connection) => Ado = connection;

    /// <summary>Forgets the connection to Jira; it stays good for whoever holds it.</summary>
    public void ForgetJira() => Jira = null;

    /// <summary>Forgets the connection to Azure DevOps; it stays good for whoever holds it.</summary>
    public void ForgetAdo() => Ado = null;

    public void Disconnect()
    {
        Jira?.Client.Dispose();
        Ado?.Client.Dispose();
        (Jira, Ado) = (null, null);
        _caches.Clear();
        LinkTypes.Clear();
        IssueTypes.Clear();
        Statuses.Clear();
        Priorities.Clear();
    }

    public CorrelationCache CacheOf(JiraConnection jira, AdoConnection ado)
    {
        var key = (jira.Site, ado.Client.ProjectId);
        if (!_caches.TryGetValue(key, out var cache))
        {
            cache = new CorrelationCache();
            _caches.Add(key, cache);
        }

        return cache;
    }
}

/// <summary>Makes the header of one request from credentials that stay protected until then.</summary>
internal static class Credentials
{
    public static AuthenticationHeaderValue Basic(string user, SecureString password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Reveal(password)}")));

    public static AuthenticationHeaderValue Bearer(SecureString token) => new("Bearer", Reveal(token));

    /// <summary>Whether a token is a JSON web token, as most of those that go as Bearer are.</summary>
    public static bool IsWebToken(SecureString token)
    {
        var text = Reveal(token);
        return text.StartsWith("eyJ", StringComparison.Ordinal) && text.Count(letter => letter == '.') == 2;
    }

    public static SecureString Protect(string text) => new NetworkCredential(string.Empty, text).SecurePassword;

    /// <summary>Refuses a token that no header can hold, before anything is sent.</summary>
    /// <exception cref="SyncException"><c>TokenInvalid</c>.</exception>
    public static SecureString Check(SecureString token)
    {
        var text = Reveal(token);
        return text.Length > 0 && text.All(letter => letter is > ' ' and <= '~') ? token : throw new SyncException(
            "TokenInvalid",
            text.Length == 0
                ? "The token is empty."
                : "The token has a character that none has, such as a blank or a line break. Was more copied than the token?");
    }

    /// <summary>
    /// Refuses an account that none can be: what was pasted with a line break is no password, and no token of Cloud.
    /// </summary>
    /// <exception cref="SyncException"><c>TokenInvalid</c>.</exception>
    public static void Check(string? user, SecureString password)
    {
        // The empty credential of PowerShell has no name.
        if ((user ?? "").Any(char.IsControl) || Reveal(password).Any(char.IsControl))
        {
            throw new SyncException(
                "TokenInvalid",
                "The credential has a line break or another sign of control in its user name or its password. Was more copied than "
                + "the token?");
        }
    }

    private static string Reveal(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;
}
