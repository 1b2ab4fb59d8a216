using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Commands;

/// <summary>Gets the links of issues, each once and in its one direction, whichever end it was seen from.</summary>
/// <remarks>
/// Jira shows a link at both of its ends. Here it is listed once, from the end that says the outward phrase to the
/// other. With -IncludeParent an issue's parent, a sub-task's issue or a story's epic, is listed like a link.
/// </remarks>
/// <example>
/// <para>Gets the links and parents of a project.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent
/// </code>
/// </example>
/// <example>
/// <para>Gets the links of issues that another module has read: a Key is enough.</para>
/// <code>
/// Get-JiraReplica -Key SHOP-1, SHOP-2 | Select-Object Key | Get-JiraIssueLinks
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "JiraIssueLinks", DefaultParameterSetName = OfReplica)]
[OutputType(typeof(IssueLink))]
public sealed class GetJiraIssueLinksCommand : JiraAdoCommand
{
    private const string OfReplica = "Replica";
    private const string OfKey = "Key";

    private readonly List<string> _keys = [];
    private readonly HashSet<(long?, long)> _seen = [];

    /// <summary>Issues as Get-JiraReplica reads them.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = OfReplica, ValueFromPipeline = true)]
    public Replica[] Replica { get; set; } = null!;

    /// <summary>Keys of issues, or objects that have a Key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = OfKey, ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[] Key { get; set; } = null!;

    /// <summary>Include each issue's own parent.</summary>
    [Parameter]
    public SwitchParameter IncludeParent { get; set; }

    /// <summary>The site to read from; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ParameterSetName == OfKey)
        {
            _keys.AddRange(Key);
        }
        else
        {
            WriteLinks(Replica);
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (_keys.Count > 0)
        {
            WriteLinks(ReadNamed(Session.Resolve(JiraConnection), _keys, IssueDetail.None));
        }
    }

    private void WriteLinks(IEnumerable<Replica> replicas)
    {
        foreach (var replica in replicas)
        {
            foreach (var link in IncludeParent ? replica.ParentAndLinks() : replica.Links)
            {
                if (_seen.Add((link.LinkId, link.IsParent ? link.Source.Id : 0)))
                {
                    WriteObject(link);
                }
            }
        }
    }
}
