using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;

namespace JiraAdoSync.Sandbox.Jira.Bulk;

/// <summary>
/// Work that Jira Cloud does in the background. It is accepted with one request and done only after some more have
/// arrived in, so that a client that reads at once sees what was before.
/// </summary>
internal sealed class JiraTask(
    string id, string description, JiraAccount submitter, DateTimeOffset submitted, Action<JiraTask> work)
{
    public string Id { get; } = id;

    public JiraAccount Submitter { get; } = submitter;

    public DateTimeOffset Submitted { get; } = submitted;

    /// <summary>Whether it is one of the bulk operations, which the queue reports.</summary>
    public bool IsBulk { get; init; }

    /// <summary>How many issues it is about.</summary>
    public int Total { get; init; }

    /// <summary>How many requests are still to come in before it is done.</summary>
    public int RequestsLeft { get; set; }

    public string Status { get; private set; } = "ENQUEUED";

    public bool IsPending => Status is "ENQUEUED" or "RUNNING";

    /// <summary>The ids of the issues with which it came to an end.</summary>
    public List<long> Processed { get; } = [];

    /// <summary>Why issues were left as they are, by their ids.</summary>
    public Dictionary<long, string[]> Failed { get; } = [];

    /// <summary>What it reports when it is done, if it is no bulk operation.</summary>
    public JsonNode? Result { get; set; }

    private DateTimeOffset? Started { get; set; }

    private DateTimeOffset? Finished { get; set; }

    /// <summary>Advances by one request.</summary>
    public void Advance(DateTimeOffset now, SandboxSwitches switches)
    {
        Started ??= now;
        if (RequestsLeft-- > 0)
        {
            Status = "RUNNING";
            return;
        }

        Finished = now;
        if (switches.JiraTasksThatFail > 0)
        {
            switches.JiraTasksThatFail--;
            Status = "FAILED";
            return;
        }

        work(this);
        Status = "COMPLETE";
    }

    public void Cancel(DateTimeOffset now) => (Status, Finished) = ("CANCELLED", now);

    /// <summary>The task in the queue of bulk operations.</summary>
    public JsonObject ToQueueJson()
    {
        var json = new JsonObject
        {
            ["taskId"] = Id,
            ["status"] = Status,
            ["progressPercent"] = IsPending ? 0 : 100,
            ["submittedBy"] = new JsonObject { ["accountId"] = Submitter.Id },
            ["created"] = Submitted.ToUnixTimeMilliseconds(),
        };
        if (Started is { } started)
        {
            json["started"] = started.ToUnixTimeMilliseconds();
            json["updated"] = (Finished ?? started).ToUnixTimeMilliseconds();
        }

        // What became of each issue is reported only at the end.
        if (Status == "COMPLETE")
        {
            json["totalIssueCount"] = Total;
            json["invalidOrInaccessibleIssueCount"] = 0;
            json["processedAccessibleIssues"] = new JsonArray([.. Processed.Select(one => JsonValue.Create(one))]);
            json["failedAccessibleIssues"] = new JsonObject(Failed.Select(one => KeyValuePair.Create(
                one.Key.ToString(CultureInfo.InvariantCulture),
                (JsonNode?)new JsonArray([.. one.Value.Select(text => JsonValue.Create(text))]))));
        }

        return json;
    }

    /// <summary>The task as the tasks of any kind are read.</summary>
    public JsonObject ToJson(string api)
    {
        var json = new JsonObject
        {
            ["self"] = $"{api}/task/{Id}",
            ["id"] = Id,
            ["description"] = description,
            ["status"] = Status,
            ["submittedBy"] = Submitter.Number,
            ["progress"] = IsPending ? 0 : 100,
            ["elapsedRuntime"] = (long)((Finished - Started) ?? TimeSpan.Zero).TotalMilliseconds,
            ["submitted"] = Submitted.ToUnixTimeMilliseconds(),
            ["lastUpdate"] = (Finished ?? Started ?? Submitted).ToUnixTimeMilliseconds(),
        };
        if (Started is { } started)
        {
            json["started"] = started.ToUnixTimeMilliseconds();
        }

        if (Finished is { } finished)
        {
            json["finished"] = finished.ToUnixTimeMilliseconds();
        }

        if (Result is not null)
        {
            json["result"] = Result.DeepClone();
        }

        return json;
    }
}

/// <summary>The tasks of the site. Nothing lists them: whoever loses an id can't ask for the task any more.</summary>
internal sealed class JiraTasks(JiraSite site)
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(14);

    private readonly Dictionary<string, JiraTask> _all = [];

    /// <summary>Accepts work on issues, and reports each of them in the queue.</summary>
    public JiraTask AddBulk(string description, JiraAccount submitter, int total, Action<JiraTask> work) => Add(
        new JiraTask(NextId(), description, submitter, site.Now, work) { IsBulk = true, Total = total });

    /// <summary>Takes on work of another kind.</summary>
    public JiraTask Add(string description, JiraAccount submitter, Action<JiraTask> work) =>
        Add(new JiraTask(NextId(), description, submitter, site.Now, work));

    /// <summary>A task of the last two weeks.</summary>
    public JiraTask? Find(string id) =>
        _all.GetValueOrDefault(id) is { } task && site.Now - task.Submitted < Life ? task : null;

    /// <summary>Lets the tasks go on; called with each request.</summary>
    public void Advance()
    {
        foreach (var task in _all.Values.Where(task => task.IsPending).ToList())
        {
            task.Advance(site.Now, site.Switches);
        }
    }

    private JiraTask Add(JiraTask task)
    {
        _all.Add(task.Id, task);
        task.RequestsLeft = site.Switches.RequestsBeforeJiraTasks;
        if (task.RequestsLeft == 0)
        {
            task.Advance(site.Now, site.Switches);
        }

        return task;
    }

    private string NextId() => site.NextId("task").ToString(CultureInfo.InvariantCulture);
}
