using System.Text.RegularExpressions;
using CsCheck;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Bases;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>Where the base of a pair is kept, and what becomes of it when one copy is lost or tampered with.</summary>
public sealed class RegisterTests
{
    private const string Organization = "https://dev.azure.com/contoso";

    private static readonly WorkItemMark Mark = new()
    {
        Issue = new IssueReference(10001, "SHOP-1"),
        Nonce = "0a1b2c3d4e5f",
        Rev = 7,
        FieldsDigest = "11111111",
        TextDigest = "1a2b3c4d+12.5e6f7a8b~.5e6f7a8b.5e6f7a8b",
    };

    private static readonly Gen<FieldBase> GenField = Gen.Select(Gen.Int[1, 99_999], Gen.Int, Gen.Int, Gen.Bool)
        .Select((counter, jira, ado, same) => Base(counter, $"{jira}", $"{(same ? jira : ado)}"));

    private static readonly Gen<KeyValuePair<string, FieldBase>[]> GenFields =
        Gen.Select(Gen.Int[1, 30], GenField).Select((number, field) => KeyValuePair.Create($"Custom.Field{number}", field))
            .Array[0, 30].Select(fields => fields.DistinctBy(field => field.Key).ToArray());

    /// <summary>
    /// What the versions before it read a mark with, as they were released: 0.1.0 of 23 and of 27 November.
    /// </summary>
    public static TheoryData<string> ReleasedGrammars => new(
        @"^(?<key>\S+) \[JiraAdoSync 1 (?<nonce>\S+) (?<rev>\d{1,9}) (?<fields>\S+) (?<text>\S+)\]$",
        @"^(?<key>\S+) \[JiraAdoSync 1 (?<nonce>[0-9a-f]{8}([0-9a-f]{4})?) (?<rev>\d{1,9}) "
            + @"(?<fields>[0-9a-f]{8}([.;:,/|~][\w.;:,/|~+=-]*)?) "
            + @"(?<text>[0-9a-f]{8}|-|(([0-9a-f]{8}|0|-)(\+\d{1,9})?)(\.([0-9a-f]{8}|-)~?){3})\]\z");

    [Theory]
    [MemberData(nameof(ReleasedGrammars))]
    public void A_mark_with_a_base_is_one_for_the_versions_that_are_installed(string grammar) => GenFields.Sample(fields =>
    {
        var mark = Mark.WithBase(fields);
        var match = Regex.Match(mark.Comment, grammar);
        Assert.True(match.Success, mark.Comment);
        Assert.True(mark.Comment.Length <= 255, mark.Comment);
        Assert.Equal(
            ("SHOP-1", Mark.Nonce, "7", Mark.TextDigest),
            (match.Groups["key"].Value, match.Groups["nonce"].Value, match.Groups["rev"].Value, match.Groups["text"].Value));
        Assert.StartsWith("11111111", match.Groups["fields"].Value, StringComparison.Ordinal);
    });

    [Fact]
    public void A_base_in_a_mark_says_what_was_written_as_far_as_there_is_room() => GenFields.Sample(fields =>
    {
        var written = MarkBase.Parse(Mark.WithBase(fields).Base);
        // 130 characters are left by a long mark: that is enough for ten fields, in whichever order they come.
        foreach (var (name, field) in fields.Take(6))
        {
            Assert.Equal(field, written!.Of(name));
        }

        Assert.Null(written?.Of("System.Nothing"));
    });

    [Fact]
    public void A_mark_says_of_each_write_when_it_was()
    {
        var title = Base(9, "a", "a").At(1_790_000_000_000, 12);
        var state = Base(7, "10", "Active");
        var tags = Base(5, "b", "c").At(1_780_000_000_000, 3);
        var known = MarkBase.Parse(Mark.WithBase(
            [new("System.State", state), new("System.Title", title), new("System.Tags", tags)]).Base)!;
        Assert.Equal((title, state, tags), (known.Of("System.Title"), known.Of("System.State"), known.Of("System.Tags")));
    }

    [Fact]
    public void A_base_in_a_mark_has_something_else_of_a_field() => GenFields.Sample(fields =>
    {
        var text = Mark.WithBase(fields).Base;
        var known = MarkBase.With(text, "System.History", Base(1, "7", "7"));
        Assert.Equal(text is null ? null : ShortDigest.Of("7"), MarkBase.Parse(known)?.Of("System.History")?.Ado);
        Assert.Equal(MarkBase.Parse(text)?.Counter, MarkBase.Parse(known)?.Of("System.History")?.Counter);
        Assert.Equal(text, MarkBase.With(known, "System.History", known: null));
    });

    [Fact]
    public void A_mark_keeps_its_base_when_it_is_read()
    {
        var site = new JiraSite(new Uri("https://jira.example"));
        var mark = Mark.WithBase([KeyValuePair.Create("System.Title", Base(3, "a", "a")),
            KeyValuePair.Create("System.State", Base(3, "10", "Active"))]);
        var relation = mark.ToRelation(site);
        var item = new JiraAdoSync.AzureDevOps.WorkItem
        {
            Id = 1, Rev = 1, Type = "Task", Title = "x", Project = "p",
            Relations =
            [
                new() { WorkItemId = 1, ReferenceName = relation.ReferenceName, Url = relation.Url!, Comment = relation.Comment },
            ],
        };
        Assert.Equal(mark, WorkItemMark.Find(item, site, 10001)!.Value.Mark);
    }

    [Theory]
    [InlineData("~")]
    [InlineData("~12")]
    [InlineData("~12.AAA")]
    [InlineData("~12.AAABBBB~")]
    [InlineData("~1234567890.AAABBBB")]
    [InlineData("~12.AAABBBB:AAABBBB")]
    [InlineData("~12.AAAÄBBB")]
    [InlineData(".1:9f3c")]
    [InlineData("~12.AAABBBB\n")]
    public void What_is_no_base_in_a_mark_says_nothing(string text) => Assert.Null(MarkBase.Parse(text));

    [Fact]
    public void A_register_is_read_as_it_was_written() => Gen.Select(GenFields, Gen.Long[1, long.MaxValue].Array[0, 20],
        Gen.Int[1, 1000].Array[0, 20], Gen.Bool).Sample((fields, links, comments, walks) =>
    {
        var register = Register() with
        {
            Counter = 99_999,
            Fields = fields.ToDictionary(
                field => field.Key,
                field => (field.Value.Counter % 3) switch
                {
                    0 => field.Value.WithRefused(field.Key, null),
                    1 => field.Value with { Refused = Refusal.ByAdo(field.Key, null, "Active") },
                    _ => field.Value,
                }),
            Links = links.Select(id => new LinkBase("10001", id, 7, "System.LinkTypes.Related", Origin.AzureDevOps)).ToList(),
            Comments = comments.Select(id => new CommentBase(id, id + 1, 1)).ToList(),
            Walk = walks ? new IssueWalkMark("1", "3", ["2", "3"]) : null,
        };
        var json = register.ToJson();
        var read = IssueRegister.Parse(json)!;
        Assert.Equal(json, read.ToJson());
        Assert.Equal(register.Fields.OrderBy(field => field.Key), read.Fields.OrderBy(field => field.Key));
        Assert.Equal(register.Links, read.Links);
        Assert.Equal(register.Comments, read.Comments);
        Assert.Equal(register.Walk?.Steps, read.Walk?.Steps);
    });

    [Fact]
    public void A_register_never_gets_longer_than_a_property_may_be()
    {
        var register = Register() with
        {
            Counter = 5,
            Fields = Enumerable.Range(0, 50).ToDictionary(number => $"Custom.Field{number}", _ => Base(5, "a", "b")),
            Links = Enumerable.Range(1, 2000)
                .Select(id => new LinkBase("10001", id, 7, "System.LinkTypes.Dependency-Forward", Origin.Jira)).ToList(),
            Comments = Enumerable.Range(1, 5000).Select(id => new CommentBase(id, id, 1)).ToList(),
        };
        var json = register.ToJson();
        Assert.InRange(json.Length, 1, IssueRegister.MaximumLength);
        Assert.Equal(50, IssueRegister.Parse(json)!.Fields.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"format\":2}")]
    public void What_is_no_register_is_none(string json) => Assert.Null(IssueRegister.Parse(json));

    [Theory]
    [InlineData("\"format\":1", "\"format\":2")]
    [InlineData("\"format\":1", "\"format\":\"1\"")]
    [InlineData("\"nonce\":\"0a1b2c3d4e5f\"", "\"nonce\":\"0a1b2c3d4e5f0\"")]
    [InlineData("\"nonce\":\"0a1b2c3d4e5f\"", "\"nonce\":\"<script>\"")]
    [InlineData("\"nonce\":\"0a1b2c3d4e5f\"", "\"nonce\":null")]
    [InlineData("\"workItem\":12", "\"workItem\":0")]
    [InlineData("\"workItem\":12", "\"workItem\":1e99")]
    [InlineData("\"counter\":5", "\"counter\":999999999")]
    [InlineData("\"counter\":5", "\"counter\":-1")]
    [InlineData("[5,", "[6,")]
    [InlineData("\"System.Title\"", "\"System.Title\\u0000\"")]
    [InlineData("\"fields\":{", "\"fields\":{\"x\":[1,\"AAAA\"],")]
    [InlineData("\"fields\":{", "\"fields\":{\"x\":[1,\"AAAA\",\"AAA\"],")]
    [InlineData("\"fields\":{", "\"fields\":{\"x\":[1,\"AAAA\",\"AAAA\",\"BBBBB\"],")]
    [InlineData("\"links\":[", "\"links\":[[1,2,3,\"x\",\"ado\"],")]
    [InlineData("\"links\":[", "\"links\":[[\"1\",2,3,\"x\",\"mine\"],")]
    [InlineData("\"comments\":[", "\"comments\":[[0,1,1],")]
    [InlineData("\"comments\":[", "\"comments\":[7,")]
    [InlineData("\"stamps\":{", "\"refused\":{\"System.Title\":\"AAAA\"},\"stamps\":{")]
    [InlineData("\"stamps\":{", "\"refused\":[],\"stamps\":{")]
    public void A_register_that_somebody_tampered_with_is_dropped(string from, string to)
    {
        var json = (Register() with { Fields = new Dictionary<string, FieldBase> { ["System.Title"] = Base(5, "a", "a") } })
            .ToJson();
        Assert.Contains(from, json, StringComparison.Ordinal);
        Assert.Null(IssueRegister.Parse(json.Replace(from, to, StringComparison.Ordinal)));
    }

    [Fact]
    public void Any_text_at_all_is_read_without_harm() => Gen.Select(Gen.String, Gen.Int[0, 200], Gen.Int[0, 200])
        .Sample((text, at, length) =>
    {
        var json = Register().ToJson();
        var start = Math.Min(at, json.Length);
        IssueRegister.Parse(text);
        IssueRegister.Parse(json[..start] + text + json[Math.Min(json.Length, start + length)..]);
    });

    [Fact]
    public void Per_field_the_entry_with_the_higher_counter_holds()
    {
        var mark = Mark.WithBase([Field("System.Title", 3, "old"), Field("System.State", 8, "Closed")]);
        var register = Register() with
        {
            Counter = 9,
            Fields = new Dictionary<string, FieldBase>([Field("System.Title", 9, "new"), Field("System.State", 7, "Active")]),
        };
        var both = Combine(mark, register.ToJson());
        Assert.Equal(Base(9, "new", "new"), both.Of("System.Title"));
        Assert.Equal(Base(8, "Closed", "Closed"), both.Of("System.State"));
        Assert.Equal((9, false, (string?)null), (both.Counter, both.IsEmpty, both.Problem));
    }

    [Fact]
    public void Losing_one_register_leaves_the_other_and_losing_both_leaves_nothing()
    {
        var mark = Mark.WithBase([Field("System.Title", 3, "old")]);
        var register = Register() with { Fields = new Dictionary<string, FieldBase>([Field("System.Title", 5, "new")]) };
        Assert.Equal(Base(3, "old", "old"), Combine(mark, null).Of("System.Title"));
        Assert.Equal(Base(5, "new", "new"), Combine(Mark, register.ToJson()).Of("System.Title"));
        Assert.Null(Combine(Mark, null).Of("System.Title"));
        Assert.True(Combine(Mark, null).IsEmpty);
    }

    [Theory]
    [InlineData("0a1b2c3d0000", Organization, "Fabrikam", 12)]
    [InlineData("0a1b2c3d4e5f", "https://dev.azure.com/evil", "Fabrikam", 12)]
    [InlineData("0a1b2c3d4e5f", Organization, "Other", 12)]
    [InlineData("0a1b2c3d4e5f", Organization, "Fabrikam", 13)]
    public void A_property_that_disagrees_with_the_mark_is_dropped_and_reported(
        string nonce, string organization, string project, int workItem)
    {
        var register = Register() with
        {
            Nonce = nonce, Organization = organization, Project = project, WorkItem = workItem,
            Fields = new Dictionary<string, FieldBase>([Field("System.Title", 5, "forged")]),
        };
        var both = Combine(Mark, register.ToJson());
        Assert.Null(both.Of("System.Title"));
        Assert.StartsWith("The property 'jiraadosync' of SHOP-1 is passed over:", both.Problem, StringComparison.Ordinal);
    }

    private static PairBase Combine(WorkItemMark mark, string? property) =>
        PairBase.Combine(mark, property, Organization + "/", "fabrikam", 12);

    private static IssueRegister Register() => new()
    {
        Nonce = Mark.Nonce, Organization = Organization, Project = "Fabrikam", WorkItem = 12, Counter = 5,
    };

    private static KeyValuePair<string, FieldBase> Field(string name, int counter, string value) =>
        KeyValuePair.Create(name, Base(counter, value, value));

    private static FieldBase Base(int counter, string jira, string ado) =>
        new(counter, ShortDigest.Of(jira), ShortDigest.Of(ado));
}
