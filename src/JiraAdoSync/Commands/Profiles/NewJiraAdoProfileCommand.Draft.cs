using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using JiraAdoSync.Drafting;
using JiraAdoSync.Files;
using JiraAdoSync.Jira;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;
using JiraAdoSync.Rest.Models;

namespace JiraAdoSync.Commands;

/// <content>A profile that is drafted from a sentence.</content>
public sealed partial class NewJiraAdoProfileCommand
{
    private void WriteDraft(string path)
    {
        CheckModel();
        var present = Profile is null ? null : SyncProfile.Read(GetUnresolvedProviderPathFromPSPath(Profile));
        present?.CheckSites(Jira.Site, Ado.OrganizationUri, Ado.Project);
        var sites = ReadSites();
        var projects = Await(Jira.Client.GetProjectsAsync);
        var given = GivenQuery(present, projects, sites, out var named);
        var within = given ?? named;
        var boards = new ProfileBoards(sites);
        var detail = present is null ? IssueDetail.Default : boards.DetailOf(present);
        var issues = Search(within, detail);
        var names = SiteNames.Of(
            issues, Await(Jira.Client.GetLinkTypesAsync), sites.JiraFields, sites.Types, sites.RelationTypes, sites.Fields)
            with { Projects = projects };

        var before = present ?? SyncProfile.Parse(TextOf(within, issues).ToString(), "sync.psd1");
        var draft = new SentenceReader(names).Read(Description);
        if (ModelUri is not null)
        {
            if (AskModel(names, before, draft) is not { } answer)
            {
                return;
            }

            draft = answer;
        }

        var jql = draft.Selection.ToJql(given)!;
        var selected = draft.Selection.Query is null ? issues.Where(draft.Selection.Takes).ToList() : Search(jql, detail);
        var text = present?.Text ?? TextOf(jql, selected).ToString();
        var entries = draft.Entries.Concat(StatesOf(text, draft, names)).ToList();
        if (jql != before.Find("Jql") || draft.Selection.Words.Length > 0)
        {
            entries.Insert(0, new DraftEntry("Jql", null, [jql]) { Words = draft.Selection.Words, Note = draft.Selection.Note });
        }

        var after = SyncProfile.Parse(WithHeader(ProfileEdit.Apply(text, entries), draft), path);

        // What a draft reads beyond the default has to be asked for before its effect can be reported.
        var wanted = Try(() => boards.DetailOf(after), out var problem);
        if (wanted is not null && wanted.Fields.Except(detail.Fields, StringComparer.OrdinalIgnoreCase).Any())
        {
            detail = detail.With(wanted.Fields);
            issues = Search(within, detail);
            selected = draft.Selection.Query is null ? issues.Where(draft.Selection.Takes).ToList() : Search(jql, detail);
        }

        // A present profile may select other issues than the sentence is about.
        var selectedBefore = present?.Find("Jql") is { } query && query != within ? Search(query, detail) : issues;
        var problems = FindProblems(boards, after, selected, problem, entries);
        var differences = boards.Compare(before, selectedBefore, after, selected)
            // Where there is no present profile, what the draft has no need of is no difference.
            .Where(difference => present is not null || difference.After is not null)
            .ToList();
        var (planBefore, planAfter) = NoPlan ? (null, null) : (Plan(before, _ => { }), Plan(after, problems.Add));
        var result = new ProfileDraft
        {
            Description = Description,
            Model = ModelUri is null ? null : Model,
            Jql = jql,
            Understood = entries,
            NotUnderstood = draft.NotUnderstood,
            Differences = differences,
            Problems = problems,
            PlanBefore = planBefore,
            PlanAfter = planAfter,
        };
        if (ShouldProcess(path, $"Write a draft of {selected.Count} issues"))
        {
            TextFile.Write(path, after.Text, "ProfileUnwritable");
            result = result with { Path = path };
        }

        foreach (var gap in result.NotUnderstood)
        {
            WriteWarning($"Not understood: '{gap.Words}'. {gap.Reason}");
        }

        WriteObject(result);
    }

    private void CheckModel()
    {
        if (ModelUri is null != string.IsNullOrWhiteSpace(Model) || (ModelUri is null && (ModelKey is not null || AllowQuery)))
        {
            throw new SyncException(
                "ParameterMissing",
                "A model is asked for by -ModelUri and -Model together; -ModelKey and -AllowQuery are of no use without them.",
                nameof(Model));
        }

        if (ModelKey is not null)
        {
            Credentials.Check(ModelKey);
        }
    }

    private SiteMetadata ReadSites()
    {
        var (jira, ado) = (Jira.Client, Ado.Client);
        return new SiteMetadata(
            Await(jira.GetFieldsAsync),
            Await(ado.GetWorkItemTypesAsync),
            Await(ado.GetFieldsAsync),
            Await(ado.GetRelationTypesAsync),
            Await(jira.GetPrioritiesAsync),
            Ado.Project);
    }

    /// <summary>The query that the sentence narrows; null where the projects that it names say all.</summary>
    private string? GivenQuery(
        SyncProfile? present, IReadOnlyList<KeyValuePair<string, string>> projects, SiteMetadata sites, out string named)
    {
        var selection = new SentenceReader(new SiteNames
        {
            Projects = projects, WorkItemTypes = sites.Types, RelationTypes = sites.RelationTypes,
        }).Read(Description).Selection;
        named = new Selection { Projects = selection.Projects }.ToJql(null) ?? string.Empty;
        var given = Jql ?? (named.Length > 0 ? null : present?.Find("Jql"));
        return given is not null || named.Length > 0 ? given : throw new SyncException(
            "ParameterMissing",
            "The description names no project of the site, so nothing says which issues it is about. Name one, as in 'stories from "
            + $"{(projects.Count > 0 ? projects[0].Key : "SHOP")}', or give -Jql. The account sees: "
            + $"{string.Join(", ", projects.Take(20).Select(project => project.Key))}{(projects.Count > 20 ? ", ..." : string.Empty)}.",
            nameof(Jql));
    }

    /// <summary>What the model drafts; null where it was only shown what would be sent.</summary>
    private Draft? AskModel(SiteNames names, SyncProfile before, Draft read)
    {
        using var chat = new ChatClient(
            ModelUri!,
            ModelKey is { } key ? () => Credentials.Bearer(key) : null,
            TimeProvider.System,
            Trace);
        var drafter = new ModelDrafter(names, Model!, AllowQuery);
        var present = before.Values.Where(value => value.Key is not null && value.InnerKey is null)
            .Select(EntryOf).OfType<DraftEntry>().ToList();
        var body = drafter.First(Description, present).ToBody();
        if (!ShouldProcess(
            chat.Address.AbsoluteUri,
            string.Create(CultureInfo.InvariantCulture, $"Send the description and names, {Encoding.UTF8.GetByteCount(body):N0} bytes")))
        {
            if (IsWhatIf)
            {
                WriteObject(body);
            }

            return null;
        }

        var jira = Jira.Client;
        var draft = Await(token => drafter.DraftAsync(
            chat, Description, present, jira.FindProblemAsync, note => Post(() => WriteVerbose(note)), token));
        // Projects and priorities are not the model's: it is not sent their names.
        return draft with
        {
            Selection = draft.Selection with { Projects = read.Selection.Projects },
            Entries = [.. draft.Entries, .. read.Entries.Where(entry => entry.Table == "PriorityMapping")],
        };
    }

    /// <summary>
    /// Entries for statuses that the draft does not speak of, where a type that it brings in has none of their states.
    /// </summary>
    private static List<DraftEntry> StatesOf(string text, Draft draft, SiteNames names)
    {
        var types = draft.Entries.Where(entry => entry.Table == "TypeMapping").ToList();
        if (types.Count == 0)
        {
            return [];
        }

        var states = SyncProfile.Parse(text, "sync.ps1").Values
            .Where(value => value is { Table: "StateMapping", Key: not null, InnerKey: null, Value: not null }
                && names.Statuses.Any(one => one.Key.Name.Equals(value.Key, StringComparison.OrdinalIgnoreCase)))
            .Select(EntryOf).OfType<DraftEntry>()
            .Where(entry => !draft.Entries.Any(one => one.Name.Equals(entry.Name, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        return names.Complete([.. types, .. states])
            .Where(entry => states.Exists(one => one.Name == entry.Name && one.Values.Count < entry.Values.Count))
            .Select(entry => entry with { Words = types[0].Words, Note = "For types that have none of the other states." })
            .ToList();
    }

    private static DraftEntry? EntryOf(ProfileValue value) => value.Value switch
    {
        null => new DraftEntry(value.Table, value.Key, []),
        string text => new DraftEntry(value.Table, value.Key, [text]),
        object[] list when list.All(one => one is string) => new DraftEntry(value.Table, value.Key, [.. list.Cast<string>()]),
        _ => null,
    };

    /// <summary>The text with the sentence at its head, and what was not understood of it.</summary>
    private string WithHeader(string text, Draft draft)
    {
        const string Drafted = "# Drafted ";
        const string Gap = "# Not understood: ";
        var lines = text.Split('\n').Where(line =>
            !line.StartsWith(Drafted, StringComparison.Ordinal) && !line.StartsWith(Gap, StringComparison.Ordinal));
        return string.Join('\n', new[]
        {
            FormattableString.Invariant(
                $"{Drafted}on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} from: {ProfileText.OneLine(Printable.Of(Description))}"),
        }
        .Concat(draft.NotUnderstood.Select(gap => Gap + ProfileText.OneLine(Printable.Of(gap.Words))))
        .Concat(lines));
    }

    /// <summary>What a sync with the draft would stop at, or leave out.</summary>
    private List<string> FindProblems(
        ProfileBoards boards, SyncProfile after, List<Replica> selected, string? problem, List<DraftEntry> entries)
    {
        var problems = problem is null ? [] : new List<string> { problem };
        if (selected.Count == 0)
        {
            problems.Add("The query selects no issue that the account may see.");
            return problems;
        }

        var coverage = Try(() => boards.CoverageOf(after, selected), out var wrong) ?? [];
        foreach (var line in coverage)
        {
            var (what, table) = line.Phrase is null
                ? ($"issue type '{line.Type}'", "TypeMapping")
                : ($"link type '{line.Type}' ({line.Phrase})", "LinkTypeMapping");
            var isWanted = entries.Exists(entry => entry.Table == table && entry.Values.Count == 0
                && string.Equals(entry.Key, line.Type, StringComparison.OrdinalIgnoreCase));
            if (!isWanted && (line.Problem is not null || line.MapsTo == "(left out)"))
            {
                problems.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line.Problem ?? "Left out"}: {what}, {line.Count:N0} {(line.Phrase is null ? "issue" : "link")}{(line.Count == 1 ? string.Empty : "s")}. Say what it is to become, as in '{line.Type} as {line.Suggestion}'."));
            }
        }

        _ = Try(() => boards.Of(after, selected), out var unfit);
        problems.AddRange(new[] { wrong, unfit }.OfType<string>().Distinct().Except(problems).ToList());
        var ado = Ado.Client;
        foreach (var type in unfit is null ? boards.TypesOf(after, selected) : [])
        {
            if (Await(token => ado.TryCreationAsync(type, bypassRules: false, token)) is { } refusal)
            {
                problems.Add($"The account may not create work items of type '{type}'. {refusal.Message}");
            }
        }

        return problems;
    }

    /// <summary>What the plan of a profile amounts to, as Invoke-JiraAdoSync -PlanOnly makes it.</summary>
    private PlanCounts? Plan(SyncProfile profile, Action<string> report)
    {
        // A file of people is relative to the profile that names it.
        var folder = Profile is not null && profile.Find("UserMapping") is not null
            ? System.IO.Path.GetDirectoryName(GetUnresolvedProviderPathFromPSPath(Profile))! : System.IO.Path.GetTempPath();
        var path = System.IO.Path.Combine(folder, $"{Guid.NewGuid():N}{System.IO.Path.GetExtension(profile.Name)}");
        TextFile.Write(path, profile.Text, "ProfileUnwritable");
        try
        {
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            shell.AddCommand(new CmdletInfo("Invoke-JiraAdoSync", typeof(InvokeJiraAdoSyncCommand)))
                .AddParameter(nameof(InvokeJiraAdoSyncCommand.Profile), path)
                .AddParameter(nameof(InvokeJiraAdoSyncCommand.PlanOnly))
                .AddParameter(nameof(JiraConnection), Jira)
                .AddParameter(nameof(AdoConnection), Ado)
                .AddParameter(nameof(ThrottleLimit), ThrottleLimit)
                .AddParameter("InformationAction", ActionPreference.Ignore)
                .AddParameter("WarningAction", ActionPreference.Ignore);
            var plan = shell.Invoke().Select(one => one.BaseObject).ToList();
            return new PlanCounts(
                Count(plan.OfType<WorkItemChange>().Select(change => change.Action.ToString())),
                Count(plan.OfType<RelationChange>().Select(change => change.Action.ToString())));
        }
        catch (RuntimeException failure) when (failure is not PipelineStoppedException)
        {
            report($"The plan can't be made: {failure.Message}");
            return null;
        }
        finally
        {
            File.Delete(path);
        }

        static Dictionary<string, int> Count(IEnumerable<string> actions) =>
            actions.GroupBy(action => action).OrderByDescending(group => group.Count())
                .ToDictionary(group => group.Key, group => group.Count());
    }

    private static T? Try<T>(Func<T> work, out string? problem)
        where T : class
    {
        problem = null;
        try
        {
            return work();
        }
        catch (SyncException wrong)
        {
            problem = wrong.Message;
            return null;
        }
    }
}
