using System.Globalization;
using System.Management.Automation;
using System.Text;
using JiraAdoSync.Drafting;
using JiraAdoSync.Files;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
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
            var leftOut = present is null ? [] : boards.LeftOut(present, names);
            if (AskModel(names, before, draft, leftOut) is not { } answer)
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
        List<string> problems = problem is null ? FindProblems(after) : [problem];
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
        if (ShouldProcess(path, $"Write a draft of {Amount.Of(selected.Count, "issue")}"))
        {
            TextFile.Write(path, after.Text, "ProfileUnwritable");
            result = result with { Path = path };
        }

        foreach (var gap in result.NotUnderstood)
        {
            WriteWarning($"{gap.Outcome}: '{gap.Words}'. {gap.Reason}");
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
    private Draft? AskModel(SiteNames names, SyncProfile before, Draft read, IReadOnlyCollection<string> leftOut)
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
        return new DraftBounds(read, leftOut).Hold(draft);
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
        string[] heads = [Drafted, "# Not understood: ", "# Proposed, not accepted: "];
        var lines = text.Split('\n').Where(line => !Array.Exists(heads, head => line.StartsWith(head, StringComparison.Ordinal)));
        return string.Join('\n', new[]
        {
            FormattableString.Invariant(
                $"{Drafted}on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} from: {ProfileText.OneLine(Printable.Of(Description))}"),
        }
        .Concat(draft.NotUnderstood.Select(gap => $"# {gap.Outcome}: " + ProfileText.OneLine(Printable.Of(gap.Words))))
        .Concat(lines));
    }

    /// <summary>What Test-JiraAdoSync says of a profile, but for what it says that nothing is wrong with.</summary>
    private List<string> FindProblems(SyncProfile profile)
    {
        try
        {
            return Run(profile, "Test-JiraAdoSync", typeof(TestJiraAdoSyncCommand)).OfType<SyncCheck>()
                .Where(check => check.Result != CheckResult.Passed)
                .Select(check => check.Entry is null ? $"{check}" : $"{check} An entry of {check.Parameter} for it: {check.Entry}")
                .ToList();
        }
        catch (RuntimeException failure) when (failure is not PipelineStoppedException)
        {
            return [failure.Message];
        }
    }

    /// <summary>What the plan of a profile amounts to, as Invoke-JiraAdoSync -PlanOnly makes it.</summary>
    private PlanCounts? Plan(SyncProfile profile, Action<string> report)
    {
        try
        {
            var plan = Run(profile, "Invoke-JiraAdoSync", typeof(InvokeJiraAdoSyncCommand), "PlanOnly");
            return new PlanCounts(
                Count(plan.OfType<WorkItemChange>().Select(change => change.Action.ToString())),
                Count(plan.OfType<RelationChange>().Select(change => change.Action.ToString())));
        }
        catch (RuntimeException failure) when (failure is not PipelineStoppedException)
        {
            report($"The plan can't be made: {failure.Message}");
            return null;
        }

        static Dictionary<string, int> Count(IEnumerable<string> actions) =>
            actions.GroupBy(action => action).OrderByDescending(group => group.Count())
                .ToDictionary(group => group.Key, group => group.Count());
    }

    /// <summary>Runs a cmdlet with a profile, over the connections of this one, and without a word to people.</summary>
    private List<object> Run(SyncProfile profile, string name, Type cmdlet, params string[] switches)
    {
        // A file of people is relative to the profile that names it.
        var folder = Profile is not null && profile.Find("UserMapping") is not null
            ? System.IO.Path.GetDirectoryName(GetUnresolvedProviderPathFromPSPath(Profile))! : System.IO.Path.GetTempPath();
        var path = System.IO.Path.Combine(folder, $"{Guid.NewGuid():N}{System.IO.Path.GetExtension(profile.Name)}");
        TextFile.Write(path, profile.Text, "ProfileUnwritable");
        try
        {
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            shell.AddCommand(new CmdletInfo(name, cmdlet))
                .AddParameter("Profile", path)
                .AddParameter(nameof(JiraConnection), Jira)
                .AddParameter(nameof(AdoConnection), Ado)
                .AddParameter(nameof(ThrottleLimit), ThrottleLimit)
                .AddParameter("InformationAction", ActionPreference.Ignore)
                .AddParameter("WarningAction", ActionPreference.Ignore);
            foreach (var one in switches)
            {
                shell.AddParameter(one);
            }

            return shell.Invoke().Select(one => one.BaseObject).ToList();
        }
        finally
        {
            File.Delete(path);
        }
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
