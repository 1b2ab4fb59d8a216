using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Markup and documents as Jira renders them, and each as the other.</summary>
public sealed class RichTextTests
{
    private const string Preformatted = "<div class=\"preformatted panel\" style=\"border-width: 1px;\">"
        + "<div class=\"preformattedContent panelContent\">\n";

    [Theory]
    [InlineData("h1. A & B", "<h1><a name=\"AB\"></a>A &amp; B</h1>\n")]
    [InlineData("*b* _i_ -d- +u+ {{m}} x ^2^ H{~}2{~}O ??c??",
        "<p><b>b</b> <em>i</em> <del>d</del> <ins>u</ins> <tt>m</tt> x <sup>2</sup> H<sub>2</sub>O <em>c</em></p>\n")]
    [InlineData("*_both_* and {color:red}red *bold*{color}",
        "<p><b><em>both</em></b> and <font color=\"red\">red </font><font color=\"red\"><b>bold</b></font></p>\n")]
    [InlineData("a -- b --- c \\*no\\* 2-3-4 snake_case_name", "<p>a – b — c *no* 2-3-4 snake_case_name</p>\n")]
    [InlineData("one\ntwo\\\\three\n\nfour", "<p>one<br/>\ntwo<br/>\nthree</p>\n<p>four</p>\n")]
    [InlineData("* a\n** b\n** c\n* d\n# one\n# two",
        "<ul>\n\t<li>a\n<ul>\n\t<li>b</li>\n\t<li>c</li>\n</ul>\n</li>\n\t<li>d</li>\n</ul>\n<ol>\n\t<li>one</li>\n\t<li>two</li>\n</ol>\n")]
    [InlineData("# one\n#* dot\n# two", "<ol>\n\t<li>one\n<ul>\n\t<li>dot</li>\n</ul>\n</li>\n\t<li>two</li>\n</ol>\n")]
    [InlineData("||Name||Size||\n|a [x|http://x/1]|{{1|2}}|",
        "<div class='table-wrap'>\n<table class='confluenceTable'><tbody>\n<tr>\n<th class='confluenceTh'>Name</th>\n"
        + "<th class='confluenceTh'>Size</th>\n</tr>\n<tr>\n<td class='confluenceTd'>a <a href=\"http://x/1\" class=\"external-link\" "
        + "target=\"_blank\" rel=\"nofollow noopener\">x</a></td>\n<td class='confluenceTd'><tt>1|2</tt></td>\n</tr>\n</tbody></table>\n</div>\n")]
    [InlineData("{code:python|title=x.py}\nif a < b:\n    *no*\n{code}",
        "<div class=\"code panel\" style=\"border-width: 1px;\"><div class=\"codeContent panelContent\">\n"
        + "<pre class=\"code-python\">if a &lt; b:\n    *no*</pre>\n</div></div>\n")]
    [InlineData("{noformat}\na  b\n{noformat}",
        "<div class=\"preformatted panel\" style=\"border-width: 1px;\"><div class=\"preformattedContent panelContent\">\n"
        + "<pre>a  b</pre>\n</div></div>\n")]
    [InlineData("{panel:title=Note|borderStyle=solid}\nText\n* item\n{panel}",
        "<div class=\"panel\" style=\"border-width: 1px;\"><div class=\"panelHeader\" style=\"border-bottom-width: 1px;\"><b>Note</b></div>"
        + "<div class=\"panelContent\">\n<p>Text</p>\n<ul>\n\t<li>item</li>\n</ul>\n</div></div>\n")]
    [InlineData("{quote}\nSaid\n{quote}\nbq. Short\n----", "<blockquote><p>Said</p>\n</blockquote>\n<blockquote><p>Short</p>\n</blockquote>\n<hr />\n")]
    [InlineData("See [https://x.example/a?b=1&c=2], https://y.example/. [mail|mailto:a@b.c]",
        "<p>See <a href=\"https://x.example/a?b=1&amp;c=2\" class=\"external-link\" target=\"_blank\" rel=\"nofollow noopener\">"
        + "https://x.example/a?b=1&amp;c=2</a>, <a href=\"https://y.example/\" class=\"external-link\" target=\"_blank\" "
        + "rel=\"nofollow noopener\">https://y.example/</a>. <a href=\"mailto:a@b.c\" class=\"external-link\" rel=\"nofollow noreferrer\">mail</a></p>\n")]
    [InlineData("<script>alert(1)</script> done (/)", "<p>&lt;script&gt;alert(1)&lt;/script&gt; done ✅</p>\n")]
    [InlineData("x^2^ a~1~ ~/bin and ~/lib", "<p>x^2^ a~1~ ~/bin and ~/lib</p>\n")]
    [InlineData("{noformat}a{noformat} after", Preformatted + "<pre>a</pre>\n</div></div>\n<p>after</p>\n")]
    [InlineData("before {noformat}a\nb{noformat} after\n* item",
        "<p>before</p>\n" + Preformatted + "<pre>a\nb</pre>\n</div></div>\n<p>after</p>\n<ul>\n\t<li>item</li>\n</ul>\n")]
    [InlineData("h2. Log {noformat}a{noformat} b",
        "<h2><a name=\"Log\"></a>Log</h2>\n" + Preformatted + "<pre>a</pre>\n</div></div>\n<p>b</p>\n")]
    [InlineData("# one {noformat}\na\n{noformat} and\n# two", "<ol>\n\t<li>one" + Preformatted
        + "<pre>a</pre>\n</div></div>\n<p>and</p>\n</li>\n\t<li>two</li>\n</ol>\n")]
    [InlineData("|{noformat}a|b{noformat}|c|", "<div class='table-wrap'>\n<table class='confluenceTable'><tbody>\n<tr>\n"
        + "<td class='confluenceTd'>" + Preformatted
        + "<pre>a|b</pre>\n</div></div>\n</td>\n<td class='confluenceTd'>c</td>\n</tr>\n</tbody></table>\n</div>\n")]
    [InlineData("{{code}} and \\{noformat} and {code}", "<p><tt>code</tt> and {noformat} and {code}</p>\n")]
    [InlineData("[!https://x.example/a.png|width=3!|https://y.example/]",
        "<p><span class=\"image-wrap\" style=\"\"><a href=\"https://y.example/\" class=\"external-link\" target=\"_blank\" "
        + "rel=\"nofollow noopener\"><img src=\"https://x.example/a.png\" width=\"3\" alt=\"\" style=\"border: 0px solid black\" />"
        + "</a></span></p>\n")]
    public async Task Markup_is_rendered(string markup, string html)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        await jira.PutAsync($"issue/{await jira.CreateAsync("Text")}", Fields("description", markup));
        Assert.Equal(
            html, (await jira.GetAsync("issue/SHOP-1?expand=renderedFields")).At("renderedFields.description"));
    }

    [Theory]
    [InlineData("""{"type":"panel","attrs":{"panelType":"warning"},"content":[{"type":"paragraph","content":[{"type":"text","text":"Mind"}]}]}""",
        "<div class=\"panel\" style=\"background-color: #fffae6;border-width: 1px;\"><div class=\"panelContent\">\n<p>Mind</p>\n</div></div>\n",
        "{panel}\nMind\n{panel}")]
    [InlineData("""{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableHeader","attrs":{"colspan":2},"content":[{"type":"paragraph","content":[{"type":"text","text":"H"}]}]}]},{"type":"tableRow","content":[{"type":"tableCell","content":[{"type":"paragraph","content":[{"type":"text","text":"a"}]},{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"b"}]}]}]}]},{"type":"tableCell","content":[]}]}]}""",
        "<div class='table-wrap'>\n<table class='confluenceTable'><tbody>\n<tr>\n<th class='confluenceTh' colspan=\"2\">H</th>\n</tr>\n<tr>\n"
        + "<td class='confluenceTd'><p>a</p>\n<ul>\n\t<li>b</li>\n</ul>\n</td>\n<td class='confluenceTd'></td>\n</tr>\n</tbody></table>\n</div>\n",
        "||H||\n|a\\\\* b| |")]
    [InlineData("""{"type":"taskList","content":[{"type":"taskItem","attrs":{"state":"DONE"},"content":[{"type":"text","text":"did"}]},{"type":"taskItem","attrs":{"state":"TODO"},"content":[{"type":"text","text":"do"}]}]}""",
        "<ul>\n\t<li>&#9745; did</li>\n\t<li>&#9744; do</li>\n</ul>\n", "* (/) did\n* do")]
    [InlineData("""{"type":"expand","attrs":{"title":"More"},"content":[{"type":"paragraph","content":[{"type":"text","text":"Inside"}]}]}""",
        "<div class=\"panel\" style=\"border-width: 1px;\"><div class=\"panelHeader\" style=\"border-bottom-width: 1px;\"><b>More</b></div>"
        + "<div class=\"panelContent\">\n<p>Inside</p>\n</div></div>\n", "{panel:title=More}\nInside\n{panel}")]
    [InlineData("""{"type":"paragraph","content":[{"type":"status","attrs":{"text":"done","color":"green"}},{"type":"text","text":" on "},{"type":"date","attrs":{"timestamp":"1767225600000"}},{"type":"text","text":" "},{"type":"emoji","attrs":{"shortName":":wink:","text":"x"}}]}""",
        "<p><span class=\"status-macro aui-lozenge\"><b>DONE</b></span> on 2026-01-01 x</p>\n",
        "*[ done ]* on 2026-01-01 x")]
    [InlineData("""{"type":"orderedList","attrs":{"order":3},"content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"c","marks":[{"type":"underline"},{"type":"strike"}]}]},{"type":"codeBlock","content":[{"type":"text","text":"x"}]}]}]}""",
        "<ol start=\"3\">\n\t<li><del><ins>c</ins></del><div class=\"code panel\" style=\"border-width: 1px;\"><div class=\"codeContent panelContent\">\n"
        + "<pre class=\"code-java\">x</pre>\n</div></div>\n</li>\n</ol>\n", "# -+c+-\n{code}\nx\n{code}")]
    [InlineData("""{"type":"paragraph","content":[{"type":"mediaInline","attrs":{"type":"external","url":"https://x.example/a.png"},"marks":[{"type":"link","attrs":{"href":"https://y.example/"}}]},{"type":"text","text":"2","marks":[{"type":"subsup","attrs":{"type":"sup"}}]}]}""",
        "<p><span class=\"image-wrap\" style=\"\"><a href=\"https://y.example/\" class=\"external-link\" target=\"_blank\" "
        + "rel=\"nofollow noopener\"><img src=\"https://x.example/a.png\" alt=\"\" style=\"border: 0px solid black\" /></a></span>"
        + "<sup>2</sup></p>\n", "[!https://x.example/a.png!|https://y.example/]{^}2{^}")]
    [InlineData("""{"type":"somethingNew","attrs":{"text":"kept"}}""", "<p>kept</p>\n", "kept")]
    public async Task A_document_is_rendered_and_read_as_markup(string node, string html, string markup)
    {
        await using var jira = await JiraWire.StartAsync();
        var document =
            new JsonObject { ["type"] = "doc", ["version"] = 1, ["content"] = new JsonArray(JsonNode.Parse(node)) };
        await jira.PutAsync($"issue/{await jira.CreateAsync("Text")}", Fields("description", document));
        var issue = await jira.GetAsync("issue/SHOP-1?expand=renderedFields");
        Assert.Equal(html, issue.At("renderedFields.description"));
        Assert.True(JsonNode.DeepEquals(document, issue.Json["fields"]!["description"]));
        jira.Version = "2";
        Assert.Equal(markup, (await jira.GetAsync("issue/SHOP-1")).At("fields.description"));
    }

    [Fact]
    public async Task Issues_people_and_files_are_linked_to()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        await jira.CreateAsync("One & only");
        await AttachAsync(jira, "plan.png", "log.txt");
        var site = jira.Server.JiraUri;
        await jira.PutAsync("issue/SHOP-1", Fields(
            "description", "SHOP-1, NONE-7 of [~sandbox@example.com]: !plan.png|width=300! [^log.txt] !lost.png! !plan.png|thumbnail!"));
        Assert.Equal(
            $"<p><a href=\"{site}/browse/SHOP-1\" title=\"One &amp; only\" class=\"issue-link\" data-issue-key=\"SHOP-1\">SHOP-1</a>, NONE-7 of "
            + $"<a href=\"{site}/secure/ViewProfile.jspa?name=sandbox%40example.com\" class=\"user-hover\" rel=\"sandbox@example.com\">Sandbox Account</a>: "
            + $"<span class=\"image-wrap\" style=\"\"><img src=\"{site}/secure/attachment/10001/10001_plan.png\" width=\"300\" alt=\"plan.png\" style=\"border: 0px solid black\" /></span> "
            + $"<span class=\"nobr\"><a href=\"{site}/secure/attachment/10002/10002_log.txt\" title=\"log.txt attached to SHOP-1\" data-attachment-type=\"file\" data-attachment-name=\"log.txt\">log.txt</a></span> "
            + $"<span class=\"image-wrap\" style=\"\"><img src=\"{site}/images/icons/attach/noimage.png\" alt=\"lost.png\" style=\"border: 0px solid black\" /></span> "
            + $"<span class=\"image-wrap\" style=\"\"><a id=\"10001_thumb\" href=\"{site}/secure/attachment/10001/10001_plan.png\" title=\"plan.png\" file-preview-type=\"image\">"
            + $"<img src=\"{site}/secure/thumbnail/10001/10001_plan.png\" alt=\"plan.png\" style=\"border: 0px solid black\" /></a></span></p>\n",
            (await jira.GetAsync("issue/SHOP-1?expand=renderedFields")).At("renderedFields.description"));
        Assert.Equal("plan.png", (await jira.GetAsync("/jira/secure/attachment/10001/10001_plan.png")).Text);
        Assert.Equal("plan.png", (await jira.GetAsync("/jira/secure/thumbnail/10001/10001_plan.png")).Text);
    }

    [Fact]
    public async Task A_document_of_Cloud_names_files_by_the_media_service_and_people_by_account()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");
        await AttachAsync(jira, "plan.png");
        var me = (await jira.GetAsync("myself")).At("accountId")!;
        jira.Version = "2";
        await jira.PutAsync("issue/SHOP-1",
            Fields("description", $"!plan.png!\n\nby [~accountid:{me}] at [here|{jira.Server.JiraUri}/browse/SHOP-1]"));
        jira.Version = "3";
        var issue = await jira.GetAsync("issue/SHOP-1?expand=renderedFields");
        Assert.Equal("mediaSingle", issue.At("fields.description.content.0.type"));
        Assert.Equal("plan.png", issue.At("fields.description.content.0.content.0.attrs.alt"));
        Assert.True(Guid.TryParse(issue.At("fields.description.content.0.content.0.attrs.id"), out _));
        Assert.Equal("@Sandbox Account", issue.At("fields.description.content.1.content.1.attrs.text"));
        Assert.Equal(
            "<p><span class=\"image-wrap\" style=\"\"><img src=\"/jira/rest/api/3/attachment/content/10001\" alt=\"plan.png\" "
            + "style=\"border: 0px solid black\" /></span></p>\n<p>by "
            + $"<a href=\"{jira.Server.JiraUri}/secure/ViewProfile.jspa?accountId={Uri.EscapeDataString(me)}\" class=\"user-hover\" rel=\"{me}\" "
            + $"data-account-id=\"{me}\" accountid=\"{me}\">Sandbox Account</a> at <a href=\"{jira.Server.JiraUri}/browse/SHOP-1\" title=\"One\" "
            + "class=\"issue-link\" data-issue-key=\"SHOP-1\">here</a></p>\n",
            issue.At("renderedFields.description"));
        Assert.Equal("plan.png", (await jira.GetAsync("/jira/rest/api/3/attachment/content/10001")).Text);
    }

    [Fact]
    public async Task Comments_dates_and_files_are_rendered_too()
    {
        await using var jira = await JiraWire.StartAsync(
            new SandboxOptions { Jira = JiraFlavor.DataCenter, TimeProvider = new SettableTime() });
        await jira.CreateAsync("One", more: "\"duedate\": \"2026-04-01\"");
        await AttachAsync(jira, "a.txt");
        await jira.PostAsync("issue/SHOP-1/comment", """{"body": "*Yes*, SHOP-1"}""");
        var issue = await jira.GetAsync("issue/SHOP-1?fields=*all&expand=renderedFields");
        var html = issue.At("renderedFields.comment.comments.0.body");
        Assert.StartsWith("<p><b>Yes</b>, <a href=", html, StringComparison.Ordinal);
        Assert.Equal("11/Mar/26 12:00 PM", issue.At("renderedFields.created"));
        Assert.Equal("01/Apr/26", issue.At("renderedFields.duedate"));
        Assert.Equal("1 kB", issue.At("renderedFields.attachment.0.size"));
        Assert.Null(issue.At("renderedFields.summary"));
        Assert.Equal(
            html, (await jira.GetAsync("issue/SHOP-1/comment?expand=renderedBody")).At("comments.0.renderedBody"));
        Assert.Equal(html, (await jira.GetAsync($"issue/SHOP-1/comment/{issue.At("fields.comment.comments.0.id")}?expand=renderedBody")).At("renderedBody"));
    }

    [Theory]
    [InlineData("{code}")]
    [InlineData("{panel:title=x")]
    [InlineData("|")]
    [InlineData("||||")]
    [InlineData("|a|{{b|")]
    [InlineData("* \n** x\n#")]
    [InlineData("*** deep\n* shallow")]
    [InlineData("[|]() [~] [^] !! !.png! *a_b*_c_* {color:red}")]
    [InlineData("{quote}{quote}{quote}")]
    public async Task Markup_that_is_broken_is_still_text(string markup)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        await jira.CreateAsync("One");
        await jira.PutAsync("issue/SHOP-1", Fields("description", markup));
        var issue = await jira.GetAsync("issue/SHOP-1?expand=renderedFields");
        Assert.Equal(200, issue.Status);
        Assert.Equal(markup, issue.At("fields.description"));
        Assert.NotNull(issue.At("renderedFields.description"));
    }

    private static string Fields(string name, JsonNode value) =>
        new JsonObject { ["fields"] = new JsonObject { [name] = value } }.ToJsonString();

    private static async Task AttachAsync(JiraWire jira, params string[] names)
    {
        using var form = new MultipartFormDataContent();
        foreach (var name in names)
        {
            form.Add(new StringContent(name) { Headers = { ContentType = MediaTypeHeaderValue.Parse("text/plain") } },
                "file", name);
        }

        Assert.Equal(200,
            (await jira.SendAsync("POST", "issue/SHOP-1/attachments", form, ("X-Atlassian-Token", "no-check"))).Status);
    }
}
