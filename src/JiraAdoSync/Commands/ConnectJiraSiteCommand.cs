using System.Management.Automation;
using System.Net.Http.Headers;
using System.Security;
using JiraAdoSync.Rest.Jira;

namespace JiraAdoSync.Commands;

/// <summary>Connects the session to a Jira site, after the site has recognised the account.</summary>
/// <remarks>
/// The connection is verified, told, and remembered for this session. On Jira Cloud the credential is an e-mail
/// address with an API token as password; on Data Center a personal access token is given as -Token.
/// </remarks>
/// <example>
/// <para>Connects to Jira Cloud.</para>
/// <code>
/// Connect-JiraSite -Uri https://contoso.atlassian.net -Credential (Get-Credential)
/// </code>
/// </example>
/// <example>
/// <para>Reads from one site while the session is connected to another.</para>
/// <code>
/// $other = Connect-JiraSite https://contoso.atlassian.net (Get-Credential)
/// Get-JiraReplica -Jql 'project = SHOP' -JiraConnection $other
/// </code>
/// </example>
[Cmdlet(VerbsCommunications.Connect, "JiraSite", DefaultParameterSetName = WithCredential)]
[OutputType(typeof(JiraConnection))]
public sealed class ConnectJiraSiteCommand : JiraAdoCommand
{
    private const string WithCredential = "Credential";
    private const string WithToken = "Token";

    /// <summary>The site's address, such as <c>https://contoso.atlassian.net</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Uri Uri { get; set; } = null!;

    /// <summary>The account: on Cloud its e-mail address with an API token as password.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = WithCredential)]
    [Credential]
    public PSCredential Credential { get; set; } = null!;

    /// <summary>A bearer token: a personal access token of Data Center, or an OAuth token.</summary>
    [Parameter(Mandatory = true, ParameterSetName = WithToken)]
    public SecureString Token { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process()
    {
        Func<AuthenticationHeaderValue> authenticate = ParameterSetName == WithToken
            ? () => Credentials.Bearer(Token)
            : () => Credentials.Basic(Credential.UserName, Credential.Password);
        var client = Await(token => JiraClient.ConnectAsync(Uri, authenticate, TimeProvider.System, token));
        var connection = new JiraConnection(Uri, client);
        Session.Current.Connect(connection);
        WriteObject(connection);
    }
}
