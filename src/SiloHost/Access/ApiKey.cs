using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FleetSystem.SiloHost.Access;

/// <summary>A key by which somebody is known: who he is, what he may do, and the key's hash.</summary>
internal sealed class ApiKey
{
    // Of the hash: enough to tell keys apart, for people and for sign-ins.
    private const int IdBytes = 8;

    private readonly byte[] _hash;

    private ApiKey(string name, AccessRole role, byte[] hash) => (Name, Role, _hash, Id) = (name, role, hash, Convert.ToHexStringLower(hash, 0, IdBytes));

    /// <summary>Who has it.</summary>
    public string Name { get; }

    /// <summary>What he may do.</summary>
    public AccessRole Role { get; }

    /// <summary>Names the key and tells nothing of it: the beginning of its hash, so that two of one owner can be told apart.</summary>
    public string Id { get; }

    /// <summary>The first bytes of its hash, by which it is looked up.</summary>
    public ulong Prefix => PrefixOf(_hash);

    /// <summary>The first bytes of a hash.</summary>
    public static ulong PrefixOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt64BigEndian(hash);

    /// <summary>A key as it is configured, or null when its entry has faults.</summary>
    public static ApiKey? Of(ApiKeyOptions options) => ApiKeyOptions.IsHash(options.Sha256) ? new ApiKey(options.Name, options.Role, Convert.FromHexString(options.Sha256)) : null;

    /// <summary>Whether it is the key with this hash. How long it takes says nothing.</summary>
    public bool Is(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(_hash, hash);

    /// <summary>For logs and findings.</summary>
    public override string ToString() => $"{Name}/{Id} ({Role})";
}
