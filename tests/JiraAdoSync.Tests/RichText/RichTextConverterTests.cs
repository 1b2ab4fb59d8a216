using JiraAdoSync.RichText;
using Xunit;

namespace JiraAdoSync.Tests.RichText;

/// <summary>What Jira renders arrives, and its addresses lead somewhere.</summary>
public sealed class RichTextConverterTests
{
    private static readonly RichTextContext WithWorkItems = Rendering.Context with
    {
        WorkItemPage = key => key == "SHOP-2" ? "https://dev.example/_workitems/edit/7" : null,
        Copies = new Dictionary<long, string> { [10001] =
            "https://dev.example/_apis/wit/attachments/abc?fileName=a.png" },
    };

    [Theory]
    [InlineData("<p>Plain &amp; <b>bold</b>, <em>so</em> &lt;b&gt;</p>")]
    [InlineData("<h2>Head</h2><ul><li>one<ul><li>in it</li></ul></li><li>two</li></ul><ol><li>1</li></ol><hr>")]
    [InlineData("<pre>line 1\n  line 2 &lt;x&gt;</pre><blockquote><p>said</p></blockquote>")]
    [InlineData("<p><font color=\"#ff0000\">red</font> <span style=\"color:rgb(1, 2, 3)\">own</span></p>")]
    [InlineData("<p><del>old</del><ins>new</ins><sup>2</sup><sub>3</sub><tt>code</tt><br>next</p>")]
    [InlineData("<dl><dt>term</dt><dd>what it is</dd></dl>")]
    [InlineData("<p>&nbsp;a\u2003b é ☃ 𝄞</p>")]
    public void What_is_harmless_stays_as_it_is(string html) => Assert.Equal(html, Rendering.Convert(html));

    [Fact]
    public void A_table_keeps_its_cells_and_gets_lines()
    {
        var body = Rendering.Parse(Rendering.Convert(
            "<div class='table-wrap'><table class='confluenceTable'><tbody><tr><th class='confluenceTh'>Name</th></tr>"
            + "<tr><td colspan='2' class='confluenceTd'>a<br/>b</td></tr></tbody></table></div>"));
        Assert.Equal("2", body.QuerySelector("td")!.GetAttribute("colspan"));
        Assert.Contains("border", body.QuerySelector("th")!.GetAttribute("style"), StringComparison.Ordinal);
        Assert.Equal(2, body.QuerySelectorAll("tr").Length);
    }

    [Fact]
    public void A_panel_keeps_its_colour_and_looks_like_one()
    {
        var panel = Rendering.Parse(Rendering.Convert(
            "<div class=\"panel\" style=\"background-color: #deebff;border-width: 1px;\"><div class=\"panelHeader\"><b>Note</b></div>"
            + "<div class=\"panelContent\"><p>text</p></div></div>")).FirstElementChild!;
        Assert.Equal(
            "border:1px solid #c1c7d0;margin:8px 0;background-color:#deebff;border-width:1px",
            panel.GetAttribute("style"));
    }

    [Theory]
    [InlineData("<img class=\"emoticon\" src=\"/images/icons/emoticons/smile.png\" alt=\"(smile)\"/>", "(smile)")]
    [InlineData("<img class=\"emoticon\" src=\"/images/icons/emoticons/warning.png\" alt=\"\"/>", "⚠️")]
    [InlineData("<input type=\"checkbox\" checked disabled/>done", "☑ done")]
    [InlineData("<input type=\"checkbox\"/>to do", "☐ to do")]
    public void An_emoji_is_a_character_and_a_task_has_its_box(string html, string text) =>
        Assert.Equal(text, Rendering.Convert(html));

    [Theory]
    [InlineData("/browse/SHOP-9", "https://contoso.atlassian.net/browse/SHOP-9")]
    [InlineData("/secure/ViewProfile.jspa?name=ada", "https://contoso.atlassian.net/secure/ViewProfile.jspa?name=ada")]
    [InlineData("#part", "https://contoso.atlassian.net/browse/SHOP-1#part")]
    [InlineData("//other.example/x", "https://other.example/x")]
    [InlineData("mailto:ada@example.com", "mailto:ada@example.com")]
    [InlineData("https://contoso.atlassian.net/browse/SHOP-2", "https://dev.example/_workitems/edit/7")]
    [InlineData("/browse/shop-2?filter=1#top", "https://dev.example/_workitems/edit/7")]
    [InlineData("/projects/SHOP/issues/SHOP-2", "https://dev.example/_workitems/edit/7")]
    [InlineData("/jira/software/projects/SHOP/boards/1?selectedIssue=SHOP-2", "https://dev.example/_workitems/edit/7")]
    [InlineData(
        "/browse/SHOP-2?focusedCommentId=5", "https://contoso.atlassian.net/browse/SHOP-2?focusedCommentId=5")]
    [InlineData("/secure/attachment/10001/10001_a.png", "https://dev.example/_apis/wit/attachments/abc?fileName=a.png")]
    [InlineData("/rest/api/3/attachment/content/10001", "https://dev.example/_apis/wit/attachments/abc?fileName=a.png")]
    [InlineData("/secure/attachment/100012/a.png", "https://contoso.atlassian.net/secure/attachment/100012/a.png")]
    public void An_address_is_absolute_and_leads_to_the_work_item_or_the_copy(string address, string expected)
    {
        var link = Rendering.Parse(Rendering.Convert($"<a href=\"{address}\">x</a>", WithWorkItems)).FirstElementChild!;
        Assert.Equal(expected, link.GetAttribute("href"));
    }

    [Fact]
    public void Below_a_context_path_addresses_stay_below_it()
    {
        var context = WithWorkItems with { Site = new Jira.JiraSite(new Uri("https://jira.example/jira/")) };
        var body = Rendering.Parse(Rendering.Convert(
            "<a href='/jira/browse/SHOP-2'>a</a><a href='secure/x'>b</a><a href='/other'>c</a>", context));
        Assert.Equal(
            ["https://dev.example/_workitems/edit/7", "https://jira.example/jira/secure/x",
                "https://jira.example/other"],
            body.Children.Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void An_image_points_at_its_copy_and_without_one_is_a_link_to_itself()
    {
        const string html = "<p><img src='/rest/api/3/attachment/content/10001' alt='a' width='40'></p>";
        Assert.Equal(
            "<p><img src=\"https://dev.example/_apis/wit/attachments/abc?fileName=a.png\" alt=\"a\" width=\"40\"></p>",
            Rendering.Convert(html, WithWorkItems));
        Assert.Equal(
            "<p><a href=\"https://contoso.atlassian.net/rest/api/3/attachment/content/10001\">"
            + "<img src=\"https://contoso.atlassian.net/rest/api/3/attachment/content/10001\" alt=\"a\" width=\"40\"></a></p>",
            Rendering.Convert(html));
    }

    [Fact]
    public void Links_to_issues_without_a_work_item_are_reported_and_filled_in_later()
    {
        var first = RichTextConverter.Convert(
            "<a href='/browse/SHOP-2'>2</a> <a href='/browse/SHOP-3'>3</a>", Rendering.Context);
        Assert.Equal(["SHOP-2", "SHOP-3"], first.IssueLinks.Order());
        var second = RichTextConverter.Convert(first.Html, WithWorkItems);
        Assert.Equal(["SHOP-3"], second.IssueLinks);
        Assert.Contains(
            "<a href=\"https://dev.example/_workitems/edit/7\">2</a>", second.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<p>one<p>two", "<p>one</p><p>two</p>")]
    [InlineData("<ul><li>one<li>two</ul>", "<ul><li>one</li><li>two</li></ul>")]
    [InlineData("<table><tr><td>a<td>b<tr><td>c</table>d", "<table style=\"border-collapse:collapse\"><tr>")]
    [InlineData("<b>bold", "<b>bold</b>")]
    [InlineData("a < b & c > d", "a &lt; b &amp; c &gt; d")]
    [InlineData("<td>no table</td>", "no table")]
    public void What_is_left_open_is_closed(string html, string expected) =>
        Assert.StartsWith(expected, Rendering.Convert(html), StringComparison.Ordinal);

    [Fact]
    public void A_text_too_long_is_cut_whole_and_says_so()
    {
        var long_ = "<table><tr><td><b>" + string.Concat(Enumerable.Repeat("&lt;😀", 300_000))
            + "</b></td></tr></table>";
        var result = RichTextConverter.Convert(long_, Rendering.Context);
        Assert.True(result.IsCut);
        Assert.InRange(result.Html.Length, 900_000, RichTextContext.MaximumLength);
        Assert.EndsWith(
            "Read the rest in Jira.</a>]</p>", result.Html, StringComparison.Ordinal);
        Assert.Contains("</b></td></tr></table><p>[The text was cut here", result.Html, StringComparison.Ordinal);
        Assert.False(
            RichTextConverter.Convert(result.Html, Rendering.Context with { Limit = result.Html.Length + 500 }).IsCut);
    }

    [Fact]
    public void Plain_text_is_no_markup() =>
        Assert.Equal("a &lt;b&gt; &amp;amp; &quot;c&quot;", RichTextConverter.Escape("a <b> &amp; \"c\""));
}
