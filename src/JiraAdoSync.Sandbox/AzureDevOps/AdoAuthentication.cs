using System.Security.Cryptography;
using System.Text;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>
/// Who may in: a PAT by Basic with any user name, or the same token as Bearer. A bad PAT gets the sign-in page with
/// status 203, or, where the client asks not to be redirected, an empty 401.
/// </summary>
internal sealed class AdoAuthentication(string token)
{
    private const string SignInPage =
        "<!DOCTYPE html><html lang=\"en\"><head><title>Azure DevOps Services | Sign In</title></head>"
        + "<body><p>Sign in to continue.</p></body></html>";

    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <summary>Null if the request may pass, or what it gets instead.</summary>
    public Answer? Refuse(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString().Split(' ', 2, StringSplitOptions.TrimEntries);
        if (header is ["Bearer" or "bearer", var bearer])
        {
            return IsToken(bearer) ? null : AdoError.NotAuthorized("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa").ToAnswer()
                .With("WWW-Authenticate", "Bearer");
        }

        if (header is ["Basic" or "basic", var basic] && PasswordOf(basic) is { } password && IsToken(password))
        {
            return null;
        }

        return string.Equals(request.Headers["X-TFS-FedAuthRedirect"], "Suppress", StringComparison.OrdinalIgnoreCase)
            ? Answer.Empty(401).With("WWW-Authenticate", $"Basic realm=\"http://{request.Host}/\"")
            : Answer.Text(203, SignInPage, "text/html; charset=utf-8");
    }

    private static string? PasswordOf(string basic)
    {
        try
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(basic));
            return pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? pair[(colon + 1)..] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private bool IsToken(string text) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), _token);
}
