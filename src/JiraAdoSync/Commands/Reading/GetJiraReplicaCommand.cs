using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Commands;

/// <summary>Reads issues of Jira: those that a query finds, or those that are named.</summary>
/// <remarks>
/// A replica has what a sync needs of an issue: its id, type, status, summary, parent and links. A query must be
/// bounded, as Jira Cloud demands. Issues that are named are read in bulk; one that is not there is an error of its
/// own.
/// </remarks>
/// <example>
/// <para>Reads what a query finds.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP AND statusCategory != Done'
/// </code>
/// </example>
/// <example>
/// <para>Reads issues by their keys.</para>
/// <code>
/// 'SHOP-1', 'SHOP-2' | Get-JiraReplica
/// </code>
/// </example>
[Cmdlet(
    VerbsCommon.Get, "JiraReplica",
    DefaultParameterSetName = ByQuery,
    HelpUri = OnlineHelp.Pages + "Get-JiraReplica.md")]
[OutputType(typeof(Replica))]
public sealed class GetJiraReplicaCommand : JiraAdoCommand
{
    private const string ByQuery = "Jql";
    private const string ByName = "Issue";

    private readonly List<string> _names = [];

    /// <summary>A bounded query, such as <c>project = ABC</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByQuery)]
    [ArgumentCompleter(typeof(JqlCompleter))]
    public string Jql { get; set; } = null!;

    /// <summary>Keys of issues.</summary>
    [Parameter(ParameterSetName = ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[]? Key { get; set; }

    /// <summary>Numeric ids of issues; where an object has both, its id counts, since keys change.</summary>
    [Parameter(ParameterSetName = ByName, ValueFromPipelineByPropertyName = true)]
    public long[]? IssueId { get; set; }

    /// <summary>
    /// Further fields to read, by name or id, as $replica.Fields has them: those that a -FieldMapping of
    /// Sync-AdoWorkItem names.
    /// </summary>
    [Parameter]
    public string[]? Field { get; set; }

    /// <summary>Read the comments too, for Sync-AdoWorkItem -IncludeComments.</summary>
    [Parameter]
    public SwitchParameter IncludeComments { get; set; }

    /// <summary>Read the list of attachments too, for Sync-AdoWorkItem -IncludeAttachments.</summary>
    [Parameter]
    public SwitchParameter IncludeAttachments { get; set; }

    /// <summary>The site to read from; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    private JiraConnection Connection => Session.Resolve(JiraConnection);

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ParameterSetName == ByQuery)
        {
            var detail = Detail();
            WriteAll(Stream(token => Connection.Client.SearchAsync(Jql, detail, token))
                .Select(Session.Current.Remember));
        }
        else
        {
            _names.AddRange(IssueId?.Select(id => id.ToString(CultureInfo.InvariantCulture)) ?? Key ?? []);
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (_names.Count > 0)
        {
            WriteAll(ReadNamed(Connection, _names, Detail()));
        }
    }

    private IssueDetail Detail()
    {
        var fields = Await(Connection.Client.GetFieldsAsync);
        return IssueDetail.Default.With(fields.StoryPoints.Select(field => field.Id))
            .With((Field ?? []).Select(name => fields.Resolve(name, nameof(Field)).Id))
            with
            {
                Comments = IncludeComments,
                Attachments = IncludeAttachments,
            };
    }
}
