using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// Somebody else who works on the same services. What they send is real, and neither appears in the statistics nor
/// meets fault rules.
/// </summary>
internal sealed class OtherClient : IDisposable
{
    private const string Mark = "x-sandbox-other-client";

    private readonly HttpClient _client = new();
    private readonly string _secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    private AuthenticationHeaderValue? _jira;
    private AuthenticationHeaderValue? _ado;

    public void Start(Uri address, string jiraUser, string jiraToken, string adoToken)
    {
        _client.BaseAddress = address;
        _jira = Basic(jiraUser, jiraToken);
        _ado = Basic("", adoToken);
    }

    /// <summary>Whether a request is the other client's.</summary>
    public bool Sent(HttpRequest request) => request.Headers[Mark] == _secret;

    /// <summary>Sends what a rule says, on the occasion of a request. The result is only logged.</summary>
    public async Task SendAsync(JsonNode? rule, HttpContext occasion)
    {
        try
        {
            await TrySendAsync(rule, occasion);
        }
        catch (Exception wrong) when (wrong is HttpRequestException or FormatException)
        {
            await Console.Error.WriteLineAsync($"The other client could not send its request. {wrong.Message}");
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task TrySendAsync(JsonNode? rule, HttpContext occasion)
    {
        var uri = rule.Get("uri").Text()!;
        foreach (var (name, value) in occasion.Request.RouteValues)
        {
            uri = uri.Replace($"{{{name}}}", Uri.EscapeDataString(value as string ?? ""), StringComparison.Ordinal);
        }

        using var request = new HttpRequestMessage(new HttpMethod(rule.Get("method").Text() ?? "GET"), uri);
        request.Headers.Add(Mark, _secret);
        request.Headers.Authorization = uri.StartsWith("/jira", StringComparison.OrdinalIgnoreCase) ? _jira : _ado;
        if (rule.Get("body") is { } body)
        {
            request.Content = new StringContent(
                body.ToJsonString(), Encoding.UTF8, rule.Get("headers").GetAnyCase("Content-Type").Text()
                    ?? "application/json");
        }

        using var answer = await _client.SendAsync(request, occasion.RequestAborted);
        if (!answer.IsSuccessStatusCode)
        {
            await Console.Error.WriteLineAsync(
                $"The other client's {request.Method} {uri} got {(int)answer.StatusCode}: "
                    + await answer.Content.ReadAsStringAsync(occasion.RequestAborted));
        }
    }

    private static AuthenticationHeaderValue Basic(string user, string token) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{token}")));
}
