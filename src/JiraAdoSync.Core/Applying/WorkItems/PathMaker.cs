using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Applying.WorkItems;

/// <summary>Creates the areas and iterations that work items need.</summary>
/// <param name="store">The project.</param>
/// <param name="log">Takes note of those that are made.</param>
internal sealed class PathMaker(IWorkItemStore store, RunLog log)
{
    private ProjectPaths? _paths;

    /// <summary>Refuses areas and iterations that do not exist, unless they are to be made.</summary>
    public async Task CheckAsync(
        IEnumerable<WorkItemChange> changes, WorkItemPolicy policy, CancellationToken cancellationToken)
    {
        var missing = policy.CreatePaths ? [] : await FindMissingAsync(changes, cancellationToken)
            .ConfigureAwait(false);
        if (missing.Count > 0)
        {
            var first = missing.Take(10)
                .Select(one => $"'{one.Path}' ({one.Count} {(one.Count == 1 ? "issue" : "issues")})");
            throw new SyncException(
                "PathMissing",
                $"The project lacks {missing.Count} areas or iterations that -FieldMapping names: {string.Join(", ", first)}"
                + $"{(missing.Count > 10 ? " and more" : string.Empty)}. Create them, map to others, or give -CreatePaths.",
                missing.ConvertAll(one => one.Path));
        }
    }

    /// <summary>Makes the areas and iterations that changes name and that do not exist, parents first.</summary>
    /// <returns>The changes; those that name a path that the service refuses leave the field out.</returns>
    public async Task<List<WorkItemChange>> CreateAsync(
        List<WorkItemChange> changes, CancellationToken cancellationToken)
    {
        var refused = new List<(string Field, string Path, string Why)>();
        foreach (var (field, path, _) in await FindMissingAsync(changes, cancellationToken).ConfigureAwait(false))
        {
            if (!refused.Exists(one => one.Field == field && IsIn(path, one.Path))
                && await CreateAsync(field, path, cancellationToken).ConfigureAwait(false) is { } error)
            {
                refused.Add((field, path, error.Message));
            }
        }

        return refused.Count == 0 ? changes : changes.ConvertAll(Without);

        WorkItemChange Without(WorkItemChange change)
        {
            foreach (var (field, path, why) in refused)
            {
                if (change.Fields.GetValueOrDefault(field) is string named && IsIn(named, path))
                {
                    change = change with
                    {
                        Fields = change.Fields.Where(one => one.Key != field).ToDictionary(),
                        LeftOut = [.. change.LeftOut, $"'{path}' can't be made, so '{field}' is left out. {why}"],
                    };
                }
            }

            return change;
        }

        static bool IsIn(string path, string above) => path.Equals(above, StringComparison.OrdinalIgnoreCase)
            || path.StartsWith(above + "\\", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Makes an area or an iteration; one that another run made in the same moment, or whose answer was lost, will do.
    /// </summary>
    /// <returns>Why the service refuses it; null where it exists.</returns>
    private async Task<ServiceError?> CreateAsync(string field, string path, CancellationToken cancellationToken)
    {
        log.CreatingPath(field, path);
        var error = await store.CreatePathAsync(field, path, cancellationToken).ConfigureAwait(false);
        _paths = null;
        if (error is null)
        {
            log.CreatedPath(field, path);
            return null;
        }

        _paths = await store.GetPathsAsync(cancellationToken).ConfigureAwait(false);
        return _paths.Of(field).Contains(path) ? null
            : error is { Kind: Failure.RequestFailed, IsRefusal: true } ? error
            : throw new SyncException(
                error.Kind.ToString(), $"'{path}' can't be made, so no work item was written. {error.Message}", path);
    }

    /// <summary>
    /// The areas and iterations that changes name and that do not exist, with those above them, parents first.
    /// </summary>
    public async Task<List<(string Field, string Path, int Count)>> FindMissingAsync(
        IEnumerable<WorkItemChange> changes,
        CancellationToken cancellationToken)
    {
        var named = (from change in changes
                     from field in new[] { WorkItemField.AreaPath.ReferenceName,
                         WorkItemField.IterationPath.ReferenceName }
                     where change.IsWrite && change.Fields.ContainsKey(field)
                     select (Field: field, Path: (string)change.Fields[field]!)).ToList();
        if (named.Count == 0)
        {
            return [];
        }

        var paths = _paths ??= await store.GetPathsAsync(cancellationToken).ConfigureAwait(false);
        return named
            .SelectMany(one => Above(one.Path).Select(path => (one.Field, Path: path)))
            .Where(one => !paths.Of(one.Field).Contains(one.Path))
            .GroupBy(one => (one.Field, one.Path.ToUpperInvariant()), one => one.Path)
            .Select(group => (group.Key.Field, Path: group.First(), group.Count()))
            .OrderBy(one => one.Path.Count(letter => letter == '\\'))
            .ThenBy(one => one.Path, StringComparer.Ordinal)
            .ToList();

        static IEnumerable<string> Above(string path)
        {
            for (var end = path.IndexOf('\\', StringComparison.Ordinal); end > 0; end = path.IndexOf('\\', end + 1))
            {
                yield return path[..end];
            }

            yield return path;
        }
    }
}
