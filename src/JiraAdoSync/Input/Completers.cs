using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Files;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Input;

/// <summary>
/// Completes from what the session remembers and the module knows. It asks no service: Tab never waits.
/// </summary>
internal abstract class Completer : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        var typed = wordToComplete.Trim('\'', '"');
        return Candidates(Session.Current, fakeBoundParameters)
            .Where(one => one.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(one => one.Text)
            .Select(one => new CompletionResult(
                Quote(one.Text), one.Text, CompletionResultType.ParameterValue, one.Tip ?? one.Text));
    }

    /// <summary>What could be meant beside the parameters that are there already, with what to say of it.</summary>
    protected virtual IEnumerable<(string Text, string? Tip)> Candidates(Session session, IDictionary parameters) =>
        Candidates(session);

    /// <summary>What could be meant, with what to say of it.</summary>
    protected abstract IEnumerable<(string Text, string? Tip)> Candidates(Session session);

    /// <summary>The text as an argument.</summary>
    protected virtual string Quote(string text) =>
        text.All(letter => char.IsLetterOrDigit(letter) || "-_.:/".Contains(letter))
        ? text : Literal(text);

    private protected static string Literal(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}

/// <summary>Keys of issues that have a work item.</summary>
internal sealed class KeyCompleter : Completer
{
    protected override IEnumerable<(string Text, string? Tip)> Candidates(Session session) => session.Correlations
        .OrderBy(one => one.IssueId)
        .Select(one => (one.Key, (string?)$"{one.Key}: work item {one.WorkItemId}"));
}

/// <summary>Work items of issues.</summary>
internal sealed class WorkItemIdCompleter : Completer
{
    protected override IEnumerable<(string Text, string? Tip)> Candidates(Session session) => session.Correlations
        .OrderBy(one => one.WorkItemId)
        .Select(one =>
            (one.WorkItemId.ToString(CultureInfo.InvariantCulture), (string?)$"{one.WorkItemId}: {one.Key}"));
}

/// <summary>Queries for the projects whose issues have work items.</summary>
internal sealed class JqlCompleter : Completer
{
    protected override IEnumerable<(string Text, string? Tip)> Candidates(Session session) => session.Correlations
        .Select(one => one.Key[..one.Key.LastIndexOf('-')])
        .Distinct()
        .Order(StringComparer.Ordinal)
        .Select(project => ($"project = {project}", (string?)null));
}

/// <summary>The project that the session, or the pipeline's job, works with.</summary>
internal sealed class ProjectCompleter : Completer
{
    protected override IEnumerable<(string Text, string? Tip)> Candidates(Session session) =>
        new[] { session.Ado?.Project, Environment.GetEnvironmentVariable("SYSTEM_TEAMPROJECT") }
            .OfType<string>()
            .Select(project => (project, (string?)null));
}

/// <summary>
/// Mappings of link types: one of all link types that were read, then an entry for each, and for each relation that the
/// organisation has.
/// </summary>
internal sealed class LinkTypeMappingCompleter : Completer
{
    protected override IEnumerable<(string Text, string? Tip)> Candidates(Session session)
    {
        var types = session.Ado?.Client.KnownRelationTypes;
        var entries = session.LinkTypes.Count > 0 && types is not null
            ? session.LinkTypes.OrderBy(type => type.Name, StringComparer.Ordinal)
                .Select(type => Entry(type.Outward, LinkTypeCoverage.Suggest(type, types).Name)).ToList()
            : LinkTypePresets.Default.Where((_, index) => index % 2 == 0)
                .Select(pair => Entry(pair.Key, NameOf(pair.Value!, types))).ToList();
        yield return (Table(entries), "All of them");
        foreach (var entry in entries)
        {
            yield return (Table([entry]), null);
        }

        var relations = types?.All.Where(type =>
            type.IsUsable && !type.ReferenceName.StartsWith("System.LinkTypes.Hierarchy", StringComparison.Ordinal));
        foreach (var relation in relations ?? [])
        {
            yield return (Table([Entry("blocks", relation.Name)]), $"{relation.Name}: {relation.ReferenceName}");
        }
    }

    protected override string Quote(string text) => text;

    private static string NameOf(string relation, RelationTypes? types) =>
        types is not null && types.TryFind(relation, out var type) ? type.Name : relation;

    private static string Entry(string phrase, string relation) => $"{Literal(phrase)} = {Literal(relation)}";

    private static string Table(IEnumerable<string> entries) => $"@{{ {string.Join("; ", entries)} }}";
}

/// <summary>
/// Entries of a mapping of issue types: each issue type that was read, with each type of the project.
/// </summary>
internal sealed class TypeMappingCompleter : Completer
{
    protected override IEnumerable<(string Text, string? Tip)> Candidates(Session session) =>
        from issueType in session.IssueTypes.Order(StringComparer.Ordinal)
        from workItemType in session.Ado?.Client.KnownWorkItemTypes ?? []
        select ($"@{{ {Literal(issueType)} = {Literal(workItemType.Name)} }}", (string?)null);

    protected override string Quote(string text) => text;
}

/// <summary>The latest runs that left a record where records are kept.</summary>
internal sealed class RunIdCompleter : Completer
{
    private const int Shown = 30;

    protected override IEnumerable<(string Text, string? Tip)> Candidates(Session session) =>
        In(RunRecord.DefaultFolder);

    protected override IEnumerable<(string Text, string? Tip)> Candidates(Session session, IDictionary parameters) =>
        parameters["RunPath"] is { } path ? In(Resolve(path.ToString()!)) : Candidates(session);

    private static string? Resolve(string path)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        try
        {
            return shell
                .AddScript(
                    "$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($args[0])",
                    useLocalScope: true)
                .AddArgument(path)
                .Invoke<string>()
                .FirstOrDefault();
        }
        catch (RuntimeException)
        {
            return null;
        }
    }

    private static IEnumerable<(string Text, string? Tip)> In(string? folder) =>
        folder is not null && Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.jsonl")
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .OrderDescending(StringComparer.Ordinal)
                .Take(Shown)
                .Select(id => (id, (string?)null))
            : [];
}
