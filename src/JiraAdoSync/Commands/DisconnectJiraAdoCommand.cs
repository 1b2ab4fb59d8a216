using System.Management.Automation;

namespace JiraAdoSync.Commands;

/// <summary>Ends the session's connections, and forgets which work item stands for which issue.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "JiraAdo")]
public sealed class DisconnectJiraAdoCommand : JiraAdoCommand
{
    /// <inheritdoc/>
    protected override void Process() => Session.Current.Disconnect();
}
