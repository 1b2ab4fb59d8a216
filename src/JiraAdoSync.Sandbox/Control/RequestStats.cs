using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>Counts what was sent to either service, by route template and status; a cut connection counts as status 0.</summary>
internal sealed class RequestStats
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Service, string Route, string Method, int Status), long> _counts = [];

    public void Count(string service, string method, string route, int status)
    {
        lock (_gate)
        {
            var key = (service, route, method, status);
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            _counts.Clear();
        }
    }

    public JsonObject ToJson()
    {
        lock (_gate)
        {
            long Sum(string service) => _counts.Where(one => one.Key.Service == service).Sum(one => one.Value);
            return new JsonObject
            {
                ["total"] = _counts.Values.Sum(),
                ["byService"] = new JsonObject
                {
                    [ServiceName.Jira] = Sum(ServiceName.Jira),
                    [ServiceName.AzureDevOps] = Sum(ServiceName.AzureDevOps),
                },
                ["routes"] = new JsonArray([.. _counts.Select(one => new JsonObject
                {
                    ["service"] = one.Key.Service,
                    ["method"] = one.Key.Method,
                    ["route"] = one.Key.Route,
                    ["status"] = one.Key.Status,
                    ["count"] = one.Value,
                })]),
            };
        }
    }
}
