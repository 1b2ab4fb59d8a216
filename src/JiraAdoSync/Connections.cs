using System.Management.Automation.Runspaces;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security;
using System.Text;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Syncing;

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

    /// <summary>Cloud, or Data Center.</summary>
    public string Deployment => Client.IsCloud ? "Cloud" : "Data Center";

    /// <summary>The display name of the account.</summary>
    public string User => Client.User;

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

    /// <summary>The display name of the account.</summary>
    public string User => Client.User;

    internal AdoClient Client { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{OrganizationUri} {Project}";
}

/// <summary>
/// What a PowerShell session, a runspace, remembers: its connections, and which work item stands for which issue.
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

    /// <summary>The connection that was given to a cmdlet, else the session's.</summary>
    /// <exception cref="SyncException"><c>NotConnected</c>.</exception>
    public static AdoConnection Resolve(AdoConnection? given) =>
        given ?? Current.Ado ?? throw Errors.NotConnected("Connect-AdoProject");

    public JiraConnection? Jira { get; private set; }

    public AdoConnection? Ado { get; private set; }

    public void Connect(JiraConnection connection)
    {
        Jira?.Client.Dispose();
        Jira = connection;
    }

    public void Connect(AdoConnection connection)
    {
        Ado?.Client.Dispose();
        Ado = connection;
    }

    public void Disconnect()
    {
        Jira?.Client.Dispose();
        Ado?.Client.Dispose();
        (Jira, Ado) = (null, null);
        _caches.Clear();
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

    /// <summary>
    /// For Azure DevOps: Entra tokens and a job's own token are JSON web tokens and go as Bearer; a personal access
    /// token goes as the password of a nameless user.
    /// </summary>
    public static AuthenticationHeaderValue ForAdo(SecureString token)
    {
        var text = Reveal(token);
        var isWebToken = text.StartsWith("eyJ", StringComparison.Ordinal) && text.Count(letter => letter == '.') == 2;
        return isWebToken ? Bearer(token) : Basic(string.Empty, token);
    }

    private static string Reveal(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;
}
