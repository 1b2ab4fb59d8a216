using System.Text.Json;
using JiraAdoSync.Jira;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// What is asked of Jira before it is written to: permissions, screens, workflows, people and properties.
/// </summary>
public sealed partial class JiraClient
{
    private const int CommentsPerRequest = 1000;
    private const int MetadataPerPage = 200;
    private const int PeoplePerRequest = 50;

    /// <summary>Whether a search of Data Center answers with properties; null where nobody has asked yet.</summary>
    private bool? _searchShowsProperties;

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> ReadPermissionsAsync(
        string? project, IReadOnlyCollection<string> permissions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permissions);
        var where = project is null ? string.Empty : $"projectKey={Uri.EscapeDataString(project)}&";
        // Who asks what may be written writes next, and without notifying people where that is allowed.
        var all = project is null || !AllowsWrites ? permissions : permissions.Union(ForSilence).ToList();
        var answer = await _connection
            .SendAsync<WirePermissions>(
                RestRequest.Get($"{_api}/mypermissions?{where}permissions={string.Join(',', all)}"),
                cancellationToken)
            .ConfigureAwait(false);
        var held = all
            .Where(one => answer.Permissions?.GetValueOrDefault(one)?.HavePermission == true)
            .ToHashSet(StringComparer.Ordinal);
        if (project is not null && AllowsWrites)
        {
            lock (_silenceGate)
            {
                _silence[project] = Task.FromResult(held.Overlaps(ForSilence));
            }
        }

        held.IntersectWith(permissions);
        return held;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IssueType>> ReadIssueTypesAsync(
        string project, CancellationToken cancellationToken) =>
        await ReadMetadataAsync<WireIssueType, IssueType>(
            $"{_api}/issue/createmeta/{RestRequest.Segment(project)}/issuetypes",
            type => new IssueType(type.Id.Required("id"), type.Name.Required("name"), type.Subtask ?? false)
            {
                Level = type.HierarchyLevel,
            },
            type => type.Id,
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WritableField>> ReadCreationFieldsAsync(
        string project, string issueTypeId, CancellationToken cancellationToken) =>
        await ReadMetadataAsync<WireWritableField, WritableField>(
            $"{_api}/issue/createmeta/{RestRequest.Segment(project)}/issuetypes/{RestRequest.Segment(issueTypeId)}",
            field => field.ToField(field.FieldId.Required("fieldId")),
            field => field.Id,
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<IssueStatus>>> ReadStatusesAsync(
        string project, CancellationToken cancellationToken) =>
        await _connection.SendAsync<List<WireTypeStatuses?>, Dictionary<string, IReadOnlyList<IssueStatus>>>(
            RestRequest.Get($"{_api}/project/{RestRequest.Segment(project)}/statuses"),
            types => types.Complete("types").ToDictionary(
                type => type.Id.Required("id"),
                type => (IReadOnlyList<IssueStatus>)type.Statuses.Complete("statuses").ConvertAll(StatusOf)),
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WritableField>> ReadEditFieldsAsync(
        long issueId, CancellationToken cancellationToken) =>
        await _connection.SendAsync<WireEditFields, List<WritableField>>(
            RestRequest.Get($"{_api}/issue/{Number(issueId)}/editmeta"),
            meta => FieldsOf(meta.Fields),
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IssueTransition>> ReadTransitionsAsync(
        long issueId, CancellationToken cancellationToken) =>
        await _connection.SendAsync<WireTransitions, List<IssueTransition>>(
            RestRequest.Get($"{_api}/issue/{Number(issueId)}/transitions?expand=transitions.fields"),
            answer => answer.Transitions.Complete("transitions").ConvertAll(one => new IssueTransition(
                one.Id.Required("id"), one.Name.Required("name"), StatusOf(one.To.Required("to")))
            {
                // Data Center does not say whether there is a screen; fields are on none but one.
                HasScreen = one.HasScreen ?? one.Fields is { Count: > 0 },
                IsConditional = one.IsConditional ?? false,
                Fields = FieldsOf(one.Fields),
            }),
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JiraPerson>> FindPeopleAsync(
        IReadOnlyCollection<string> accountIds, CancellationToken cancellationToken)
    {
        var people = new List<JiraPerson>();
        var read = IsCloud
            // An address is no id there; in Data Center names may be addresses.
            ? accountIds.Distinct(StringComparer.Ordinal).Where(id => !id.Contains('@', StringComparison.Ordinal))
                .Chunk(PeoplePerRequest)
                .SelectAheadAsync(ThrottleLimit, ReadSeveralAsync, cancellationToken)
            : accountIds.Distinct(StringComparer.OrdinalIgnoreCase)
                .SelectAheadAsync(ThrottleLimit, ReadOneAsync, cancellationToken);
        await foreach (var found in read.ConfigureAwait(false))
        {
            people.AddRange(found);
        }

        return people;

        Task<List<JiraPerson>> ReadSeveralAsync(string[] ids, CancellationToken cancellationToken)
        {
            var query = string.Concat(ids.Select(id => $"&accountId={Uri.EscapeDataString(id)}"));
            return _connection.SendAsync<WirePeople, List<JiraPerson>>(
                RestRequest.Get($"{_api}/user/bulk?maxResults={PeoplePerRequest}{query}"),
                page => page.Values.Complete("values").ConvertAll(PersonOf),
                cancellationToken);
        }

        // A history names an account of Data Center by its key.
        async Task<List<JiraPerson>> ReadOneAsync(string name, CancellationToken cancellationToken) =>
            await ReadByAsync("username", name, cancellationToken).ConfigureAwait(false)
                ?? await ReadByAsync("key", name, cancellationToken).ConfigureAwait(false) ?? [];

        async Task<List<JiraPerson>?> ReadByAsync(string parameter, string name, CancellationToken cancellationToken)
        {
            try
            {
                return [await _connection.SendAsync<WireMyself, JiraPerson>(
                    RestRequest.Get($"{_api}/user?{parameter}={Uri.EscapeDataString(name)}"), PersonOf, cancellationToken)
                    .ConfigureAwait(false)];
            }
            catch (RestException missing) when (missing.Error.Kind == Failure.NotFound)
            {
                return null;
            }
        }
    }

    private static JiraPerson PersonOf(WireMyself person) =>
        new(person.AccountId ?? person.Name, person.EmailAddress, person.DisplayName, person.Key);

    private static IssueStatus StatusOf(WireStatus status) =>
        new(status.Name.Required("name"), status.StatusCategory?.Key ?? "undefined") { Id = status.Id ?? string.Empty };

    private static List<WritableField> FieldsOf(Dictionary<string, WireWritableField?>? fields) =>
        (fields ?? []).Select(field => field.Value.Required(field.Key).ToField(field.Key)).ToList();

    private static string[]? PropertiesOf(IssueDetail? detail) =>
        detail?.Property == true ? [IssueWrite.PropertyName] : null;

    /// <summary>All pages of what an account may create, whose list has one of three names.</summary>
    private async Task<List<T>> ReadMetadataAsync<TWire, T>(
        string path, Func<TWire, T> read, Func<T, string> idOf, CancellationToken cancellationToken)
        where TWire : class
    {
        var all = new Dictionary<string, T>();
        for (var startAt = 0; ;)
        {
            var (entries, total) = await _connection
                .SendAsync<WireMetadataPage<TWire>, (List<T>, int)>(
                    RestRequest.Get(
                        FormattableString.Invariant($"{path}?startAt={startAt}&maxResults={MetadataPerPage}")),
                    page =>
                    {
                        var found = (page.IssueTypes ?? page.Fields ?? page.Values)
                            .Complete("values")
                            .ConvertAll(one => read(one));
                        return (found, page.Total ?? found.Count);
                    },
                    cancellationToken)
                .ConfigureAwait(false);
            var before = all.Count;
            entries.ForEach(entry => all[idOf(entry)] = entry);
            startAt += entries.Count;
            if (startAt >= total || all.Count == before)
            {
                return [.. all.Values];
            }
        }
    }

    /// <summary>
    /// The issues with their property. A search of Data Center may leave it out: it is then read issue by issue.
    /// </summary>
    private async Task<List<Replica>> WithPropertiesAsync(List<Replica> issues, CancellationToken cancellationToken)
    {
        if (issues.Count == 0 || _searchShowsProperties == true
            || issues.Exists(issue => issue.Property != WireIssue.UnknownProperty))
        {
            _searchShowsProperties = issues.Count > 0 ? true : _searchShowsProperties;
            return issues;
        }

        _searchShowsProperties = false;
        var known = new List<Replica>();
        var read = issues.SelectAheadAsync(
            2 * ThrottleLimit,
            async (issue, cancellationToken) =>
                issue with
                {
                    Property = await ReadPropertyAsync($"{_api}/issue/{Number(issue.IssueId)}", cancellationToken)
                        .ConfigureAwait(false),
                },
            cancellationToken);
        await foreach (var issue in read.ConfigureAwait(false))
        {
            known.Add(issue);
        }

        return known;
    }

    /// <summary>The property of an issue or a comment as JSON; null where it has none.</summary>
    private async Task<string?> ReadPropertyAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.SendAsync<WireProperty, string?>(
                RestRequest.Get($"{path}/properties/{IssueWrite.PropertyName}"),
                property => property.Value?.GetRawText(),
                cancellationToken).ConfigureAwait(false);
        }
        catch (RestException missing) when (missing.Error.Kind == Failure.NotFound)
        {
            return null;
        }
    }

    private sealed record WireMetadataPage<T>(List<T?>? IssueTypes, List<T?>? Fields, List<T?>? Values, int? Total);

    private sealed record WireTypeStatuses(string? Id, List<WireStatus?>? Statuses);

    private sealed record WireEditFields(Dictionary<string, WireWritableField?>? Fields);

    private sealed record WireTransitions(List<WireTransition?>? Transitions);

    private sealed record WireTransition(
        string? Id, string? Name, WireStatus? To, bool? HasScreen, bool? IsConditional,
        Dictionary<string, WireWritableField?>? Fields);

    private sealed record WireWritableField(
        string? FieldId, string? Name, bool? Required, bool? HasDefaultValue, List<JsonElement>? AllowedValues)
    {
        public WritableField ToField(string id) => new(id, Name ?? id)
        {
            MustBeGiven = Required == true && HasDefaultValue != true,
            AllowedValues = AllowedValues?.ConvertAll(NameOf),
        };

        private static string NameOf(JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return value.ToString();
            }

            foreach (var name in (string[])["name", "value", "id"])
            {
                if (value.TryGetProperty(name, out var text))
                {
                    return text.ToString();
                }
            }

            return value.ToString();
        }
    }

    private sealed record WirePeople(List<WireMyself?>? Values);
}
