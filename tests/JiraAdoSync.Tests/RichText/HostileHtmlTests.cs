using CsCheck;
using JiraAdoSync.RichText;
using Xunit;

namespace JiraAdoSync.Tests.RichText;

/// <summary>Whatever an issue's text holds, a work item that shows it does nothing.</summary>
public sealed class HostileHtmlTests
{
    public static TheoryData<string> Attacks => new(
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<script>/*</script>*/alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<img src=x onerror\0=alert(1)>",
        "<im\0g src=x onerror=alert(1)>",
        "<img/src='x'/onerror='alert(1)'>",
        "<img src=\"x\"onerror=\"alert(1)\">",
        "<img src=`x`onerror=alert(1)>",
        "<img src=javascript:alert(1)>",
        "<img src=data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=>",
        "<img srcset='javascript:alert(1)' src=/a.png>",
        "<img src='https://x.example/\" onerror=\"alert(1)'>",
        "<img alt='\"><script>alert(1)</script>' src=/a.png>",
        "<img title='</a><svg onload=alert(1)>' src=/a.png>",
        "<a href=javascript:alert(1)>x</a>",
        "<a href='JaVaScRiPt:alert(1)'>x</a>",
        "<a href=' \u0001javascript:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href='java&#9;script:alert(1)'>x</a>",
        "<a href='&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)'>x</a>",
        "<a href='&#0000106avascript&colon;alert(1)'>x</a>",
        "<a href='javascript&#x3A;alert(1)'>x</a>",
        "<a href='\u00a0javascript:alert(1)'>x</a>",
        "<a href='vbscript:msgbox(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='file:///etc/passwd'>x</a>",
        "<a href='\\\\evil\\share'>x</a>",
        "<a href='blob:https://x.example/1'>x</a>",
        "<a href='view-source:javascript:alert(1)'>x</a>",
        "<a href='//evil.example' target=_top ping='https://evil.example'>x</a>",
        "<a href=x onclick=alert(1) style='position:fixed;top:0;left:0;width:9999px'>x</a>",
        "<a\thref\t=\tjavascript:alert(1)>x",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
        "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
        "<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<math><annotation-xml encoding='text/html'><svg onload=alert(1)></annotation-xml></math>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<math href='javascript:alert(1)'>x</math>",
        "<template><script>alert(1)</script></template>",
        "<template><img src=x onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<style>@import 'https://evil.example/x.css'; * { background: url(javascript:alert(1)) }</style>",
        "<style><img src='</style><img src=x onerror=alert(1)//'>",
        "<title><img src=x onerror=alert(1)></title>",
        "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
        "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
        "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
        "<plaintext><script>alert(1)</script>",
        "<iframe src=javascript:alert(1)></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<noembed><img title='</noembed><img src=x onerror=alert(1)>'></noembed>",
        "<object data=javascript:alert(1)><embed src=x></object>",
        "<applet code=x></applet><bgsound src=javascript:alert(1)>",
        "<base href='https://evil.example/'><a href=/x>x</a>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<form action=javascript:alert(1)><input type=submit><button formaction=javascript:alert(1)>x</button></form>",
        "<input autofocus onfocus=alert(1)>",
        "<input type=image src=x onerror=alert(1)>",
        "<body onload=alert(1) background=javascript:alert(1)>",
        "<html xmlns:x='urn:x' onmouseover=alert(1)><head><title>x</title></head>",
        "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
        "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
        "<details open ontoggle=alert(1)>x</details>",
        "<marquee onstart=alert(1)>x</marquee>",
        "<isindex type=image src=1 onerror=alert(1)>",
        "<table background=javascript:alert(1)><td background=javascript:alert(1)>x</table>",
        "<div style='width:expression(alert(1))'>x</div>",
        "<div style='background:url(javascript:alert(1))'>x</div>",
        "<div style='background-color:u\\72l(javascript:alert(1))'>x</div>",
        "<div style='color:red;/**/-moz-binding:url(https://evil.example/x.xml#x)'>x</div>",
        "<div style='color:red&#59;position:fixed'>x</div>",
        "<div style='color:rgb(1,2,3);behavior:url(x.htc)'>x</div>",
        "<div style='color:var(--x)'>x</div>",
        "<div style='color:&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;'>x</div>",
        "<font color='red\" onmouseover=\"alert(1)'>x</font>",
        "<font color=expression(alert(1))>x</font>",
        "<ol type='1 onclick=alert(1)' start='1\" onclick=\"x'><li value=javascript:x>x</ol>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!---><img src=x onerror=alert(1)>-->",
        "<!-- --!><img src=x onerror=alert(1)>-->",
        "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<?xml version='1.0'?><script>alert(1)</script>",
        "<?<img src=x onerror=alert(1)>?>",
        "</p/onclick=alert(1)><</script/x><script>alert(1)",
        "<p id=__proto__ name=getElementById class=x data-bind='x' is=x slot=x>x",
        "<p title=\"<!--\"><img src=x onerror=alert(1)>--></p>",
        "<p title='&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;'>x</p>",
        "<a title='x' title='\" onclick=alert(1)' href=/x href=javascript:alert(1)>x</a>",
        "<table><tr><td><table><script>alert(1)</script><tr><td></a><img src=x onerror=alert(1)>",
        "<select><template><style><!--</style><a rel='--></style></template></select><img id=x src=1 onerror=alert(1)>'>",
        "<b><p><table><a href=x><table><a href=javascript:alert(1)>x",
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;img src=x onerror=alert(1)&amp;gt;",
        "\ud800<script>\udc00alert(1)</script>\uffff",
        "<a href='https://user:pass@evil.example/\u202e'>x</a>",
        "<a href='http://[::1'>x</a><a href='http://'>x</a><a href='https:javascript:alert(1)'>x</a>",
        "<img src='https://contoso.atlassian.net.evil.example/browse/SHOP-2'>",
        "<details><summary onclick=alert(1)>x</summary></details><dialog open onclose=alert(1)>x</dialog>",
        "<x-element onclick=alert(1)>x</x-element><p:b onclick=alert(1)>x</p:b>");

    private static readonly string[] Parts =
    [
        "<", ">", "</", "/>", "\"", "'", "`", "=", " ", "\n", "\0", "&", ";", "&lt;", "&gt;", "&quot;", "&#39;",
        "&#x3c", "&#0;", "&colon;",
        "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?", "<p>", "</p>", "<table>", "</table>", "<tr>", "<td ", "<td>",
        "</td>", "<li>", "<ul>",
        "<a href=", "<a href=\"", "</a>", "<img src=", "<img src=\"", "<b>", "</b>", "<pre>", "</pre>",
        "<div style=\"", "<font color=\"",
        "<svg>", "</svg>", "<math>", "<mtext>", "<style>", "</style>", "<script>", "</script>", "<template>",
        "</template>", "<title>",
        "</title>", "<noscript>", "</noscript>", "<textarea>", "</textarea>", "<xmp>", "<plaintext>", "<select>",
        "<iframe>", "</iframe>",
        "<form>", "<foreignObject>", "<annotation-xml encoding=text/html>", "<mglyph>", "<h1>", "<dd>", "<caption>",
        "<col>", "<br>",
        "javascript:", "data:text/html,", "https://x.example/", "/browse/SHOP-2", "alert(1)", "onerror=",
        " onclick=\"", "style=\"",
        "color:red", "url(", "expression(", "\\75", "text", "title=\"", "\ud83d", "\ude00", "\u202e", "x",
    ];

    private static readonly Gen<string> Pieces = Gen.Int[0, Parts.Length - 1].Select(index => Parts[index]);

    [Theory]
    [MemberData(nameof(Attacks))]
    public void An_attack_is_harmless(string attack)
    {
        Rendering.AssertHarmless(Rendering.Convert(attack), attack);
        var wrapped = $"<div class=panel><p>before {attack} after</p></div><p>end</p>";
        Rendering.AssertHarmless(Rendering.Convert(wrapped), wrapped);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void The_result_of_an_attack_is_converted_again_unchanged(string attack)
    {
        var once = Rendering.Convert(attack);
        Assert.Equal(once, Rendering.Convert(once));
    }

    [Fact]
    public void Whatever_is_put_together_is_harmless_and_stays_as_it_is() =>
        Pieces.Array[1, 40].Select(string.Concat).Sample(
        html =>
        {
            var once = Rendering.Convert(html);
            Rendering.AssertHarmless(once, html);
            Assert.Equal(once, Rendering.Convert(once));
        },
        iter: 3000);

    [Fact]
    public void What_a_parser_makes_of_it_is_harmless_too() => Pieces.Array[1, 40].Select(string.Concat).Sample(
        html => Rendering.AssertHarmless(Rendering.Parse(Rendering.Convert(html)).InnerHtml, html),
        iter: 1000);

    [Fact]
    public void The_text_around_an_attack_stays()
    {
        var body = Rendering.Parse(Rendering.Convert("<p>before <svg onload=x>in</svg> <script>x</script>after</p>"));
        Assert.Equal("before in after", body.TextContent);
    }

    [Fact]
    public void A_million_open_elements_take_no_longer_than_their_number()
    {
        var html = string.Concat(Enumerable.Repeat("<div><b><table>", 300_000));
        var result = Rendering.Convert(html + "end");
        Rendering.AssertHarmless(result, "open elements");
        Assert.Contains("end", result, StringComparison.Ordinal);
    }

    /// <summary>A search for each end by itself would go through the rest of the text at every beginning.</summary>
    [Theory]
    [InlineData("<!---->")]
    [InlineData("<!--x-->")]
    [InlineData("<!--x--!>")]
    [InlineData("<!--------")]
    [InlineData("<!")]
    [InlineData("<?")]
    [InlineData("</x")]
    [InlineData("</x>")]
    [InlineData("<x y=")]
    [InlineData("<x y=\">")]
    [InlineData("<x y='\">")]
    [InlineData("<script></scriptx")]
    [InlineData("<textarea></TEXTAREA>")]
    [InlineData("<title>")]
    public void A_text_is_searched_a_few_times_however_often_something_begins_in_it(string beginning)
    {
        var html = string.Concat(Enumerable.Repeat(beginning, 2_000_000 / beginning.Length));
        var scanned = 0L;
        Assert.True(new HtmlTokenizer(html, count => scanned += count).Read().Count() <= html.Length);
        Assert.InRange(scanned, 1, 3L * html.Length);
    }

    [Fact]
    public void A_long_text_of_comments_is_harmless() => Rendering.AssertHarmless(
        Rendering.Convert(string.Concat(Enumerable.Repeat("<!--x--!>", 200_000)) + "<p>end"), "<!--x--!>");
}
