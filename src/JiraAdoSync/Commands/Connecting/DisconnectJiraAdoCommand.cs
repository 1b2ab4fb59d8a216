using System.Management.Automation;

namespace JiraAdoSync.Commands;

/// <summary>
/// Ends the session's connections, and clears what it knows of which work item belongs to which issue.
/// </summary>
/// <remarks>
/// Connections end with the session. This ends them earlier, such as at the end of a script that runs in a
/// session that continues.
/// </remarks>
/// <example>
/// <para>Ends the connections.</para>
/// <code>
/// Disconnect-JiraAdo
/// </code>
/// </example>
/// <example>
/// <para>Ends them even where the script fails.</para>
/// <code>
/// try {
///     Invoke-JiraAdoSync -Jql 'project = SHOP'
/// }
/// finally {
///     Disconnect-JiraAdo
/// }
/// </code>
/// </example>
[Cmdlet(VerbsCommunications.Disconnect, "JiraAdo")]
public sealed class DisconnectJiraAdoCommand : JiraAdoCommand
{
    /// <inheritdoc/>
    protected override void Process() => Session.Current.Disconnect();
}
