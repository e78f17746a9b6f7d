using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Who owns an object: when the owner goes, so does the object.</summary>
internal readonly record struct OwnerReference(string Uid, string Kind, string Name, bool Controller);

/// <summary>
/// One version of one object. Immutable and serialized once: lists and watches send these very bytes, and whoever wants to change the
/// object parses a copy of its own.
/// </summary>
internal sealed class StoredObject
{
    internal static readonly IReadOnlyDictionary<string, string> NoLabels = FrozenDictionary<string, string>.Empty;

    public required ResourceKind Kind { get; init; }

    public required string? Namespace { get; init; }

    public required string Name { get; init; }

    public required string Key { get; init; }

    public required string Uid { get; init; }

    public required long ResourceVersion { get; init; }

    public required long Generation { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required IReadOnlyList<OwnerReference> Owners { get; init; }

    public required bool Deleting { get; init; }

    public required bool HasFinalizers { get; init; }

    public required byte[] Utf8 { get; init; }

    /// <summary>Length of everything but metadata and status within <see cref="Content"/>.</summary>
    public required int BodyLength { get; init; }

    /// <summary>Where metadata ends: what follows is spec and status.</summary>
    public required int ContentStart { get; init; }

    /// <summary>What the kind's <see cref="ResourceKind.ReadFacts"/> made of this version.</summary>
    public required object? Facts { get; init; }

    /// <summary>Everything after metadata: spec, other properties, then status.</summary>
    public ReadOnlySpan<byte> Content => Utf8.AsSpan(ContentStart);

    public ReadOnlySpan<byte> Body => Utf8.AsSpan(ContentStart, BodyLength);

    /// <summary>The serialized object without apiVersion and kind, as items of core lists have it.</summary>
    public ReadOnlyMemory<byte> WithoutType => Utf8.AsMemory(Kind.Prefix.Length);

    public OwnerReference? ControllerOwner
    {
        get
        {
            foreach (var owner in Owners)
            {
                if (owner.Controller) return owner;
            }

            return null;
        }
    }

    public JsonObject ToJson() => (JsonObject)JsonNodes.Parse(Utf8)!;

    public override string ToString() => $"{Kind.GroupResource} {Key} @{ResourceVersion}";
}
