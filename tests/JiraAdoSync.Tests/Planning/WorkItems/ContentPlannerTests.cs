using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.RichText;
using JiraAdoSync.Tests.RichText;
using Xunit;

namespace JiraAdoSync.Tests.Planning.WorkItems;

/// <summary>What of comments, files and web links is ours, and what becomes of it.</summary>
public sealed class ContentPlannerTests
{
    private static readonly ContentPolicy Everything = new() { Comments = true, Attachments = true, WebLinks = true };
    private static readonly RichTextContext Context = Rendering.Context;
    private static readonly IssueComment First = Comment(1, "<p>first</p>");
    private static readonly IssueComment Second = Comment(2, "<p>second</p>");

    [Fact]
    public void A_comment_that_exists_is_not_added_again_whatever_the_digest_says()
    {
        var content = Plan([First, Second], [Copy(7, First)]);
        Assert.Equal([Second], content.AddComments);
        Assert.Empty(content.EditComments);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("<div>{0}</div>")]
    [InlineData("\n<div style=\"x\"><p>{0}</p>")]
    public void A_comment_is_known_after_the_service_has_cleaned_its_HTML(string form)
    {
        var html = CommentMark.Compose(First, Context)
            .Replace("<a href", "<a target=\"_blank\" href", StringComparison.Ordinal);
        var cleaned = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, html);
        Assert.Equal(CommentMark.Of(First), CommentMark.Parse(cleaned, Context.Site));
    }

    [Theory]
    [InlineData("<p>look at {0}</p>")]
    [InlineData("{0}", "contoso.atlassian.net", "evil.example")]
    [InlineData("{0}", "focusedCommentId", "commentId")]
    public void What_only_looks_like_a_comment_of_ours_is_a_person_s(
        string form, string what = "x", string instead = "x")
    {
        var html = CommentMark.Compose(First, Context).Replace(what, instead, StringComparison.Ordinal);
        Assert.Null(CommentMark.Parse(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, form, html), Context.Site));
    }

    [Fact]
    public void An_edit_in_Jira_is_followed_unless_somebody_edited_ours()
    {
        var edited = First with { Updated = First.Updated.AddMinutes(1), Html = "<p>mended</p>" };
        Assert.Equal([new CommentEdit(Copy(7, First), edited)], Plan([edited], [Copy(7, First)]).EditComments);
        var content = Plan([edited], [Copy(7, First) with { IsEditedByOthers = true }]);
        Assert.Empty(content.EditComments);
        Assert.Contains("stays as it is", content.LeftOut[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_s_copy_of_a_comment_of_ours_is_never_touched()
    {
        var edited = First with { Updated = First.Updated.AddMinutes(1) };
        var content = Plan([edited], [Copy(9, First), Copy(7, First)]);
        Assert.Equal([7], content.EditComments.Select(edit => edit.Current.Id));
        Assert.Equal([7], Plan([], [Copy(9, First), Copy(7, First)],
            Everything with { Prune = true }).RemoveComments.Select(comment => comment.Id));
    }

    [Fact]
    public void A_comment_that_was_deleted_is_removed_with_pruning_only_and_a_person_s_never()
    {
        Assert.Empty(Plan([Second], [Copy(7, First), new WorkItemComment(8, "<p>mine</p>", false)]).RemoveComments);
        var pruned = Plan(
            [], [Copy(7, First), new WorkItemComment(8, "<p>mine</p>", false)], Everything with { Prune = true });
        Assert.Equal([7], pruned.RemoveComments.Select(comment => comment.Id));
        Assert.Empty(Plan([], [Copy(7, First) with { IsEditedByOthers = true }],
            Everything with { Prune = true }).RemoveComments.Select(comment => comment.Id));
    }

    [Fact]
    public void A_hostile_author_or_title_is_text()
    {
        var html = CommentMark.Compose(First with { Author = "<script>alert(1)</script>\"" }, Context);
        Rendering.AssertHarmless(html, "author");
        var relation = WebLinkMark.ToRelation(
            new WebLink(5, "https://x.example/", new string('é', 400) + "]"), Context.Site);
        Assert.Equal(255, relation.Comment.Length);
        Assert.Equal(5, WebLinkMark.Parse(Hyperlink(relation.Url!, relation.Comment), Context.Site)!.LinkId);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("no address")]
    public void A_web_link_that_leads_nowhere_good_is_left_out(string url) =>
        Assert.Empty(Plan([], [], webLinks: [new WebLink(1, url, "x")]).AddWebLinks);

    [Fact]
    public void A_page_that_people_linked_already_is_not_linked_again()
    {
        var link = new WebLink(1, "https://wiki.example/a", "The page");
        Assert.Empty(
            Plan([], [], webLinks: [link], relations: [Hyperlink("https://wiki.example/a", "mine")]).AddWebLinks);
        Assert.Equal([link], Plan([], [], webLinks: [link]).AddWebLinks);
    }

    [Fact]
    public void An_equal_digest_needs_nothing_and_another_kind_stays_out_of_it()
    {
        var replica = Replica([First]);
        var (_, content) = ContentPlanner.Plan(Input(replica, [First], [], Everything, [], []));
        var mark = Mark(content.TextDigest);
        Assert.Equal(ContentNeeds.None, ContentPlanner.NeedsOf(replica, mark, Everything));
        Assert.Equal(
            ContentNeeds.Description,
            ContentPlanner.NeedsOf(replica with { DescriptionDigest = "other" }, mark, Everything));
        Assert.Equal(
            ContentNeeds.Comments, ContentPlanner.NeedsOf(Replica([First, Second]), mark, Everything));
        Assert.Equal(ContentNeeds.None, ContentPlanner.NeedsOf(Replica([First, Second]), mark, new ContentPolicy()));
    }

    private static WorkItemContent Plan(
        IReadOnlyList<IssueComment> comments,
        IReadOnlyList<WorkItemComment> current,
        ContentPolicy? policy = null,
        IReadOnlyList<WebLink>? webLinks = null,
        IReadOnlyList<Relation>? relations = null) =>
        ContentPlanner.Plan(Input(
            Replica(comments), comments, current, policy ?? Everything, webLinks ?? [], relations ?? [])).Content;

    private static ContentInput Input(
        Replica replica,
        IReadOnlyList<IssueComment> comments,
        IReadOnlyList<WorkItemComment> current,
        ContentPolicy policy,
        IReadOnlyList<WebLink> webLinks,
        IReadOnlyList<Relation> relations) => new()
    {
        Replica = replica,
        Found = new FoundWorkItem(
            new WorkItem { Id = 1, Rev = 1, Type = "Task", Title = "x", Project = "P", Relations = relations },
            Mark("-.-.-.-")),
        TextFields = ["System.Description"],
        Rendered = new RenderedIssue(replica.IssueId, string.Empty, comments, []),
        Comments = current,
        WebLinks = webLinks,
        Context = Context,
        Policy = policy,
    };

    private static Replica Replica(IReadOnlyList<IssueComment> comments) => new()
    {
        IssueId = 1001,
        Key = "SHOP-1",
        Type = new IssueType("1", "Task", false),
        Status = new IssueStatus("To Do", "new"),
        Summary = "x",
        DescriptionDigest = "same",
        Comments = comments,
        CommentCount = comments.Count,
        Attachments = [],
        Fields = new Dictionary<string, object?> { ["updated"] = "2026-03-01T09:00:00.000+0000" },
    };

    private static WorkItemMark Mark(string text) => new()
    {
        Issue = new IssueReference(1001, "SHOP-1"),
        Nonce = "00000000",
        Rev = 1,
        FieldsDigest = "0",
        TextDigest = text,
    };

    private static IssueComment Comment(long id, string html) => new()
    {
        Id = id,
        Author = "Ada",
        Created = DateTimeOffset.UnixEpoch.AddDays(20_000 + id),
        Updated = DateTimeOffset.UnixEpoch.AddDays(20_000 + id),
        Html = html,
    };

    private static WorkItemComment Copy(int id, IssueComment comment) =>
        new(id, CommentMark.Compose(comment, Context), false);

    private static Relation Hyperlink(string url, string comment) =>
        new() { WorkItemId = 1, ReferenceName = WorkItemMark.Hyperlink, Url = url, Comment = comment };
}
