using System.Globalization;
using System.Text.Json;

namespace JiraAdoSync.Rest.Jira;

/// <content>What a query may speak of, and whether one can be read.</content>
public sealed partial class JiraClient
{
    private const int ProjectsPerPage = 50;
    private const int MostProjectPages = 200;

    /// <summary>The projects that the account may browse: keys with names.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> GetProjectsAsync(CancellationToken cancellationToken)
    {
        if (!IsCloud)
        {
            return await _connection
                .SendAsync<List<WireProject?>, List<KeyValuePair<string, string>>>(
                    RestRequest.Get($"{_api}/project"), NamesOf, cancellationToken)
                .ConfigureAwait(false);
        }

        var projects = new List<KeyValuePair<string, string>>();
        for (var page = 0; page < MostProjectPages; page++)
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"{_api}/project/search?startAt={page * ProjectsPerPage}&maxResults={ProjectsPerPage}");
            var answer = await _connection
                .SendAsync<WireProjectPage>(RestRequest.Get(path), cancellationToken)
                .ConfigureAwait(false);
            projects.AddRange(NamesOf(answer.Values ?? []));
            if (answer.IsLast is not false || answer.Values is not { Count: > 0 })
            {
                break;
            }
        }

        return projects;
    }

    /// <summary>Has the site parse a query.</summary>
    /// <param name="jql">The query.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public async Task<string?> FindProblemAsync(string jql, CancellationToken cancellationToken)
    {
        if (IsCloud)
        {
            var answer = await _connection
                .SendAsync<WireParsedQueries>(
                    RestRequest.Post($"{_api}/jql/parse?validation=strict", new { queries = new[] { jql } }),
                    cancellationToken)
                .ConfigureAwait(false);
            var errors = answer.Queries?.FirstOrDefault()?.Errors ?? [];
            return errors.Count == 0 ? null : string.Join(' ', errors);
        }

        try
        {
            await _connection
                .SendAsync<JsonElement>(
                    RestRequest.Post(
                        $"{_api}/search",
                        new
                        {
                            jql,
                            maxResults = 0,
                            validateQuery = true,
                        }),
                    cancellationToken)
                .ConfigureAwait(false);
            return null;
        }
        catch (RestException refused) when (refused.Status == 400)
        {
            return refused.Error.Message;
        }
    }

    private static List<KeyValuePair<string, string>> NamesOf(List<WireProject?> projects) => projects
        .Where(project => project?.Key is { Length: > 0 })
        .Select(project => KeyValuePair.Create(project!.Key!, project.Name ?? project.Key!))
        .ToList();

    private sealed record WireProject(string? Key, string? Name);

    private sealed record WireProjectPage(List<WireProject?>? Values, bool? IsLast);

    private sealed record WireParsedQueries(List<WireParsedQuery>? Queries);

    private sealed record WireParsedQuery(List<string>? Errors);
}
