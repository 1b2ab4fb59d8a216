using System.Security.Cryptography;
using System.Text;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.AzureDevOps.Accounts;

/// <summary>
/// Who may in: a PAT by Basic with any user name, or the same token as Bearer. A bad PAT gets the sign-in page with
/// status 203, or, where the client asks not to be redirected, an empty 401.
/// </summary>
internal static class AdoAuthentication
{
    private const string SignInPage =
        "<!DOCTYPE html><html lang=\"en\"><head><title>Azure DevOps Services | Sign In</title></head>"
        + "<body><p>Sign in to continue.</p></body></html>";

    /// <summary>Whose token a request carries; or null, and what the request gets instead.</summary>
    public static (AdoAccount? Account, Answer? Refusal) Check(IEnumerable<AdoAccount> accounts, HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString().Split(' ', 2, StringSplitOptions.TrimEntries);
        if (header is ["Bearer" or "bearer", var bearer])
        {
            return Of(bearer) is { } named ? (named, null)
                : (null, AdoError.NotAuthorized("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa").ToAnswer()
                    .With("WWW-Authenticate", "Bearer"));
        }

        if (
            header is ["Basic" or "basic", var basic]
            && PasswordOf(basic) is { } password
            && Of(password) is { } account)
        {
            return (account, null);
        }

        return (
            null,
            string.Equals(request.Headers["X-TFS-FedAuthRedirect"], "Suppress", StringComparison.OrdinalIgnoreCase)
                ? Answer.Empty(401).With("WWW-Authenticate", $"Basic realm=\"http://{request.Host}/\"")
                : Answer.Text(203, SignInPage, "text/html; charset=utf-8"));

        AdoAccount? Of(string token) => accounts.FirstOrDefault(one => IsSame(one.Token, token));
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

    private static bool IsSame(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
