using System.Text.Json.Nodes;
using CsCheck;
using JiraAdoSync.Jira;
using JiraAdoSync.RichText;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// Rich texts of Azure DevOps that are said to survive Jira return from its rendering with the same blocks, words, marks
/// and links: as documents of Cloud, and as markup of Data Center.
/// </summary>
public sealed class RichTextRoundTripTests
{
    private const int Issues = 400;

    private static readonly Gen<string> Word = OneOf(
        "plan", "Größe", "a_b", "x*y*z", "{code}", "[link]", "1 < 2", "R&D", "h1.", "# one", "- two", "C++", "~5^2", "e-mail",
        "!bang!", "\\path", "|pipe|", "\"said\"", "it's", "漢字", "--", ":)", ";)", ":D", "(x)", "(/)", "&#92;", "&amp;", "{{mono}}", "bq.", "50%");

    private static readonly Gen<string> Text = Word.Array[1, 4].Select(words => Html(string.Join(' ', words)));

    private static readonly Gen<string> Marked = Gen.Select(
        OneOf("b", "i", "u", "s", "code", "sub", "sup", "strong", "em"), Text, OneOf("2", "abc", "2nd"),
        (mark, text, word) => $"<{mark}>{(mark is "sub" or "sup" or "code" ? word : text)}</{mark}>");

    private static readonly Gen<string> Inline = Gen.Frequency(
        (4, Text),
        (3, Marked),
        (1, Gen.Select(Text, text => $"<b>{text} <i>{text}</i></b>")),
        (1, Text.Select(text => $"<a href=\"https://contoso.example/a?b=c&amp;d=e\">{text}</a>")));

    private static readonly Gen<string> Run = Gen.Select(
        Inline.Array[1, 4], Gen.Bool, (parts, hasBreak) => string.Join(hasBreak ? "<br>" : " ", parts));

    private static readonly Gen<string> Line = Inline.Array[1, 3].Select(parts => string.Join(' ', parts));

    private static readonly Gen<string> List = Gen.Select(
        Gen.Bool, Line.Array[1, 3], Line.Array[0, 2], (isOrdered, items, inner) =>
        {
            var name = isOrdered ? "ol" : "ul";
            var below = inner.Length == 0 ? string.Empty
                : $"<ul>{string.Concat(inner.Select(item => $"<li>{item}</li>"))}</ul>";
            return $"<{name}>{string.Concat(items.SkipLast(1).Select(item => $"<li>{item}</li>"))}<li>{items[^1]}{below}</li></{name}>";
        });

    private static readonly Gen<string> Block = Gen.Frequency(
        (4, Run.Select(run => $"<p>{run}</p>")),
        (1, Gen.Select(Gen.Int[1, 6], Line, (level, line) => $"<h{level}>{line}</h{level}>")),
        (2, List),
        (1, Word.Array[1, 3].Select(lines => $"<pre>{Html(string.Join('\n', lines))}</pre>")),
        (1, Run.Select(run => $"<blockquote><p>{run}</p></blockquote>")),
        (1, Gen.Const("<hr>")),
        (1, Line.Array[4].Select(cells =>
            $"<table><tr><th>{cells[0]}</th><th>{cells[1]}</th></tr><tr><td>{cells[2]}</td><td>{cells[3]}</td></tr></table>")));

    private static readonly Gen<string> Document = Block.Array[1, 4].Select(string.Concat);

    [Theory]
    [InlineData("<ul><li><p>one</p><p>two</p></li><li><div>three</div></li></ul>", "* one \\\\ two\n* three")]
    [InlineData("<ol><li>one<p>two</p>three<ul><li>four</li></ul></li></ol>", "# one \\\\ two \\\\ three\n#* four")]
    [InlineData("<table><tr><td><p>one</p><p>two</p></td><td>three</td></tr></table>", "|one two|three|")]
    public void Paragraphs_of_a_list_item_or_a_cell_do_not_run_together_as_markup(string html, string markup) =>
        Assert.Equal(markup, JiraMarkup.Of(html));

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task What_is_said_to_survive_Jira_returns_as_it_was(JiraFlavor flavor)
    {
        var seed = new JiraSeed();
        Enumerable.Range(1, Issues).ToList().ForEach(number => seed.Issue(number, "Story"));
        await using var world = await RestWorld.StartAsync(new SandboxOptions { Seed = seed.Lines, Jira = flavor });
        using var jira = await world.ConnectJiraToWriteAsync();
        var next = 0;
        Document.Sample(
            html =>
            {
                if (JiraDocument.FindObstacle(html) is null)
                {
                    var returned = ReturnedAsync(html, 1 + (next++ % Issues)).GetAwaiter().GetResult();
                    Assert.True(Canonical(html) == Canonical(returned),
                        $"""
                        sent      {html}
                        markup    {JiraMarkup.Of(html)}
                        returned  {returned}
                        """);
                }
            },
            iter: 400,
            threads: 1);

        async Task<string> ReturnedAsync(string html, int number)
        {
            var issue = new IssueReference(1000 + number, $"SHOP-{number}");
            var error = await jira.UpdateAsync(
                new IssueWrite
                {
                    Issue = issue,
                    Fields = new Dictionary<string, object?> { ["description"] = new HtmlText(html) },
                },
                notify: false,
                TestContext.Current.CancellationToken);
            Assert.Null(error);
            await foreach (var rendered in jira.ReadRenderedAsync(
                [issue.Id], [], comments: false, attachments: false, TestContext.Current.CancellationToken))
            {
                return RichTextConverter.Convert(
                    rendered.Description, new RichTextContext { Site = jira.Site, IssueKey = issue.Key }).Html;
            }

            throw new InvalidOperationException("The issue does not exist.");
        }
    }

    /// <summary>What a text says, whatever the order of marks and wherever one run of text ends.</summary>
    private static string Canonical(string html) => Canonical(JiraDocument.Of(html)).ToJsonString();

    private static JsonNode Canonical(JsonNode node)
    {
        if (node["content"] is not JsonArray content)
        {
            return node.DeepClone();
        }

        var parts = new List<JsonNode>();
        foreach (var part in content.Select(one => Canonical(one!)))
        {
            var marks = (part["marks"] as JsonArray)?.Select(mark => mark!.ToJsonString()).Order(StringComparer.Ordinal).ToList();
            if (marks is not null)
            {
                part["marks"] = new JsonArray([.. marks.Select(mark => JsonNode.Parse(mark))]);
            }

            if (parts is [.., { } last] && last["text"] is not null && part["text"] is not null
                && last["marks"]?.ToJsonString() == part["marks"]?.ToJsonString())
            {
                last["text"] = $"{last["text"]}{part["text"]}";
            }
            else
            {
                parts.Add(part);
            }
        }

        var copy = node.DeepClone();
        copy["content"] = new JsonArray([.. parts]);
        return copy;
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(at => texts[at]);

    private static string Html(string text) => RichTextConverter.Escape(text);
}
