using System.Management.Automation;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Ports;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that look work items up by what marks them as ours.</summary>
public abstract class LookUpCommand : SyncCommand
{
    /// <summary>
    /// The reference name of a text field that holds the id of each work item's issue, such as Custom.JiraId, for
    /// organisations that have one: work items are found by it, without a mark too, and it is written with the other
    /// fields. What it does not find is looked up by its mark.
    /// </summary>
    [Parameter]
    public string? CorrelationField { get; set; }

    /// <summary>
    /// Addresses that the site had before: what was marked with them is ours too. Marks keep the address that they were
    /// made with, since a relation can be edited by its place only, which nothing guards, and to edit all of them would
    /// put people's own at risk. So give them with each run, best in a profile: without them, work items from then are
    /// made again.
    /// </summary>
    [Parameter]
    public Uri[]? FormerSite { get; set; }

    /// <summary>
    /// Accounts of Azure DevOps that ran syncs before this one, by unique name (such as an e-mail address) or id: what
    /// they marked is ours too. A mark that anybody else put on a work item is ignored, with a warning, and its issue
    /// gets a work item of its own.
    /// </summary>
    [Parameter]
    public string[]? FormerAccount { get; set; }

    /// <summary>The accounts whose marks count.</summary>
    private protected OwnAccounts Accounts => new(Ado.Client.Account, FormerAccount ?? []);

    /// <summary>The site of the issues, with its former addresses.</summary>
    private protected JiraSite Site => Jira.Client.Site with { Former = (FormerSite ?? []).Select(Former).ToList() };

    /// <summary>Takes what a plan warns of; on the pipeline's thread.</summary>
    private protected virtual void Warn(string warning) => WriteWarning(warning);

    private protected Synchronizer NewSynchronizer() => new(new SyncContext
    {
        Store = Notifies ? Ado.Client.Notifying() : Ado.Client,
        Source = Jira.Client,
        Contents = new ContentPorts(Jira.Client, Ado.Client),
        Site = Site,
        Cache = Cache,
        CorrelationField = CorrelationField,
        FormerAccounts = FormerAccount ?? [],
        Log = new RunLog(Record.WriteLine, TimeProvider.System),
        Warn = warning => Post(() => Warn(warning)),
        Report = ShowProgress,
    });

    private static JiraSite Former(Uri address) => address is { IsAbsoluteUri: true, Scheme: "http" or "https" }
        ? new JiraSite(address)
        : throw new SyncException(
            "AddressInvalid",
            $"-FormerSite '{address}' is no address of a site. Give it whole, such as https://jira.contoso.com.",
            address);
}
