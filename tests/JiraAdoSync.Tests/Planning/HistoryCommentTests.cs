using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using Xunit;

namespace JiraAdoSync.Tests.Planning;

public sealed class HistoryCommentTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Shows_the_latest_changes_in_their_order_and_has_the_time_of_the_last()
    {
        var changes = Enumerable.Range(0, HistoryComment.MostChanges + 5)
            .Select(number => Change("status", $"s{number}", $"s{number + 1}") with { When = Start.AddMinutes(number) })
            .ToList();
        var comment = HistoryComment.Of(changes)!;
        Assert.Equal((CommentMark.HistoryId, Start.AddMinutes(changes.Count - 1)), (comment.Id, comment.Updated));
        Assert.StartsWith("<p>The last 200 of 205 changes.</p>", comment.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<td>s4</td>", comment.Html, StringComparison.Ordinal);
        Assert.True(
            comment.Html!.IndexOf("<td>s6</td>", StringComparison.Ordinal)
                < comment.Html.IndexOf("<td>s205</td>", StringComparison.Ordinal));
    }

    [Fact]
    public void Cuts_long_values_between_characters_and_shows_what_people_wrote_as_text()
    {
        var html = HistoryComment.Of([Change("description", "<script>", $"{new string('a', 199)}\U0001F600")])!.Html!;
        Assert.Contains("<td>&lt;script&gt;</td>", html, StringComparison.Ordinal);
        Assert.Contains($"<td>{new string('a', 199)}…</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td>a deleted account</td>", html, StringComparison.Ordinal);
        Assert.Null(HistoryComment.Of([]));
    }

    [Fact]
    public void Leaves_out_the_texts_of_comments_which_some_people_only_may_read()
    {
        Assert.Null(HistoryComment.Of([Change("Comment", "what only developers may read", string.Empty)]));
        var html = HistoryComment.Of(
            [Change("Comment", "what only developers may read", string.Empty), Change("status", "Open", "Done")])!.Html!;
        Assert.DoesNotContain("developers", html, StringComparison.Ordinal);
    }

    private static IssueFieldChange Change(string field, string from, string to) =>
        new(1, "10", field, Start, Author: null) { FromText = from, ToText = to };
}
