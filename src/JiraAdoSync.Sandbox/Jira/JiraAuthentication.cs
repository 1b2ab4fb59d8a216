using System.Security.Cryptography;
using System.Text;
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

/// <summary>Who asks: Cloud takes user and token by Basic, Data Center also the token as Bearer.</summary>
internal sealed class JiraAuthentication(JiraFlavor flavor, string user, string token)
{
    public JiraSignIn Check(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString().Split(' ', 2, StringSplitOptions.TrimEntries);
        if (header is ["Bearer" or "bearer", var bearer])
        {
            return flavor == JiraFlavor.DataCenter && IsSame(bearer, token) ? JiraSignIn.SignedIn : JiraSignIn.WrongToken;
        }

        if (header is not ["Basic" or "basic", var basic])
        {
            return header[0].Length > 0 ? JiraSignIn.WrongToken : JiraSignIn.Anonymous;
        }

        try
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(basic));
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon >= 0 && pair[..colon].Equals(user, StringComparison.OrdinalIgnoreCase) && IsSame(pair[(colon + 1)..], token)
                ? JiraSignIn.SignedIn : JiraSignIn.WrongPassword;
        }
        catch (FormatException)
        {
            return JiraSignIn.WrongPassword;
        }
    }

    private static bool IsSame(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
