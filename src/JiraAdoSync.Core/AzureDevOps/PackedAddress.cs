using System.Globalization;

namespace JiraAdoSync.AzureDevOps;

/// <summary>
/// An address that ends in a number, as those of work items and issues do: a run keeps several for each issue, and all
/// but the number is the same in most of them.
/// </summary>
internal readonly record struct PackedAddress
{
    /// <summary>Nine digits at most, none of them a leading zero.</summary>
    private const int MostDigits = 9;

    /// <summary>The beginnings that were seen last.</summary>
    private static readonly string?[] Beginnings = new string?[256];

    private readonly string _beginning;

    /// <summary>The number at the end; -1 where there is none.</summary>
    private readonly int _number;

    private PackedAddress(string beginning, int number) => (_beginning, _number) = (beginning, number);

    /// <summary>Packs an address.</summary>
    /// <param name="address">The address.</param>
    public static PackedAddress Of(string address)
    {
        // Files that people wrote may have none; whoever reads them refuses that.
        var digits = address.AsSpan()[(address.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1)..];
        digits = digits[Math.Max(0, digits.Length - MostDigits)..];
        digits = digits[(digits.IndexOfAnyExcept('0') is >= 0 and var zeros ? zeros : digits.Length)..];
        return digits.Length == 0
            ? new PackedAddress(address, -1)
            : new PackedAddress(
                Share(address.AsSpan(..^digits.Length)), int.Parse(digits, CultureInfo.InvariantCulture));
    }

    /// <summary>The address as it was.</summary>
    public override string ToString() => _number < 0
        ? _beginning
        : string.Create(CultureInfo.InvariantCulture, $"{_beginning}{_number}");

    private static string Share(ReadOnlySpan<char> beginning)
    {
        var last = beginning.Length == 0 ? 0 : beginning[^1] + (beginning[beginning.Length / 2] * 31);
        ref var kept = ref Beginnings[((beginning.Length * 7) + last) % Beginnings.Length];
        var text = kept;
        return text is not null && beginning.SequenceEqual(text) ? text : kept = beginning.ToString();
    }
}
