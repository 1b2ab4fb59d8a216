using System.Security.Cryptography;
using System.Text;
using JiraAdoSync.Sandbox.Jira.Accounts;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.Jira;

internal enum JiraSignIn
{
    SignedIn,

    /// <summary>No credentials came.</summary>
    Anonymous,

    /// <summary>A token by Bearer that nobody has.</summary>
    WrongToken,

    /// <summary>A user and password by Basic that don't fit.</summary>
    WrongPassword,
}

/// <summary>
/// Who asks: Cloud takes user and token by Basic, and at its gateway other tokens by Basic and by Bearer; Data Center
/// takes the token as Bearer, too.
/// </summary>
internal static class JiraAuthentication
{
    public static (JiraSignIn SignIn, JiraAccount? Account) Check(JiraSite site, HttpRequest request)
    {
        var isAtGateway = JiraGateway.Led(request.HttpContext);
        var header = request.Headers.Authorization.ToString().Split(' ', 2, StringSplitOptions.TrimEntries);
        if (header is ["Bearer" or "bearer", var bearer])
        {
            Func<JiraAccount, string>? tokenOf = site.Flavor == JiraFlavor.DataCenter ? account => account.Token
                : isAtGateway ? account => account.OAuthToken
                : null;
            return Found(
                tokenOf is null ? null : site.Accounts.FirstOrDefault(account => IsSame(bearer, tokenOf(account))),
                JiraSignIn.WrongToken);
        }

        if (header is not ["Basic" or "basic", var basic])
        {
            return (header[0].Length > 0 ? JiraSignIn.WrongToken : JiraSignIn.Anonymous, null);
        }

        try
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(basic)).Split(':', 2);
            var named = pair.Length == 2 ? site.Accounts.FirstOrDefault(
                account => account.EmailAddress.Equals(pair[0], StringComparison.OrdinalIgnoreCase)) : null;
            return Found(named is not null && IsSame(pair[1], isAtGateway ? named.ScopedToken : named.Token)
                ? named
                : null, JiraSignIn.WrongPassword);
        }
        catch (FormatException)
        {
            return (JiraSignIn.WrongPassword, null);
        }
    }

    private static (JiraSignIn SignIn, JiraAccount? Account) Found(JiraAccount? account, JiraSignIn otherwise) =>
        (account is null ? otherwise : JiraSignIn.SignedIn, account);

    private static bool IsSame(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
