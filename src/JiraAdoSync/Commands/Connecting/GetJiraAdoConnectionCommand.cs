using System.Management.Automation;

namespace JiraAdoSync.Commands;

/// <summary>Gets the connections of the session.</summary>
/// <remarks>
/// None, one or two: to the Jira site, and to the project of Azure DevOps. Nothing is sent to either of them.
/// </remarks>
/// <example>
/// <para>Shows what the session is connected to.</para>
/// <code>
/// Get-JiraAdoConnection
/// </code>
/// </example>
/// <example>
/// <para>Shows which account of Azure DevOps the session works with.</para>
/// <code>
/// (Get-JiraAdoConnection)[1].User
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "JiraAdoConnection", HelpUri = OnlineHelp.Pages + "Get-JiraAdoConnection.md")]
[OutputType(typeof(JiraConnection), typeof(AdoConnection))]
public sealed class GetJiraAdoConnectionCommand : JiraAdoCommand
{
    /// <inheritdoc/>
    protected override void Process()
    {
        var session = Session.Current;
        WriteAll(new object?[] { session.Jira, session.Ado }.OfType<object>());
    }
}
