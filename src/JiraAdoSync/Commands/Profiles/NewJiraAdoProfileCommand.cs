using System.Management.Automation;
using System.Security;
using JiraAdoSync.Drafting;
using JiraAdoSync.Files;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Output;
using JiraAdoSync.Profiles;

namespace JiraAdoSync.Commands;

/// <summary>
/// Writes a profile for the two connected sites: a file that says how a Jira selection is synced, from the names that
/// both have, or drafted from a sentence.
/// </summary>
/// <remarks>
/// Every issue type, status, priority, link type and person that occurs among the issues of the query gets an entry,
/// mapped as well as names allow. What names do not show is left out of the sync, with a guess beside it: read the
/// file, and edit it. Invoke-JiraAdoSync -Profile takes it. Nothing is written to either site.
/// <para>
/// With -Description the profile is drafted from a sentence, such as 'stories and bugs from SHOP, blocks as
/// predecessor, done items closed, tags from components'. It is read by the names that both sites really have: what was
/// understood, what was not, what differs from the present profile (-Profile) and what each difference would change is
/// reported, with the plan before and after. The draft is a new file, and nothing is applied. What would widen a sync
/// is never drafted: pruning, bypassing rules, writing to Jira.
/// </para>
/// <para>
/// With -ModelUri a model behind a chat-completions endpoint drafts instead (OpenAI, Azure OpenAI, Ollama, llama.cpp).
/// It gets the sentence, the names of types, statuses, link types and fields with counts, and the mappings of the
/// present profile; never titles, texts, comments, people, keys or addresses. -WhatIf writes what would be sent, and
/// sends nothing. The answer is data of a closed shape with those names as values, and is checked here. The endpoint is
/// https or on this machine.
/// </para>
/// </remarks>
/// <example>
/// <para>Writes a profile, and looks at what it would do.</para>
/// <code>
/// New-JiraAdoProfile -Path sync.psd1 -Jql 'project = SHOP'
/// Invoke-JiraAdoSync -Profile sync.psd1 -PlanOnly
/// </code>
/// </example>
/// <example>
/// <para>Writes a profile that brings both sides in step, and checks what it needs.</para>
/// <code>
/// New-JiraAdoProfile both.psd1 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -JiraProject SHOP
/// Test-JiraAdoSync -Profile both.psd1
/// </code>
/// </example>
/// <example>
/// <para>Writes it anew, over the one that is there.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP' -Force
/// </code>
/// </example>
/// <example>
/// <para>Drafts a profile from a sentence, and shows what was not understood of it.</para>
/// <code>
/// $draft = New-JiraAdoProfile draft.psd1 -Description 'stories and bugs from SHOP, blocks as predecessor, done items closed'
/// $draft.NotUnderstood
/// </code>
/// </example>
/// <example>
/// <para>Drafts a change of the present profile, and compares the two files.</para>
/// <code>
/// New-JiraAdoProfile sync.psd1 'project = SHOP'
/// New-JiraAdoProfile next.psd1 -Profile sync.psd1 -Description 'relates to as successor, with comments'
/// Compare-JiraAdoProfile sync.psd1 next.psd1
/// </code>
/// </example>
/// <example>
/// <para>Shows what a local model would be sent, and has it draft.</para>
/// <code>
/// New-JiraAdoProfile draft.psd1 -Description 'stories from SHOP' -ModelUri http://localhost:11434/v1 -Model llama3.1 -WhatIf
/// New-JiraAdoProfile draft.psd1 -Description 'stories from SHOP' -ModelUri http://localhost:11434/v1 -Model llama3.1
/// </code>
/// </example>
[Cmdlet(
    VerbsCommon.New, "JiraAdoProfile",
    SupportsShouldProcess = true,
    DefaultParameterSetName = ByQuery,
    HelpUri = OnlineHelp.Pages + "New-JiraAdoProfile.md")]
[OutputType(typeof(FileInfo), ParameterSetName = [ByQuery])]
[OutputType(typeof(ProfileDraft), typeof(string), ParameterSetName = [ByDescription])]
public sealed partial class NewJiraAdoProfileCommand : JiraAdoCommand
{
    private const string ByQuery = "Jql";
    private const string ByDescription = "Description";

    /// <summary>The file; its name should end in .psd1.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = null!;

    /// <summary>
    /// The query whose issues are to be synced; all of them are read. A description narrows it, and needs none where it
    /// names a project.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ByQuery)]
    [Parameter(ParameterSetName = ByDescription)]
    public string? Jql { get; set; }

    /// <summary>
    /// Which way values go: from Jira to Azure DevOps, the other way, or both. For anything but the first the profile
    /// needs a connection that allows it (Connect-JiraAdo -AllowWrite).
    /// </summary>
    [Parameter(ParameterSetName = ByQuery)]
    public FieldDirection Direction { get; set; } = FieldDirection.JiraToAdo;

    /// <summary>
    /// Which work items take part beside the issues of -Jql: a flat WIQL query, or only its condition, as in
    /// "[System.AreaPath] UNDER 'Fabrikam\Web'". It needs -Direction.
    /// </summary>
    [Parameter(ParameterSetName = ByQuery)]
    public string? Wiql { get; set; }

    /// <summary>
    /// The key of the project in Jira in which selected work items get issues that have none. It needs -Direction.
    /// </summary>
    [Parameter(ParameterSetName = ByQuery)]
    public string? JiraProject { get; set; }

    /// <summary>A sentence in English that says what is to be synced, and how.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByDescription)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 4000)]
    public string Description { get; set; } = null!;

    /// <summary>
    /// The present profile that the description changes; it stays as it is. Without it, names alone are where it
    /// begins.
    /// </summary>
    [Parameter(ParameterSetName = ByDescription)]
    public string? Profile { get; set; }

    /// <summary>
    /// The base address of a chat-completions endpoint that drafts instead of the reader, such as
    /// https://api.openai.com/v1, https://NAME.openai.azure.com/openai/v1 or http://localhost:11434/v1.
    /// </summary>
    [Parameter(ParameterSetName = ByDescription)]
    public Uri? ModelUri { get; set; }

    /// <summary>The model's name at the endpoint; the deployment's at Azure OpenAI.</summary>
    [Parameter(ParameterSetName = ByDescription)]
    public string? Model { get; set; }

    /// <summary>The key of the endpoint, where it needs one.</summary>
    [Parameter(ParameterSetName = ByDescription)]
    public SecureString? ModelKey { get; set; }

    /// <summary>
    /// Let the model write a condition of the query. Jira parses it, the draft shows it, and it only narrows what the
    /// description or -Jql selects.
    /// </summary>
    [Parameter(ParameterSetName = ByDescription)]
    public SwitchParameter AllowQuery { get; set; }

    /// <summary>Leave out what the plan amounts to before and after: each costs a reading of all issues.</summary>
    [Parameter(ParameterSetName = ByDescription)]
    public SwitchParameter NoPlan { get; set; }

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    /// <summary>
    /// How many requests to each service may be under way at once. Fewer are while a service throttles.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int ThrottleLimit { get; set; } = 5;

    private JiraConnection Jira => Session.Resolve(JiraConnection, ThrottleLimit);

    private AdoConnection Ado => Session.Resolve(AdoConnection, ThrottleLimit);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        if (File.Exists(path) && !Force)
        {
            throw new SyncException(
                "ProfileExists", $"'{path}' is there already. Give -Force to replace it, or another path.", path);
        }

        if (ParameterSetName == ByDescription)
        {
            WriteDraft(path);
            return;
        }

        if (Direction == FieldDirection.JiraToAdo && (Wiql ?? JiraProject) is not null)
        {
            var name = Wiql is null ? nameof(JiraProject) : nameof(Wiql);
            throw new SyncException(
                "ParameterConflict",
                $"-{name} means something only where values go to Jira. Give -Direction Both or AdoToJira, or leave it out.",
                name);
        }

        var issues = Search(Jql!, IssueDetail.Default);
        var text = TextOf(Jql!, issues);
        if (ShouldProcess(path, $"Write a profile of {Amount.Of(text.Issues.Count, "issue")}"))
        {
            TextFile.Write(path, text.ToString(), "ProfileUnwritable");
            if (text.Unmapped.Count > 0)
            {
                WriteWarning(
                    $"Their names alone do not say what these should become: {Formatting.Keys(text.Unmapped)}. "
                    + "The profile leaves them out with $null, and has a guess for each beside it.");
            }

            // As Get-Item gives it, with what PowerShell's own view of files shows.
            WriteObject(InvokeProvider.Item.Get([path], force: false, literalPath: true), enumerateCollection: true);
        }
    }

    private List<Replica> Search(string jql, IssueDetail detail)
    {
        var client = Jira.Client;
        return Stream(token => client.SearchAsync(jql, detail, Renderings.None, token)).ToList();
    }

    /// <summary>The text that names alone give.</summary>
    private ProfileText TextOf(string jql, IReadOnlyList<Replica> issues)
    {
        var priorities = new PriorityMapping([]);
        if (priorities.NeedsOrder(issues))
        {
            priorities.Learn(Await(Jira.Client.GetPrioritiesAsync));
        }

        return new ProfileText
        {
            JiraSite = Jira.Site,
            AdoOrganization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
            AdoProject = Ado.Project,
            Jql = jql,
            Direction = Direction,
            Wiql = Wiql,
            JiraProject = JiraProject,
            Written = TimeProvider.System.GetUtcNow(),
            Issues = issues,
            Priorities = priorities,
            Types = Await(Ado.Client.GetWorkItemTypesAsync),
            RelationTypes = Await(Ado.Client.GetRelationTypesAsync),
        };
    }
}
