using System.Management.Automation;
using System.Net.Http.Headers;
using System.Security;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.Jira;

namespace JiraAdoSync.Commands;

/// <summary>Connects the session to a Jira site, after the site has recognised the account.</summary>
/// <remarks>
/// The connection is verified, written to the pipeline, and remembered for this session; where that fails, the session
/// is connected to no site. Whether it is Jira Cloud or Data Center is what
/// the site says of itself. On Jira Cloud the credential is an e-mail address with an API token as password; tokens
/// with scopes, and OAuth tokens (-Token), are good at Atlassian's gateway only, and there they are tried where the
/// site refuses them. On Data Center it is a user name with a password, or a personal access token as -Token. A site
/// that answers as if nobody had signed in is an error, not an empty site.
/// </remarks>
/// <example>
/// <para>Connects to Jira Cloud.</para>
/// <code>
/// Connect-JiraSite -Uri https://contoso.atlassian.net -Credential (Get-Credential)
/// </code>
/// </example>
/// <example>
/// <para>Connects for a run that also writes to Jira.</para>
/// <code>
/// Connect-JiraSite -Uri https://contoso.atlassian.net -Credential (Get-Credential) -AllowWrite
/// </code>
/// </example>
/// <example>
/// <para>Reads from one site while the session is connected to another.</para>
/// <code>
/// $other = Connect-JiraSite https://contoso.atlassian.net (Get-Credential)
/// Get-JiraReplica -Jql 'project = SHOP' -JiraConnection $other
/// </code>
/// </example>
[Cmdlet(
    VerbsCommunications.Connect, "JiraSite",
    DefaultParameterSetName = WithCredential,
    HelpUri = OnlineHelp.Pages + "Connect-JiraSite.md")]
[OutputType(typeof(JiraConnection))]
public sealed class ConnectJiraSiteCommand : JiraAdoCommand
{
    private const string WithCredential = "Credential";
    private const string WithToken = "Token";

    /// <summary>
    /// The site's address, such as <c>https://contoso.atlassian.net</c>; https is assumed where it says nothing else.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Uri Uri { get; set; } = null!;

    /// <summary>
    /// The account: on Cloud its e-mail address with an API token as password, on Data Center its name and password.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = WithCredential)]
    [Credential]
    public PSCredential Credential { get; set; } = null!;

    /// <summary>A bearer token: a personal access token of Data Center, or an OAuth token.</summary>
    [Parameter(Mandatory = true, ParameterSetName = WithToken)]
    public SecureString Token { get; set; } = null!;

    /// <summary>
    /// Atlassian's gateway, where Jira Cloud takes tokens with scopes; another one only for clouds of their own, such
    /// as a government's.
    /// </summary>
    [Parameter]
    public Uri GatewayUri { get; set; } = new("https://api.atlassian.com");

    /// <summary>
    /// Lets cmdlets write to the site with this connection. Without it nothing but reads is ever sent to Jira, and
    /// what would write ends with the error JiraIsReadOnly.
    /// </summary>
    [Parameter]
    public SwitchParameter AllowWrite { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        // Where this fails, a script that continues must not use the previous connection.
        Session.Current.ForgetJira();
        Uri = WebAddress.Complete(Uri);
        var token = Token is null ? null : Credentials.Check(Token);
        if (token is null)
        {
            Credentials.Check(Credential.UserName, Credential.Password);
        }

        Func<AuthenticationHeaderValue> authenticate = token is not null
            ? () => Credentials.Bearer(token)
            : () => Credentials.Basic(Credential.UserName, Credential.Password);
        var client = Await(
            cancellationToken => JiraClient.ConnectAsync(
                Uri, GatewayUri, authenticate, AllowWrite, TimeProvider.System, Trace, cancellationToken));
        var connection = new JiraConnection(Uri, client);
        Session.Current.Connect(connection);
        WriteObject(connection);
    }
}
