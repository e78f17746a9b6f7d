using System.Buffers.Binary;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Uids and name suffixes of one cluster, from its seed: the same run names its objects the same way.</summary>
internal sealed class IdSource(int seed)
{
    // The characters Kubernetes appends for generateName: no vowels, nothing easily mistaken.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    public string Uid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_gate) _random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    public string Suffix()
    {
        Span<byte> bytes = stackalloc byte[8];
        lock (_gate) _random.NextBytes(bytes);
        var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return string.Create(SuffixLength, value, static (text, rest) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Alphabet[(int)(rest % (ulong)Alphabet.Length)];
                rest /= (ulong)Alphabet.Length;
            }
        });
    }

    /// <summary>A number below <paramref name="limit"/>, for choices that the real system leaves to chance.</summary>
    public int Next(int limit)
    {
        lock (_gate) return _random.Next(limit);
    }
}
