using JiraAdoSync.Jira;
using JiraAdoSync.TwoWay.Workflows;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>Ways through workflows.</summary>
public sealed class TransitionGraphTests
{
    private readonly TransitionGraph _graph = new();

    [Fact]
    public void A_direct_transition_is_used()
    {
        Learn("1", ("Start", "2"), ("Finish", "3"));
        Learn("2", ("Finish", "3"));
        Assert.Equal(["Finish"], Path("1", "3"));
    }

    [Fact]
    public void Else_the_shortest_way_is()
    {
        Learn("1", ("a", "2"), ("b", "4"));
        Learn("2", ("c", "3"));
        Learn("3", ("d", "5"));
        Learn("4", ("e", "5"));
        Assert.Equal(["b", "e"], Path("1", "5"));
    }

    [Fact]
    public void No_way_leads_through_a_status_that_looks_finished()
    {
        Learn("1", ("Close", "9done"));
        Learn("9done", ("Reopen", "3"));
        var path = Find("1", "3");
        Assert.Equal(("NoTransition", 0), (path.Reason, path.Steps.Count));
        Assert.Equal(["Close"], Path("1", "9done"));
        Assert.Equal(["Reopen"], Path("9done", "3"));
    }

    [Fact]
    public void Six_steps_are_the_most()
    {
        for (var at = 1; at <= 7; at++)
        {
            Learn($"{at}", ($"to {at + 1}", $"{at + 1}"));
        }

        Assert.Equal(6, Path("1", "7").Count());
        Assert.Equal("NoTransition", Find("1", "8").Reason);
    }

    [Fact]
    public void A_screen_whose_demands_are_met_is_passed_and_another_named()
    {
        _graph.Learn("SHOP", "10", "1",
        [
            new IssueTransition("11", "Close", Status("9done"))
            {
                HasScreen = true,
                Fields = [new WritableField("resolution", "Resolution") { MustBeGiven = true }, new WritableField("comment", "Comment")],
            },
        ]);
        var path = Find("1", "9done");
        Assert.Equal("NeedsScreen", path.Reason);
        Assert.Equal(["Resolution"], path.Fields);
        Assert.Equal(["Close"], Path("1", "9done", "resolution"));
    }

    [Fact]
    public void A_screen_on_a_way_that_leads_nowhere_is_no_reason()
    {
        _graph.Learn("SHOP", "10", "1",
        [
            new IssueTransition("11", "Park", Status("5"))
            {
                Fields = [new WritableField("why", "Why") { MustBeGiven = true }],
            },
        ]);
        Assert.Equal("NoTransition", Find("1", "3").Reason);
    }

    [Fact]
    public void Of_two_transitions_to_one_status_the_one_that_asks_for_nothing_is_used()
    {
        _graph.Learn("SHOP", "10", "1",
        [
            new IssueTransition("11", "With screen", Status("2")) { HasScreen = true },
            new IssueTransition("12", "Plain", Status("2")),
        ]);
        Assert.Equal(["Plain"], Path("1", "2"));
    }

    [Fact]
    public void What_is_known_of_one_type_says_nothing_of_another()
    {
        Learn("1", ("a", "2"));
        Assert.Equal("NoTransition", _graph.FindPath("SHOP", "11", "1", "2", new HashSet<string>()).Reason);
        Assert.Empty(_graph.FindPath("SHOP", "11", "1", "1", new HashSet<string>()).Steps);
        Assert.True(_graph.Knows("SHOP", "10", "1"));
        Assert.False(_graph.Knows("WEB", "10", "1"));
    }

    private void Learn(string from, params (string Name, string To)[] transitions) => _graph.Learn(
        "SHOP", "10", from, transitions.Select((one, at) => new IssueTransition($"{from}{at}", one.Name, Status(one.To))).ToList());

    private IEnumerable<string> Path(string from, string to, params string[] given) =>
        Find(from, to, given).Steps.Select(step => step.Name);

    private TransitionPath Find(string from, string to, params string[] given) =>
        _graph.FindPath("SHOP", "10", from, to, given.ToHashSet());

    private static IssueStatus Status(string id) =>
        new(id, id.EndsWith("done", StringComparison.Ordinal) ? "done" : "indeterminate") { Id = id };
}
