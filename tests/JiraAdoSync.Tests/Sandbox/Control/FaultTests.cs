using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Control;

/// <summary>Each kind of fault, which requests a rule meets, and what it leaves undone.</summary>
public sealed class FaultTests
{
    private const string Myself = "/jira/rest/api/3/myself";
    private const string Fields = "/ado/contoso/_apis/wit/fields?api-version=7.1";
    private const string Batch = "/ado/contoso/_apis/wit/$batch?api-version=7.1";

    [Fact]
    public async Task Status_answers_with_its_status_headers_and_body_and_does_nothing()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetFaultsAsync(new JsonObject
        {
            ["kind"] = "status",
            ["status"] = 502,
            ["headers"] = new JsonObject { ["X-Proxy"] = "tired" },
            ["body"] = "<html><body>Bad gateway</body></html>",
            ["times"] = 1,
        });

        using var answer = await sandbox.SendAsync(
            "POST", "/ado/contoso/Fabrikam/_apis/wit/workitems/$Task?api-version=7.1", new JsonArray());

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("tired", answer.Headers.GetValues("X-Proxy").Single());
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("<html><body>Bad gateway</body></html>", await TextAsync(answer));
        Assert.Equal(1, await sandbox.CreateWorkItemAsync("The first one"));
    }

    [Fact]
    public async Task Delays_add_up_and_come_before_another_fault()
    {
        var time = new InstantTime();
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { TimeProvider = time });
        await sandbox.SetFaultsAsync(
            new JsonObject { ["kind"] = "delay", ["delayMs"] = 40_000 },
            new JsonObject { ["kind"] = "delay", ["delayMs"] = 20_000 },
            new JsonObject { ["kind"] = "status", ["status"] = 500 });

        var start = time.GetUtcNow();
        Assert.Equal(500, await StatusAsync(sandbox, Myself));
        Assert.Equal(TimeSpan.FromSeconds(60), time.GetUtcNow() - start);
    }

    [Fact]
    public async Task Drop_before_does_nothing_and_drop_after_does_it()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        foreach (var (kind, left) in (IEnumerable<(string, int)>)[("drop-before", 0), ("drop-after", 1)])
        {
            await sandbox.SetFaultsAsync(new JsonObject { ["kind"] = kind, ["method"] = "POST" });
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => sandbox.CreateWorkItemAsync("Cut"));
            await sandbox.CallAsync("DELETE", "/sandbox/faults");
            Assert.Equal(left, await CountAsync(sandbox));
        }
    }

    [Fact]
    public async Task A_final_rule_refuses_everything_after_the_request_that_it_strikes()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetFaultsAsync(new JsonObject
        {
            ["kind"] = "drop-after", ["method"] = "POST", ["final"] = true,
        });
        Assert.Equal(200, await StatusAsync(sandbox, Myself));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => sandbox.CreateWorkItemAsync("Cut"));
        Assert.Equal(403, await StatusAsync(sandbox, Myself));
        Assert.Equal(403, await StatusAsync(sandbox, Fields));

        await sandbox.CallAsync("DELETE", "/sandbox/faults");
        Assert.Equal(1, await CountAsync(sandbox));
    }

    [Theory]
    [InlineData("truncate")]
    [InlineData("bytes")]
    [InlineData("value")]
    [InlineData("replace")]
    public async Task Garble_does_it_and_damages_the_answer(string how)
    {
        await using var sandbox = await SandboxClient.StartAsync();
        var whole = await TextAsync(await sandbox.GetAsync(Fields));
        await sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "garble", ["how"] = how, ["seed"] = 5 });
        var first = await TextAsync(await sandbox.GetAsync(Fields));
        Assert.NotEqual(whole, first);
        await sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "garble", ["how"] = how, ["seed"] = 5 });
        Assert.Equal(first, await TextAsync(await sandbox.GetAsync(Fields)));
        using var answer = await sandbox.SendAsync(
            "POST",
            "/ado/contoso/Fabrikam/_apis/wit/workitems/$Task?api-version=7.1",
            new JsonArray(
                new JsonObject { ["op"] = "add", ["path"] = "/fields/System.Title", ["value"] = "Done all the same" }));
        await sandbox.CallAsync("DELETE", "/sandbox/faults");
        Assert.Equal(1, await CountAsync(sandbox));
    }

    [Theory]
    [InlineData("""{"service":"jira"}""", true, false)]
    [InlineData("""{"service":"ado"}""", false, true)]
    [InlineData("""{"method":"get"}""", true, true)]
    [InlineData("""{"method":"DELETE"}""", false, false)]
    [InlineData("""{"route":"/rest/api/3/myself"}""", true, false)]
    [InlineData("""{"route":"*/wit/fields"}""", false, true)]
    [InlineData("""{"route":"/{organization}/_apis/wit/fields"}""", false, true)]
    [InlineData("""{"route":"/{organization}/_apis/wit"}""", false, false)]
    [InlineData("""{"probability":0}""", false, false)]
    [InlineData("{}", true, true)]
    public async Task A_rule_meets_what_it_names_and_what_it_leaves_out(string rule, bool jira, bool ado)
    {
        await using var sandbox = await SandboxClient.StartAsync();
        var fault = JsonNode.Parse(rule)!;
        fault["status"] = 418;
        await sandbox.SetFaultsAsync(fault);
        Assert.Equal(jira ? 418 : 200, await StatusAsync(sandbox, Myself));
        Assert.Equal(ado ? 418 : 200, await StatusAsync(sandbox, Fields));
    }

    [Fact]
    public async Task Skip_lets_the_first_ones_pass_and_times_ends_the_rule()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetFaultsAsync(new JsonObject { ["status"] = 418, ["skip"] = 1, ["times"] = 2 });
        var answers = new List<int>();
        for (var one = 0; one < 5; one++)
        {
            answers.Add(await StatusAsync(sandbox, Myself));
        }

        Assert.Equal([200, 418, 418, 200, 200], answers);
    }

    [Fact]
    public async Task Probability_is_drawn_alike_in_every_sandbox()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var sandbox = await SandboxClient.StartAsync();
            await sandbox.SetFaultsAsync(new JsonObject { ["status"] = 418, ["probability"] = 0.5 });
            var answers = new StringBuilder();
            for (var one = 0; one < 40; one++)
            {
                answers.Append(await StatusAsync(sandbox, Myself) == 418 ? 'x' : '.');
            }

            runs.Add(answers.ToString());
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.InRange(runs[0].Count(one => one == 'x'), 10, 30);
    }

    [Theory]
    [InlineData("""{"kind":"status"}""", "array of fault rules")]
    [InlineData("""["status"]""", "is a JSON object")]
    [InlineData("""[{"kind":"flood"}]""", "no fault kind 'flood'")]
    [InlineData("""[{"sevice":"jira"}]""", "has no 'sevice'")]
    [InlineData("""[{"service":"github"}]""", "'jira' or 'ado'")]
    [InlineData("""[{"times":"twice"}]""", "wrong type")]
    [InlineData("""[{"status":99}]""", "200 to 599")]
    [InlineData("""[{"headers":{"X-Line":"a\nb"}}]""", "plain ASCII")]
    [InlineData("""[{"kind":"other-client","body":{"method":"GET"}}]""", "the other client's request")]
    public async Task A_rule_that_is_none_is_reported_and_the_others_stay(string rules, string problem)
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetFaultsAsync(new JsonObject { ["status"] = 418 });

        using var answer = await sandbox.SendAsync("PUT", "/sandbox/faults", JsonNode.Parse(rules));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            problem, JsonNode.Parse(await TextAsync(answer))!["error"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(418, await StatusAsync(sandbox, Myself));
    }

    [Theory]
    [InlineData("GET", null, "jira-burst-based", "100", 1)]
    [InlineData("DELETE", null, "jira-burst-based", "50", 1)]
    [InlineData("PUT", "jira-per-issue-on-write", "jira-per-issue-on-write", "20", 2)]
    [InlineData("GET", "jira-quota-global-based", "jira-quota-global-based", "65000", 1800)]
    [InlineData("GET", "jira-quota-tenant-based", "jira-quota-tenant-based", "65000", 1800)]
    public async Task Jira_Cloud_throttles_by_several_limits(
        string method, string? reason, string reported, string limit, int wait)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { TimeProvider = time });
        await sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "throttle", ["reason"] = reason });

        using var answer = await sandbox.SendAsync(method, "/jira/rest/api/3/issue/SHOP-1");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(reported, Header(answer, "RateLimit-Reason"));
        Assert.Equal(limit, Header(answer, "X-RateLimit-Limit"));
        Assert.Equal("0", Header(answer, "X-RateLimit-Remaining"));
        Assert.Equal(TimeSpan.FromSeconds(wait), answer.Headers.RetryAfter!.Delta);
        Assert.Equal(wait == 1800 ? "2026-03-01T10:00Z" : "2026-03-01T09:30Z", Header(answer, "X-RateLimit-Reset"));
    }

    [Fact]
    public async Task Jira_Data_Center_throttles_by_interval_and_fill_rate()
    {
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        await sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "throttle" });
        using var answer = await sandbox.GetAsync("/jira/rest/api/2/myself");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("1", Header(answer, "X-RateLimit-Interval-Seconds"));
        Assert.Equal("50", Header(answer, "X-RateLimit-FillRate"));
        Assert.False(answer.Headers.Contains("RateLimit-Reason"));
    }

    [Fact]
    public async Task Azure_DevOps_throttles_with_TF400733_or_warns_on_an_answer_that_is_well()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetFaultsAsync(
            new JsonObject { ["kind"] = "throttle", ["times"] = 1,
                ["headers"] = new JsonObject { ["Retry-After"] = "7" } },
            new JsonObject { ["kind"] = "throttle", ["status"] = 200 });

        using var refused = await sandbox.GetAsync(Fields);
        using var warned = await sandbox.GetAsync(Fields);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("TF400733", await TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("Concurrency", Header(refused, "X-RateLimit-Resource"));
        Assert.Equal(HttpStatusCode.OK, warned.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), warned.Headers.RetryAfter!.Delta);
        Assert.Equal("1.250", Header(warned, "X-RateLimit-Delay"));
        Assert.NotEmpty(JsonNode.Parse(await TextAsync(warned))!["value"]!.AsArray());
    }

    [Fact]
    public async Task An_outage_is_a_503_with_a_byte_order_mark_or_a_page()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "outage" });

        using var ado = await sandbox.GetAsync(Fields);
        using var jira = await sandbox.GetAsync(Myself);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ado.StatusCode);
        var body = await ado.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal([0xEF, 0xBB, 0xBF, (byte)'{'], body[..4]);
        var error = JsonNode.Parse(body.AsSpan(3))!;
        Assert.StartsWith("TF24668", error["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(error["message"]!.ToString(), Uri.UnescapeDataString(Header(ado, "x-tfs-serviceerror")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, jira.StatusCode);
        Assert.Equal("text/html", jira.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_batch_is_answered_by_one_response_and_nothing_of_it_is_done()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetFaultsAsync(
            new JsonObject { ["kind"] = "one-response", ["route"] = "*$batch", ["times"] = 1 });
        var batch = new JsonArray(Creation("One"), Creation("Two"));

        var failed = await sandbox.CallAsync("POST", Batch, batch);
        var done = await sandbox.CallAsync("POST", Batch, batch);

        Assert.Equal(1, (int)failed!["count"]!);
        Assert.Equal(400, (int)failed["value"]![0]!["code"]!);
        Assert.Contains("TF401349", failed["value"]![0]!["body"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            [1, 2], done!["value"]!.AsArray().Select(one => (int)JsonNode.Parse(one!["body"]!.ToString())!["id"]!));
    }

    [Fact]
    public async Task Another_client_adds_a_relation_before_a_write_and_is_not_in_the_statistics()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        var (one, two, three) = (
            await sandbox.CreateWorkItemAsync("One"), await sandbox.CreateWorkItemAsync("Two"),
            await sandbox.CreateWorkItemAsync("Three"));
        await sandbox.CallAsync("POST", "/sandbox/stats/reset");
        await sandbox.SetFaultsAsync(new JsonObject
        {
            ["kind"] = "other-client",
            ["method"] = "PATCH",
            ["body"] = new JsonObject
            {
                ["method"] = "PATCH",
                ["uri"] = "/ado/{organization}/_apis/wit/workitems/{id}?api-version=7.1",
                ["headers"] = new JsonObject { ["Content-Type"] = "application/json-patch+json" },
                ["body"] = new JsonArray(sandbox.Relate("System.LinkTypes.Related", three)),
            },
        });

        var answer = await sandbox.CallAsync(
            "PATCH",
            $"/ado/contoso/_apis/wit/workitems/{one}?api-version=7.1",
            new JsonArray(sandbox.Relate("System.LinkTypes.Related", two)));

        Assert.Equal(2, answer!["relations"]!.AsArray().Count);
        Assert.Equal(1, (int)(await sandbox.CallAsync("GET", "/sandbox/stats"))!["total"]!);
    }

    [Fact]
    public async Task Searches_and_look_ups_lag_behind_what_was_just_written()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetSwitchesAsync(
            new JsonObject { ["searchesThatMissNewIssues"] = 1, ["hyperlinkLookUpsThatMiss"] = 2 });
        await sandbox.CallAsync("POST", "/jira/rest/api/3/issue", JsonNode.Parse(
            """{"fields":{"project":{"key":"SHOP"},"issuetype":{"name":"Task"},"summary":"Late"}}"""));
        await sandbox.CreateWorkItemAsync("Owner", (JsonObject)JsonNode.Parse(
            """{"op":"add","path":"/relations/-","value":{"rel":"Hyperlink","url":"https://shop.example/1"}}""")!);

        var search = JsonNode.Parse("""{"jql":"project = SHOP"}""");
        var lookUp = JsonNode.Parse("""{"artifactUris":["https://shop.example/1"]}""");
        var issues = new List<int>();
        var owners = new List<int>();
        for (var one = 0; one < 3; one++)
        {
            issues.Add((await sandbox.CallAsync(
                "POST", "/jira/rest/api/3/search/jql", search))!["issues"]!.AsArray().Count);
            owners.Add((
                await sandbox.CallAsync("POST", "/ado/contoso/_apis/wit/artifacturiquery?api-version=7.1", lookUp))!
                ["artifactUrisQueryResult"]!.AsObject().Count);
        }

        Assert.Equal([0, 1, 1], issues);
        Assert.Equal([0, 0, 1], owners);
    }

    [Fact]
    public async Task Parallel_links_at_one_item_collide_with_the_words_of_the_database()
    {
        var time = new FakeTimeProvider();
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { TimeProvider = time });
        var parent = await sandbox.CreateWorkItemAsync("Parent");
        int[] children = [await sandbox.CreateWorkItemAsync("One"), await sandbox.CreateWorkItemAsync("Two")];
        await sandbox.SetSwitchesAsync(new JsonObject { ["parallelLinkWritesCollide"] = true });
        await sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "delay", ["delayMs"] = 1000, ["method"] = "PATCH" });

        var writes = children.Select(child => sandbox.SendAsync(
            "PATCH",
            $"/ado/contoso/_apis/wit/workitems/{child}?api-version=7.1",
            new JsonArray(sandbox.Relate("System.LinkTypes.Hierarchy-Reverse", parent)))).ToList();
        using var refused = await await Task.WhenAny(writes);
        var both = Task.WhenAll(writes);
        while (!both.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using var done = (await both).Single(answer => answer != refused);

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Contains(
            "Cannot insert duplicate key row in object 'dbo.LinksAre'", await TextAsync(refused),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
    }

    [Fact]
    public async Task The_throughput_budget_warns_then_delays_then_refuses_and_recovers_as_the_window_slides()
    {
        var time = new InstantTime();
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { TimeProvider = time });
        // Ten requests' worth of units: warned from the ninth, delayed from the eleventh, refused from the sixteenth.
        await sandbox.SetSwitchesAsync(new JsonObject { ["throughputUnits"] = 0.14 });
        var results = new List<string>();
        for (var one = 1; one <= 16; one++)
        {
            using var answer = await sandbox.GetAsync(Fields);
            results.Add(answer.StatusCode == HttpStatusCode.TooManyRequests ? "refused"
                : answer.Headers.Contains("X-RateLimit-Delay") ? "delayed"
                : answer.Headers.Contains("X-RateLimit-Remaining") ? "warned" : "well");
        }

        Assert.Equal("well", results[0]);
        Assert.Equal(["well", "warned", "delayed", "refused"], results.Distinct());

        using var refused = await sandbox.GetAsync(Fields);
        Assert.Equal("0", Header(refused, "X-RateLimit-Remaining"));
        time.Advance(refused.Headers.RetryAfter!.Delta!.Value);
        using var after = await sandbox.GetAsync(Fields);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.False(after.Headers.Contains("X-RateLimit-Delay"));
        Assert.Equal(200, await StatusAsync(sandbox, Myself));
    }

    private static JsonObject Creation(string title) => new()
    {
        ["method"] = "PATCH",
        ["uri"] = "/Fabrikam/_apis/wit/workitems/$Task?api-version=7.1",
        ["headers"] = new JsonObject { ["Content-Type"] = "application/json-patch+json" },
        ["body"] = new JsonArray(
            new JsonObject { ["op"] = "add", ["path"] = "/fields/System.Title", ["value"] = title }),
    };

    private static async Task<int> CountAsync(SandboxClient sandbox) => (await sandbox.CallAsync(
        "POST",
        "/ado/contoso/Fabrikam/_apis/wit/wiql?api-version=7.1",
        new JsonObject { ["query"] = "SELECT [System.Id] FROM WorkItems" }))!["workItems"]!.AsArray().Count;

    private static async Task<int> StatusAsync(SandboxClient sandbox, string path)
    {
        using var answer = await sandbox.GetAsync(path);
        return (int)answer.StatusCode;
    }

    private static Task<string> TextAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    /// <summary>A clock on which a wait is over at once, and has used its time.</summary>
    private sealed class InstantTime : FakeTimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Advance(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
