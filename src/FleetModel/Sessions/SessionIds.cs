using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace FleetSystem.FleetModel.Sessions;

/// <summary>Session ids, derived from the caller's idempotency key: the same in every silo, cell and restart.</summary>
public static class SessionIds
{
    private const string Prefix = "s-";
    private const int HashBytes = 20;

    // Lower-case base32: a session id is also a Kubernetes label value and a URL segment.
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>Length of every session id.</summary>
    public const int Length = 2 + (HashBytes * 8 / 5);

    /// <summary>The id of the session that a caller means by a key.</summary>
    /// <param name="caller">Who asks: keys of different callers never meet.</param>
    /// <param name="idempotencyKey">The caller's key.</param>
    public static string FromKey(string caller, string idempotencyKey) =>
        Prefix + Base32(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Length}:{caller}{idempotencyKey}")).AsSpan(0, HashBytes));

    /// <summary>Whether a text has the form of a session id.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text.AsSpan(Prefix.Length).IndexOfAnyExcept(Letters) < 0;

    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 8 / 5);
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
