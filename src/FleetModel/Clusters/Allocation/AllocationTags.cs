using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>
/// Tags of claims that belong to a director. A tag is the value of a label that the claimed server gets; it is found again by asking the API
/// server, without any state of ours. The label is one of <see cref="Slots"/>, chosen by the tag: a server that hosts several sessions is
/// allocated again and again, each time keeps the tags of the others, and never has more labels than that.
/// </summary>
public static class AllocationTags
{
    /// <summary>Most tags on one server. With more claims of it, a later one takes the place of an earlier one of the same slot.</summary>
    public const int Slots = 32;

    /// <summary>Length of every tag.</summary>
    public const int Length = 34;

    private const string Prefix = "a-";
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>The tag of the claim that a caller means by an idempotency key.</summary>
    /// <param name="caller">Who asks: keys of different callers never meet.</param>
    /// <param name="idempotencyKey">The caller's key.</param>
    public static string FromKey(string caller, string idempotencyKey)
    {
        // Five bits of each byte of the hash.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Length}:{caller}{idempotencyKey}"));
        return Prefix + string.Create(hash.Length, hash, static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = Alphabet[bytes[i] & 31];
        });
    }

    /// <summary>A tag that no other claim has, for a request without a key.</summary>
    public static string OneOff() => Prefix + RandomNumberGenerator.GetString(Alphabet, Length - Prefix.Length);

    /// <summary>Whether a text has the form of a tag.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text.AsSpan(Prefix.Length).IndexOfAnyExcept(Letters) < 0;

    /// <summary>Key of the label that carries a tag, and of the annotation that carries its request's fingerprint.</summary>
    /// <exception cref="ArgumentException">It is no tag.</exception>
    public static string KeyOf(string tag) => IsWellFormed(tag)
        ? string.Create(CultureInfo.InvariantCulture, $"{AgonesKeys.AllocationPrefix}{Alphabet.IndexOf(tag[^1])}")
        : throw new ArgumentException($"'{tag}' is no allocation's tag.", nameof(tag));
}
