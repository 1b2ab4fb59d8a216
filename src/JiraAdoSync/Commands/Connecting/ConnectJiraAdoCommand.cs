using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Security;
using JiraAdoSync.Input;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>Connects the session to both sites of a profile.</summary>
/// <remarks>
/// The profile says where: JiraSite, AdoOrganization and AdoProject, and for Jira Cloud JiraUser, the account's e-mail
/// address. A secret that no parameter gives is looked for in this order: Get-Secret, where a module such as
/// Microsoft.PowerShell.SecretManagement provides it, under the name that the profile has as JiraSecret or AdoSecret
/// (JiraAdoSync.Jira and JiraAdoSync.Ado by default); the environment variables JIRA_TOKEN and ADO_TOKEN, with
/// JIRA_USER for the account; in a job of Azure Pipelines its own token; and at last it is asked for. No secret belongs
/// in a profile.
/// </remarks>
/// <example>
/// <para>Connects to the sites of a profile, and shows what a sync would do.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// Connect-JiraAdo -Profile sync.psd1 -JiraCredential (Get-Credential) -AdoToken (Read-Host -AsSecureString)
/// Invoke-JiraAdoSync -Profile sync.psd1 -PlanOnly
/// </code>
/// </example>
/// <example>
/// <para>Connects with secrets that are read before, as a scheduled script has them.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// $jira = Get-Credential
/// $ado = Read-Host -AsSecureString
/// Connect-JiraAdo sync.psd1 -JiraCredential $jira -AdoToken $ado
/// </code>
/// </example>
[Cmdlet(VerbsCommunications.Connect, "JiraAdo", HelpUri = OnlineHelp.Pages + "Connect-JiraAdo.md")]
[OutputType(typeof(JiraConnection), typeof(AdoConnection))]
public sealed class ConnectJiraAdoCommand : JiraAdoCommand
{
    /// <summary>The file; New-JiraAdoProfile writes one.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Profile { get; set; } = null!;

    /// <summary>The account of Jira: e-mail address and API token, or name and password on Data Center.</summary>
    [Parameter]
    [Credential]
    public PSCredential? JiraCredential { get; set; }

    /// <summary>A bearer token of Jira, such as a personal access token of Data Center.</summary>
    [Parameter]
    public SecureString? JiraToken { get; set; }

    /// <summary>A token of Azure DevOps.</summary>
    [Parameter]
    public SecureString? AdoToken { get; set; }

    /// <summary>
    /// Lets cmdlets write to Jira, as Connect-JiraSite -AllowWrite does: a profile whose Direction is not JiraToAdo
    /// needs it.
    /// </summary>
    [Parameter]
    public SwitchParameter AllowWrite { get; set; }

    /// <inheritdoc/>
    protected override void Finish()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Profile);
        var profile = SyncProfile.Read(path);
        var (site, organization, project) = (
            Needed("JiraSite"), Needed("AdoOrganization"), Needed("AdoProject"));
        var secrets = new Secrets(InvokeCommand, Host);
        var user = profile.Take("JiraUser") ?? Secrets.Variable("JIRA_USER");
        var jiraSecret = profile.Take("JiraSecret") ?? "JiraAdoSync.Jira";
        var adoSecret = profile.Take("AdoSecret") ?? "JiraAdoSync.Ado";

        WriteAll(Run<ConnectJiraSiteCommand>("Connect-JiraSite", jira =>
        {
            jira.AddParameter(nameof(ConnectJiraSiteCommand.Uri), site);
            jira.AddParameter(nameof(ConnectJiraSiteCommand.AllowWrite), AllowWrite);
            switch (JiraCredential, JiraToken)
            {
                case ({ } credential, _):
                    jira.AddParameter(nameof(ConnectJiraSiteCommand.Credential), credential);
                    break;
                case (_, { } token):
                    jira.AddParameter(nameof(ConnectJiraSiteCommand.Token), token);
                    break;
                default:
                    var asked = user is null ? $"Token for {site}" : $"API token of {user} for {site}";
                    var secret = secrets.Find(jiraSecret, "JIRA_TOKEN", asked);
                    jira.AddParameter(
                        secret is PSCredential || user is not null
                            ? nameof(ConnectJiraSiteCommand.Credential)
                            : nameof(ConnectJiraSiteCommand.Token),
                        secret is SecureString text && user is not null ? new PSCredential(user, text) : secret);
                    break;
            }
        }));
        WriteAll(Run<ConnectAdoProjectCommand>("Connect-AdoProject", ado =>
        {
            ado.AddParameter(nameof(ConnectAdoProjectCommand.OrganizationUri), organization);
            ado.AddParameter(nameof(ConnectAdoProjectCommand.Project), project);
            if (AdoToken is null && AzurePipelines.IsJob && Secrets.Variable("ADO_TOKEN") is null)
            {
                // The job's own token is used, or the error says how to map it.
                return;
            }

            ado.AddParameter(
                nameof(ConnectAdoProjectCommand.Token),
                AdoToken ?? Secrets.Password(secrets.Find(adoSecret, "ADO_TOKEN", $"Token for {organization}")));
        }));

        string Needed(string name) => profile.Take(name) ?? throw new SyncException(
            "ProfileInvalid",
            $"The profile '{path}' has no entry {name}, so it does not say where to connect. Add it, as in "
            + "AdoOrganization = 'https://dev.azure.com/contoso'.",
            path);
    }

    /// <summary>Runs another command of this module in the session, as its user would.</summary>
    private static Collection<PSObject> Run<T>(string name, Action<PowerShell> give)
        where T : PSCmdlet
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(new CmdletInfo(name, typeof(T)));
        give(shell);
        try
        {
            return shell.Invoke();
        }
        catch (RuntimeException failure) when (failure.ErrorRecord.Exception is SyncException or Rest.RestException)
        {
            // Reported as this command's own.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.ErrorRecord.Exception);
            throw;
        }
    }
}
