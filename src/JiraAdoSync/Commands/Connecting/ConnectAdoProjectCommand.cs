using System.Management.Automation;
using System.Net.Http.Headers;
using System.Security;
using JiraAdoSync.Input;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.AzureDevOps;

namespace JiraAdoSync.Commands;

/// <summary>
/// Connects the session to a project of Azure DevOps, after the organisation has recognised the account.
/// </summary>
/// <remarks>
/// The connection is verified, written to the pipeline, and remembered for this session; where that fails, the session
/// is connected to no project. Azure DevOps Services and Azure DevOps Server
/// 2020 and 2022 are spoken to in the newest version of the API that they know. In Azure Pipelines map the job's token
/// to the step's environment as SYSTEM_ACCESSTOKEN, and give no parameter at all. An Entra token lives for about an
/// hour: connect right before a run. A run that outlives its token reports what is left, and the next run completes it.
/// </remarks>
/// <example>
/// <para>Connects with a personal access token that is typed in.</para>
/// <code>
/// Connect-AdoProject -OrganizationUri https://dev.azure.com/contoso -Project Fabrikam -Token (Read-Host -AsSecureString)
/// </code>
/// </example>
/// <example>
/// <para>Keeps the connection in a variable, for a session that works with two projects.</para>
/// <code>
/// $ado = Connect-AdoProject https://dev.azure.com/contoso Fabrikam (Read-Host -AsSecureString)
/// Sync-AdoWorkItem -Replica (Get-JiraReplica -Jql 'project = SHOP') -AdoConnection $ado
/// </code>
/// </example>
[Cmdlet(VerbsCommunications.Connect, "AdoProject", HelpUri = OnlineHelp.Pages + "Connect-AdoProject.md")]
[OutputType(typeof(AdoConnection))]
public sealed class ConnectAdoProjectCommand : JiraAdoCommand
{
    /// <summary>
    /// The organisation's address, such as <c>https://dev.azure.com/contoso</c>; of a server, that of the collection.
    /// </summary>
    [Parameter(Position = 0)]
    public Uri? OrganizationUri { get; set; }

    /// <summary>The project's name or id.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ProjectCompleter))]
    public string? Project { get; set; }

    /// <summary>A personal access token, an Entra token or a job's token.</summary>
    [Parameter(Position = 2)]
    public SecureString? Token { get; set; }

    /// <summary>
    /// What kind of token it is. Without it, a JSON web token is sent as Bearer and anything else as a personal access
    /// token; say Bearer for an Entra token that is no JSON web token.
    /// </summary>
    [Parameter]
    public AdoTokenType? TokenType { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        // Where this fails, a script that continues must not use the previous connection.
        Session.Current.ForgetAdo();
        var organization = OrganizationUri
            ?? new Uri(OfJob("SYSTEM_COLLECTIONURI", nameof(OrganizationUri)), UriKind.RelativeOrAbsolute);
        organization = WebAddress.Complete(organization);
        var project = Project ?? OfJob("SYSTEM_TEAMPROJECT", nameof(Project));
        var secret = Credentials.Check(Token ?? Credentials.Protect(OfJob("SYSTEM_ACCESSTOKEN", nameof(Token))));
        var isBearer = TokenType is { } type
            ? type == AdoTokenType.Bearer
            : Token is null || Credentials.IsWebToken(secret);
        Func<AuthenticationHeaderValue> authenticate = isBearer
            ? () => Credentials.Bearer(secret)
            : () => Credentials.Basic(string.Empty, secret);
        var client = Await(token => AdoClient.ConnectAsync(
            organization, project, authenticate, TimeProvider.System, Trace, token));
        var connection = new AdoConnection(organization, client);
        Session.Current.Connect(connection);
        WriteObject(connection);
    }

    private static string OfJob(string variable, string parameter)
    {
        var value = AzurePipelines.IsJob ? Environment.GetEnvironmentVariable(variable) : null;
        return !string.IsNullOrEmpty(value) ? value : throw new SyncException(
            "ParameterMissing",
            AzurePipelines.IsJob
                ? $"-{parameter} is not given, and the job has no {variable}. Map it in the step's env, as in "
                    + $"{variable}: $(System.AccessToken) for the token."
                : $"-{parameter} is not given. Only a job of Azure Pipelines has a token of its own to use instead.",
            parameter);
    }
}
