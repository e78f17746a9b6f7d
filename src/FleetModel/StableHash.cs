using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace FleetSystem.FleetModel;

/// <summary>A text's hash, fit for ids: 160 bits of SHA-256 in lower-case base32, so that it is also a Kubernetes label value and a URL segment.</summary>
internal static class StableHash
{
    private const int HashBytes = 20;
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>Length of every hash, in characters.</summary>
    public const int Length = HashBytes * 8 / 5;

    /// <summary>The hash of a text.</summary>
    public static string Of(string text) => Base32(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));

    /// <summary>Whether a text has the form of a hash.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) => text.Length == Length && text.IndexOfAnyExcept(Letters) < 0;

    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(Length);
        var buffer = 0;
        var bits = 0;
        foreach (var value in bytes)
        {
            buffer = (buffer << 8) | value;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            buffer &= (1 << bits) - 1;
        }

        return text.ToString();
    }
}
