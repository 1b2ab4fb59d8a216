using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Control;

internal enum FaultKind
{
    /// <summary>Answer with a status, nothing is done.</summary>
    Status,

    /// <summary>Wait, then go on.</summary>
    Delay,

    /// <summary>Cut the connection, nothing is done.</summary>
    DropBefore,

    /// <summary>Do it, then cut the connection.</summary>
    DropAfter,

    /// <summary>The service's own throttling answer; with status 200 the request is done and only warned.</summary>
    Throttle,

    /// <summary>
    /// What is answered instead of a service that is down: Azure DevOps' 503 with a byte order mark, a proxy's page for
    /// Jira.
    /// </summary>
    Outage,

    /// <summary>A <c>$batch</c> is answered by one response for all its requests, nothing is done.</summary>
    OneResponse,

    /// <summary>
    /// Another client gets in first: its request is the rule's body, <c>{"method","uri","headers","body"}</c>, in whose
    /// uri <c>{id}</c> and its like are those of the request that is late.
    /// </summary>
    OtherClient,

    /// <summary>
    /// Do it, and damage the body of the answer on its way: <c>how</c> is truncate, bytes, value or replace, and
    /// chance chooses where it is left out.
    /// </summary>
    Garble,
}

/// <summary>
/// One fault. What a rule does not say matches everything; <c>route</c> is a template as the statistics
/// show it, in which <c>*</c> matches any text. Where a rule is <c>final</c>, every request after the one that it strikes
/// is refused: to the services it is as if the client had been killed there.
/// </summary>
internal sealed class FaultRule
{
    private static readonly Dictionary<string, FaultKind> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["status"] = FaultKind.Status,
        ["delay"] = FaultKind.Delay,
        ["drop-before"] = FaultKind.DropBefore,
        ["drop-after"] = FaultKind.DropAfter,
        ["throttle"] = FaultKind.Throttle,
        ["outage"] = FaultKind.Outage,
        ["one-response"] = FaultKind.OneResponse,
        ["other-client"] = FaultKind.OtherClient,
        ["garble"] = FaultKind.Garble,
    };

    private static readonly string[] Names =
    [
        "service", "method", "route", "kind", "status", "reason", "headers", "body", "delayMs", "probability", "times",
        "skip", "final",
        "how", "seed",
    ];

    private string? _service;
    private string? _method;
    private Regex? _route;
    private double _probability = 1;
    private int? _times;
    private int _skip;
    private Random? _chance;

    /// <summary>What every request meets after the one that a final rule struck.</summary>
    public static FaultRule Refusal { get; } = new() { Kind = FaultKind.Status, Status = 403 };

    public FaultKind Kind { get; private init; }

    /// <summary>Whether everything that follows is refused.</summary>
    public bool IsFinal { get; private init; }

    public int? Status { get; private init; }

    /// <summary>
    /// Which limit a throttling answer is about: a <c>RateLimit-Reason</c> of Jira, a resource of Azure DevOps.
    /// </summary>
    public string? Reason { get; private init; }

    public IReadOnlyDictionary<string, string> Headers { get; private init; } = new Dictionary<string, string>();

    public string? Body { get; private init; }

    /// <summary>How an answer is damaged; chance chooses where it is null.</summary>
    public string? How { get; private init; }

    /// <summary>The body of the rule as it was given.</summary>
    public JsonNode? Request { get; private init; }

    public string BodyType { get; private init; } = "application/json; charset=utf-8";

    public TimeSpan Delay { get; private init; }

    /// <summary>Reads a rule; the text says what is wrong with it.</summary>
    public static FaultRule? Read(JsonNode? node, out string? problem)
    {
        problem = null;
        if (node is not JsonObject rule)
        {
            problem = "A fault rule is a JSON object.";
        }
        else if (rule.Select(property => property.Key).FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
        {
            problem = $"A fault rule has no '{unknown}'; it has {string.Join(", ", Names)}.";
        }
        else if (rule["kind"]?.Text() is { } kind && !Kinds.ContainsKey(kind))
        {
            problem = $"There is no fault kind '{kind}'; there are {string.Join(", ", Kinds.Keys)}.";
        }
        else if (rule["service"]?.Text() is not (null or ServiceName.Jira or ServiceName.AzureDevOps))
        {
            problem = "The service of a fault rule is 'jira' or 'ado'.";
        }

        else if (rule["status"] is JsonValue status && (!status.TryGetValue(out int code) || code is < 200 or > 599))
        {
            problem = "The status of a fault rule is a number from 200 to 599.";
        }
        else if (rule["how"]?.Text() is { } how && !Garbling.Ways.Contains(how))
        {
            problem = $"An answer can't be garbled by '{how}'; there are {string.Join(", ", Garbling.Ways)}.";
        }
        else if (rule["kind"]?.Text() == "other-client" && rule["body"].Get("uri").Text()?.StartsWith('/') != true)
        {
            problem =
                "The body of an other-client rule is the other client's request: method, uri from '/', headers, body.";
        }

        if (problem is not null)
        {
            return null;
        }

        try
        {
            var found = (JsonObject)node!;
            var body = found["body"];
            var headers = found["headers"]?.AsObject().ToDictionary(one => one.Key, one => one.Value.Text() ?? "")
                ?? [];
            var reason = found["reason"].Text();
            if (!headers.SelectMany(one => one.Key + one.Value).Concat(reason ?? "")
                .All(letter => letter is >= ' ' and <= '~'))
            {
                problem = "Headers are plain ASCII.";
                return null;
            }

            return new FaultRule
            {
                Kind = Kinds[found["kind"]?.Text() ?? "status"],
                Status = found["status"]?.GetValue<int>(),
                IsFinal = found["final"]?.GetValue<bool>() ?? false,
                Reason = reason,
                Headers = headers,
                How = found["how"].Text(),
                Request = body?.DeepClone(),
                Body = body is JsonValue && body.Text() is { } text ? text : body?.ToJsonString(),
                BodyType = body is JsonValue && body.Text()?.TrimStart().FirstOrDefault() == '<'
                    ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
                Delay = TimeSpan.FromMilliseconds(found["delayMs"]?.GetValue<double>() ?? 0),
                _service = found["service"].Text(),
                _method = found["method"].Text(),
                _route = found["route"].Text() is { } route ? Pattern(route) : null,
                _probability = found["probability"]?.GetValue<double>() ?? 1,
                _times = found["times"]?.GetValue<int>(),
                _skip = found["skip"]?.GetValue<int>() ?? 0,
                _chance = found["seed"] is { } seed ? new Random(seed.GetValue<int>()) : null,
            };
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or FormatException or OverflowException)
        {
            problem = $"A value of the fault rule has the wrong type. {wrong.Message}";
            return null;
        }
    }

    public bool Matches(string service, string method, string route) =>
        (_service is null || _service == service)
        && (_method is null || string.Equals(_method, method, StringComparison.OrdinalIgnoreCase))
        && (_route is null || _route.IsMatch(route));

    /// <summary>
    /// A chance of its own for what happens to one request; it follows from the rule's seed where it has one.
    /// </summary>
    public Random NextChance(Random random) => new((_chance ?? random).Next());

    /// <summary>Counts a matching request: true if it is this rule's turn.</summary>
    public bool Strikes(Random random)
    {
        random = _chance ?? random;
        if (_skip > 0)
        {
            _skip--;
            return false;
        }

        if (_times == 0 || (_probability < 1 && random.NextDouble() >= _probability))
        {
            return false;
        }

        _times--;
        return true;
    }

    private static Regex Pattern(string route) => new(
        "^" + Regex.Escape(route).Replace("\\*", ".*", StringComparison.Ordinal) + "$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
