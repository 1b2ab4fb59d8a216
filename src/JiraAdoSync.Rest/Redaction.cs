using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Rest;

/// <summary>
/// Takes secrets out of texts that come from elsewhere: a proxy that is asked for the wrong thing may well answer with
/// all that it was sent. What is left of a text is one line of a bearable length.
/// </summary>
internal static partial class Redaction
{
    private const int LongestText = 2000;
    private const int LongestName = 20;
    private const string Stars = "***";

    /// <summary>The text without the credentials that were sent, and without what looks like any.</summary>
    public static string Clean(string text, AuthenticationHeaderValue? sent)
    {
        foreach (var secret in SecretsOf(sent))
        {
            text = text.Replace(secret, Stars, StringComparison.OrdinalIgnoreCase);
        }

        text = HeaderValue().Replace(text, $"$1 {Stars}");
        text = UserOfAddress().Replace(text, $"://{Stars}@");
        text = SecretOfQuery().Replace(text, $"$1={Stars}");
        text = ControlCharacters().Replace(text, " ").Trim();
        return text.Length > LongestText ? $"{text[..LongestText]}..." : text;
    }

    /// <summary>
    /// What was thrown, without secrets: as it is where none of its messages has any, in words of its own otherwise. A
    /// proxy's user and password are in what the runtime says of it.
    /// </summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="clean">Takes secrets out of a text.</param>
    public static Exception Clean(Exception failure, Func<string, string> clean)
    {
        for (var one = failure; one is not null; one = one.InnerException!)
        {
            var message = ControlCharacters().Replace(one.Message, " ").Trim();
            if (clean(message) != message)
            {
                return new RedactedException(failure, clean);
            }
        }

        return failure;
    }

    /// <summary>
    /// An address that a service leads to: without user and query, and without what is too long for a name in its path.
    /// </summary>
    public static string Address(Uri address)
    {
        var path = address.AbsolutePath.Split('/').Select(segment => segment.Length > LongestName ? Stars : segment);
        return $"{address.Scheme}://{address.Authority}{string.Join('/', path)}".TrimEnd('/');
    }

    private static IEnumerable<string> SecretsOf(AuthenticationHeaderValue? sent)
    {
        if (sent?.Parameter is not { Length: > 0 } parameter)
        {
            yield break;
        }

        var decoded = new byte[parameter.Length];
        if (sent.Scheme == "Basic" && Convert.TryFromBase64String(parameter, decoded, out var length))
        {
            var pair = Encoding.UTF8.GetString(decoded, 0, length);
            var password = pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
            if (password.Length > 0)
            {
                yield return password;
                yield return Uri.EscapeDataString(password);
            }
        }

        yield return parameter;
        yield return Uri.EscapeDataString(parameter);
    }

    [GeneratedRegex(@"\b(Basic|Bearer)\s+[A-Za-z0-9+/=._~-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex HeaderValue();

    [GeneratedRegex(@"://[^/?#\s@]+@")]
    private static partial Regex UserOfAddress();

    [GeneratedRegex(
        @"\b((?:access_|refresh_|id_|api_?)?token|api_?key|(?:client_)?secret|password|sig|signature|jwt)=[^&\s""'<>]+",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretOfQuery();

    [GeneratedRegex(@"[\p{Cc}\p{Zl}\p{Zp}\s]+")]
    private static partial Regex ControlCharacters();
}

/// <summary>Something that was thrown, and all that led to it, with texts that have no secrets.</summary>
internal sealed class RedactedException : Exception
{
    private readonly string _type;

    /// <param name="failure">What was thrown.</param>
    /// <param name="clean">Takes secrets out of a text.</param>
    public RedactedException(Exception failure, Func<string, string> clean)
        : base(
            clean(failure.Message),
            failure.InnerException is { } inner ? new RedactedException(inner, clean) : null) =>
        _type = failure.GetType().FullName!;

    /// <inheritdoc/>
    public override string ToString() => InnerException is null
        ? $"{_type}: {Message}" : $"{_type}: {Message}{Environment.NewLine} ---> {InnerException}";
}
