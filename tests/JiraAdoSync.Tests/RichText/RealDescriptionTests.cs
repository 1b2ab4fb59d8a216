using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.RichText;

/// <summary>The descriptions of a real Jira, as a site renders them, arrive with nothing lost.</summary>
public sealed class RealDescriptionTests
{
    private static readonly string[] Elements =
        ["table", "tr", "th", "td", "pre", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "b", "em", "del", "tt",
            "br", "hr"];

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Text_tables_code_and_lists_are_those_of_the_rendering(JiraFlavor flavor)
    {
        var file = Repository.Shared("data", "titanium-small.jsonl.gz");
        Assert.SkipWhen(file is null, "shared/data/titanium-small.jsonl.gz is not beside the repository.");
        await using var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions { Seed = await TitaniumTests.ReadAsync(file), Jira = flavor },
            TestContext.Current.CancellationToken);
        var renderings = await RenderAsync(sandbox, flavor);
        Assert.InRange(renderings.Count, 2_000, 2_183);
        foreach (var (key, html) in renderings)
        {
            var (before, after) = (Rendering.Parse(html), Rendering.Parse(Rendering.Convert(html)));
            foreach (var emoticon in before.QuerySelectorAll("img.emoticon").ToList())
            {
                emoticon.Replace(before.Owner!.CreateTextNode(emoticon.GetAttribute("alt") ?? string.Empty));
            }

            // A log that was pasted holds characters that colour a terminal; the service takes none of them.
            var text = string.Concat(
                before.TextContent.Where(one => !char.IsControl(one) || one is '\t' or '\n' or '\r'));
            Assert.True(text == after.TextContent, $"{key}: {html}");
            foreach (var name in Elements)
            {
                Assert.True(before.QuerySelectorAll(name).Length == after.QuerySelectorAll(name).Length,
                    $"{key} {name}: {html}");
            }

            Rendering.AssertHarmless(after.InnerHtml, key);
        }
    }

    private static async Task<IReadOnlyList<(string Key, string Html)>> RenderAsync(
        SandboxServer sandbox, JiraFlavor flavor)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"{sandbox.JiraUri}/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{sandbox.JiraUser}:{sandbox.JiraToken}")));
        var found = new List<(string Key, string Html)>();
        JsonNode page;
        string? next = null;
        do
        {
            using var answer = flavor == JiraFlavor.Cloud
                ? await client.PostAsJsonAsync("rest/api/3/search/jql", new JsonObject
                {
                    ["jql"] = "project in (ALOY, MOD, DAEMON)",
                    ["fields"] = new JsonArray("description"),
                    ["expand"] = "renderedFields",
                    ["maxResults"] = 100,
                    ["nextPageToken"] = next,
                })
                : await client.PostAsJsonAsync("rest/api/2/search", new JsonObject
                {
                    ["jql"] = "project in (ALOY, MOD, DAEMON)",
                    ["fields"] = new JsonArray("description"),
                    ["expand"] = new JsonArray("renderedFields"),
                    ["maxResults"] = 100,
                    ["startAt"] = found.Count,
                });
            page = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
            found.AddRange(page["issues"]!.AsArray().Select(issue =>
                (issue!["key"]!.ToString(), issue["renderedFields"]!["description"]?.ToString() ?? string.Empty)));
            next = page["nextPageToken"]?.ToString();
        }
        while (next is not null || found.Count < (int?)page["total"]);
        return found.Where(one => one.Html.Length > 0).ToList();
    }
}
