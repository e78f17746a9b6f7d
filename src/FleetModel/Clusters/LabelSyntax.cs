using System.Buffers;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>What Kubernetes allows as key and value of a label, and as key of an annotation.</summary>
public static class LabelSyntax
{
    /// <summary>The longest value, and the longest name within a key.</summary>
    public const int LongestName = 63;

    /// <summary>The longest prefix of a key, before its slash.</summary>
    public const int LongestPrefix = 253;

    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly SearchValues<char> DnsLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether a text can be a label's value. The empty text can.</summary>
    public static bool IsValue(string value) => ValueFault(value) is null;

    /// <summary>What is wrong with a label's value, as the rest of a sentence that begins with it; null when it is allowed.</summary>
    public static string? ValueFault(string value) =>
        value.Length == 0 || (value.Length <= LongestName && IsName(value))
            ? null
            : $"must be empty, or at most {LongestName} letters, digits, '-', '_' or '.' that begin and end with a letter or digit";

    /// <summary>What is wrong with the key of a label or an annotation, as the rest of a sentence that begins with it; null when it is allowed.</summary>
    public static string? KeyFault(string key)
    {
        var slash = key.IndexOf('/');
        var name = key.AsSpan(slash + 1);
        if (name.Length is 0 or > LongestName || !IsName(name))
            return $"must be a name of 1 to {LongestName} letters, digits, '-', '_' or '.' that begins and ends with a letter or digit, after an optional DNS name and '/'";
        return slash < 0 || IsDnsName(key.AsSpan(0, slash))
            ? null
            : $"must begin with a DNS name of at most {LongestPrefix} lower-case letters, digits, '-' and '.' before its '/'";
    }

    private static bool IsName(ReadOnlySpan<char> name) =>
        char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]) && !name.ContainsAnyExcept(NameLetters);

    private static bool IsDnsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > LongestPrefix) return false;
        foreach (var range in name.Split('.'))
        {
            var part = name[range];
            if (part.IsEmpty || part[0] == '-' || part[^1] == '-' || part.ContainsAnyExcept(DnsLetters)) return false;
        }

        return true;
    }
}
