using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using Xunit;

namespace JiraAdoSync.Tests.Marks;

public sealed class MarkTests
{
    private static readonly JiraSite Site = new(new Uri("https://Jira.Example:8443/jira/"));

    private static readonly WorkItemMark Mark = new()
    {
        Issue = new IssueReference(10001, "SHOP-1"),
        Nonce = "0a1b2c3d",
        Rev = 7,
        FieldsDigest = "11111111",
        TextDigest = "22222222",
    };

    [Fact]
    public void A_site_is_named_the_same_however_its_address_is_typed()
    {
        Assert.Equal("https://jira.example:8443/jira", Site.BaseUrl);
        Assert.Equal("jira.example:8443/jira", Site.Name);
    }

    [Fact]
    public void A_work_items_mark_says_what_the_design_fixes()
    {
        var relation = Mark.ToRelation(Site);
        Assert.Equal("Hyperlink", relation.ReferenceName);
        Assert.Equal("https://jira.example:8443/jira/issues/?jql=id%3D10001", relation.Url);
        Assert.Equal("SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 11111111 22222222]", relation.Comment);
    }

    [Fact]
    public void A_work_items_mark_is_found_again_at_its_index()
    {
        var (mark, index) = WorkItemMark.Find(
            Item(Hyperlink("https://elsewhere.example", "x"), Ours()), Site, 10001)!.Value;
        Assert.Equal((Mark, 1), (mark, index));
    }

    [Theory]
    [InlineData(10002, "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 11111111 22222222]")]
    [InlineData(10001, "a link that somebody made")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 2 0a1b2c3d 7 11111111 22222222]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3g 7 11111111 22222222]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3 7 11111111 22222222]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d4e 7 11111111 22222222]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 1111111 22222222]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 111111111 22222222]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 11111111 22222222.-.-]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 11111111 -.-.-.x]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 11111111 22222222]\n")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d \u0663 11111111 22222222]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 11111111 22222222+\u0663.-.-.-]")]
    [InlineData(10001, "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 [jira-web:jira.example:8443/jira/100 1a2b3c4d]")]
    public void A_link_that_is_no_mark_of_the_issue_does_not_count_as_one(long issueId, string comment) =>
        Assert.Null(WorkItemMark.Find(Item(Ours() with { Comment = comment }), Site, issueId));

    [Theory]
    [InlineData("SHOP-1 [JiraAdoSync 1 0a1b2c3d 0 11111111 22222222]")]
    [InlineData("SHOP-1 [JiraAdoSync 1 0a1b2c3d4e5f 7 000000a1 1a2b3c4d+12.5e6f7a8b~.-.5e6f7a8b]")]
    [InlineData("SHOP-1 [JiraAdoSync 1 0a1b2c3d4e5f 7 000000a1 0.-.-.-]")]
    [InlineData("SHOP-1 [JiraAdoSync 1 0a1b2c3d4e5f 7 000000a1 -.-.-.-]")]
    [InlineData("SHOP-1 [JiraAdoSync 1 0a1b2c3d4e5f 7 000000a1.1:9f3c 0.-.-.-]")]
    public void A_mark_of_any_version_is_one(string comment) =>
        Assert.NotNull(WorkItemMark.Find(Item(Ours() with { Comment = comment }), Site, 10001));

    [Theory]
    [InlineData("https://jira.example:8443/jira/issues/?jql=id%3D010001")]
    [InlineData("https://jira.example:8443/jira/issues/?jql=id%3D10001%20")]
    public void An_address_that_is_not_quite_a_marks_is_none(string url) =>
        Assert.Null(WorkItemMark.Find(Item(Ours() with { Url = url }), Site, 10001));

    [Fact]
    public void A_relations_comment_is_cut_and_its_mark_never()
    {
        var link = Link(new string('x', 400));
        var comment = RelationMark.Comment(link, Site);
        Assert.Equal(RelationMark.MaximumLength, comment.Length);
        Assert.Equal(new RelationMark(42), RelationMark.Parse(comment, Site));
    }

    [Theory]
    [InlineData("SHOP-1 blocks SHOP-2 [jira:jira.example:8443/jira/42]", 42L)]
    [InlineData("anything [jira:JIRA.example:8443/jira/42]", 42L)]
    [InlineData("SHOP-1 has parent SHOP-2 [jira:jira.example:8443/jira/parent]", null)]
    public void A_relations_mark_is_read_at_the_end_of_its_comment(string comment, long? linkId) =>
        Assert.Equal(new RelationMark(linkId), RelationMark.Parse(comment, Site));

    [Theory]
    [InlineData(null)]
    [InlineData("made by hand")]
    [InlineData("[jira:other.example/42]")]
    [InlineData("[jira:jira.example:8443/jira/42] and more")]
    [InlineData("[jira:jira.example:8443/jira/x]")]
    public void A_comment_without_our_mark_makes_a_relation_theirs(string? comment) =>
        Assert.Null(RelationMark.Parse(comment, Site));

    /// <summary>The digits of other scripts are digits to a careless pattern, and no number afterwards.</summary>
    [Fact]
    public void Digits_of_other_scripts_make_no_mark()
    {
        const string Three = "\u0663";
        Assert.Null(RelationMark.Parse($"x [jira:jira.example:8443/jira/{Three}]", Site));
        Assert.Null(WebLinkMark.Parse(Ours() with { Comment = $"x [jira-web:{Site.Name}/{Three} 1a2b3c4d]" }, Site));
        foreach (var mark in new[] { $"{Three} 1", $"1 {Three}", $"1+{Three} 1" })
        {
            Assert.Null(
                AttachmentMark.Parse(
                    Ours() with
                    {
                        ReferenceName = AttachmentMark.AttachedFile,
                        Comment = $"x [jira-file:{Site.Name}/{mark} 0123456789abcdef]",
                    },
                    Site));
        }

        foreach (var mark in new[] { $"{Three}v1", $"1v{Three}" })
        {
            Assert.Null(CommentCopyMark.Parse(
                $"<p><a href=\"https://dev.azure.com/contoso/x/_workitems/edit/1#c{mark}\">x</a></p>"));
        }

        foreach (var mark in new[] { $"{Three}#v1", $"1#v{Three}" })
        {
            Assert.Null(CommentMark.Parse(
                $"<p><a href=\"{Site.BaseUrl}/browse/SHOP-1?focusedCommentId={mark}\">x</a></p>", Site));
        }
    }

    [Fact]
    public void A_digest_distinguishes_names_from_values()
    {
        Assert.Equal(Digest.Of([new("a", "1"), new("b", "2")]), Digest.Of([new("b", "2"), new("a", "1")]));
        Assert.NotEqual(Digest.Of([new("a", "1")]), Digest.Of([new("a", "2")]));
        Assert.NotEqual(Digest.Of([new("a", null)]), Digest.Of([new("a", string.Empty)]));
        Assert.NotEqual(Digest.Of([new("a", "b1:c")]), Digest.Of([new("a", "b"), new("c", string.Empty)]));
    }

    [Fact]
    public void A_digest_is_that_of_all_runs_before()
    {
        // Every mark in the field has such digests: what they are made of and how must never change.
        Assert.Equal(
            Sha("1:a1:b1:c-1:1:ü1:é"),
            Digest.Of([new("ü", "é"), new("c", null), new("a", "b")]));
        Assert.Equal(Sha("1:a1:21:a1:1"), Digest.Of([new("a", "2"), new("a", "1")]));
        Assert.Equal(Sha(string.Empty), Digest.Of([]));

        static string Sha(string text) =>
            Convert
                .ToHexString(
                    System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)),
                    0,
                    4)
                .ToLowerInvariant();
    }

    [Fact]
    public void The_comment_of_a_mark_is_read_as_its_grammar_says()
    {
        var grammar = new System.Text.RegularExpressions.Regex(
            @"^(?<key>\S+) \[JiraAdoSync 1 (?<nonce>[0-9a-f]{8}([0-9a-f]{4})?) (?<rev>[0-9]{1,9}) "
                + @"(?<fields>[0-9a-f]{8})(?<base>[.;:,/|~][\w.;:,/|~+=-]*)? "
                + @"(?<text>[0-9a-f]{8}|-|(([0-9a-f]{8}|0|-)(\+[0-9]{1,9})?)(\.([0-9a-f]{8}|-)~?){3})\]\z");
        string[] whole =
        [
            "SHOP-1 [JiraAdoSync 1 0a1b2c3d 7 11111111 22222222]",
            "SHOP-1 [JiraAdoSync 1 0a1b2c3d4e5f 123456789 11111111 -]",
            "A [JiraAdoSync 1 0a1b2c3d 7 11111111.Tä_9=x 0+12.abcdef01~.-.-~]",
            "A [JiraAdoSync 1 0a1b2c3d 7 11111111|a/b 12345678+1.-.-.00000000]",
        ];
        var letters = " -0+.~]a[fgäA_\n:1é\u0903\u200d";
        var random = new Random(3);
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var comment = whole[round % whole.Length].ToList();
            for (var edit = random.Next(3); edit > 0; edit--)
            {
                var index = random.Next(comment.Count);
                var letter = letters[random.Next(letters.Length)];
                switch (random.Next(4))
                {
                    case 0:
                        comment.RemoveAt(index);
                        break;
                    case 1:
                        comment.Insert(index, letter);
                        break;
                    case 2:
                        comment.Insert(index, comment[index]);
                        break;
                    default:
                        comment[index] = letter;
                        break;
                }
            }

            var text = new string([.. comment]);
            var match = grammar.Match(text);
            var found = WorkItemMark.Find(Item(Hyperlink(Site.MarkUrl(10001), text)), Site, 10001)?.Mark;
            Assert.True(match.Success == found is not null, text);
            Assert.Equal(match.Success, WorkItemMark.IsOnAny(Item(Hyperlink("x", text))));
            if (found is not null)
            {
                read++;
                Assert.Equal(match.Groups["key"].Value, found.Issue.Key);
                Assert.Equal(match.Groups["nonce"].Value, found.Nonce);
                Assert.Equal(
                    match.Groups["rev"].Value,
                    found
                        .Rev.ToString(System.Globalization.CultureInfo.InvariantCulture)
                        .PadLeft(match.Groups["rev"].Length, '0'));
                Assert.Equal(match.Groups["fields"].Value, found.FieldsDigest);
                Assert.Equal(match.Groups["base"].Success ? match.Groups["base"].Value : null, found.Base);
                Assert.Equal(match.Groups["text"].Value, found.TextDigest);
            }
        }

        Assert.InRange(read, 5_000, 19_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("https://dev.azure.com/contoso/_apis/wit/workItems/42")]
    [InlineData("https://dev.azure.com/contoso/_apis/wit/workItems/042")]
    [InlineData("https://dev.azure.com/contoso/_apis/wit/workItems/0")]
    [InlineData("https://dev.azure.com/contoso/_apis/wit/workItems/10000000000000000000042")]
    [InlineData("https://dev.azure.com/contoso/_apis/wit/workItems/1000000000")]
    [InlineData("https://shop.example/issues/?jql=id%3D10001")]
    [InlineData("https://shop.example/a/٣")]
    [InlineData("vstfs:///Git/Commit/1f")]
    public void An_address_is_what_it_was(string url)
    {
        var relation = Hyperlink(url, "x");
        Assert.Equal(url, relation.Url);
        Assert.Equal(relation, Hyperlink(string.Concat(url.AsSpan(), ""), "x"));
        Assert.NotEqual(relation, Hyperlink(url + "1", "x"));
    }

    private static IssueLink Link(string phrase) => new()
    {
        LinkId = 42,
        Type = new LinkType("1", "Blocks", phrase, "is blocked by"),
        Source = new IssueReference(1, "SHOP-1"),
        Target = new IssueReference(2, "SHOP-2"),
        ReadFrom = 1,
    };

    private static Relation Ours() => Hyperlink(Site.MarkUrl(10001), Mark.Comment);

    private static Relation Hyperlink(string url, string comment) =>
        new() { WorkItemId = 5, ReferenceName = "Hyperlink", Url = url, Comment = comment };

    private static WorkItem Item(params Relation[] relations) =>
        new() { Id = 5, Rev = 7, Type = "Task", Title = "A task", Project = "Fabrikam", Relations = relations };
}
