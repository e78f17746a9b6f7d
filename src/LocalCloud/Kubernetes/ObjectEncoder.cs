using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// An object on its way into the store. Spec and status are serialized before the store's lock is taken; under the lock only metadata,
/// which then carries the version, is.
/// </summary>
internal sealed class ObjectEncoder
{
    private static readonly JsonEncodedText StatusName = JsonEncodedText.Encode("status");

    private readonly ResourceKind _kind;
    private readonly ReadOnlyMemory<byte> _content;
    private readonly int _bodyLength;
    private readonly object? _facts;
    private readonly IReadOnlyList<OwnerReference> _owners;

    public ObjectEncoder(ResourceKind kind, JsonObject body)
    {
        _kind = kind;
        Metadata = body.Ensure("metadata");
        var content = new ArrayBufferWriter<byte>(2048);
        foreach (var (key, value) in body.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (key is "apiVersion" or "kind" or "metadata" or "status") continue;
            WriteProperty(content, JsonEncodedText.Encode(key), value);
        }

        _bodyLength = content.WrittenCount;
        if (body.TryGetPropertyValue("status", out var status)) WriteProperty(content, StatusName, status);
        content.Write("}"u8);
        _content = content.WrittenMemory;
        _facts = kind.ReadFacts?.Invoke(body);
        _owners = ReadOwners(Metadata);
    }

    public JsonObject Metadata { get; }

    private static ReadOnlySpan<byte> MetadataName => "\"metadata\":"u8;

    public bool HasFinalizers => Metadata.Items("finalizers") is { Count: > 0 };

    public bool Deleting => Metadata.Text("deletionTimestamp") is not null;

    /// <summary>The object with its version; <paramref name="current"/> itself when nothing differs from it.</summary>
    public StoredObject Encode(StoredObject? current, long nextVersion)
    {
        if (current is not null && IsSame(current)) return current;
        return Encode(current, nextVersion, NextGeneration(current));
    }

    /// <summary>The last state of an object, under the version of its deletion.</summary>
    public StoredObject EncodeFinal(StoredObject current, long version) => Encode(current, version, current.Generation);

    private StoredObject Encode(StoredObject? current, long nextVersion, long generation)
    {
        SetVersion(nextVersion, generation);
        var utf8 = Assemble(out var contentStart);
        return new StoredObject
        {
            Kind = _kind,
            Namespace = Metadata.Text("namespace"),
            Name = Metadata.Text("name")!,
            Key = current?.Key ?? _kind.Key(Metadata.Text("namespace"), Metadata.Text("name")!),
            Uid = current?.Uid ?? Metadata.Text("uid")!,
            ResourceVersion = nextVersion,
            Generation = generation,
            Labels = ReadLabels(current?.Labels),
            Owners = _owners.SequenceEqual(current?.Owners ?? []) ? current?.Owners ?? [] : _owners,
            Deleting = Deleting,
            HasFinalizers = HasFinalizers,
            Utf8 = utf8,
            BodyLength = _bodyLength,
            ContentStart = contentStart,
            Facts = _facts,
        };
    }

    // Metadata is compared first: where it differs, as after a change of labels, nothing else need be looked at.
    private bool IsSame(StoredObject current)
    {
        SetVersion(current.ResourceVersion, current.Generation);
        var start = _kind.Prefix.Length + MetadataName.Length;
        return CanonicalJson.SerializeShared(Metadata).SequenceEqual(current.Utf8.AsSpan(start, current.ContentStart - start))
            && _content.Span.SequenceEqual(current.Content);
    }

    private static void WriteProperty(ArrayBufferWriter<byte> content, JsonEncodedText name, JsonNode? value)
    {
        content.Write(",\""u8);
        content.Write(name.EncodedUtf8Bytes);
        content.Write("\":"u8);
        content.Write(CanonicalJson.SerializeShared(value));
    }

    private static List<OwnerReference> ReadOwners(JsonObject metadata)
    {
        if (metadata.Items("ownerReferences") is not { Count: > 0 } references) return [];
        var owners = new List<OwnerReference>(references.Count);
        foreach (var reference in references.OfType<JsonObject>())
        {
            owners.Add(new OwnerReference(
                reference.Text("uid") ?? "",
                reference.Text("kind") ?? "",
                reference.Text("name") ?? "",
                reference["controller"] is JsonValue controller && controller.TryGetValue<bool>(out var yes) && yes));
        }

        return owners;
    }

    private long NextGeneration(StoredObject? current)
    {
        if (_kind.Generation == GenerationRule.None) return 0;
        if (current is null || _kind.Generation == GenerationRule.Creation) return 1;
        var changed = _kind.Generation == GenerationRule.Spec
            ? !current.Body.SequenceEqual(_content.Span[.._bodyLength])
            : !current.Content.SequenceEqual(_content.Span);
        // Asking for deletion counts as a change of intent.
        return changed || (Deleting && !current.Deleting) ? current.Generation + 1 : current.Generation;
    }

    private void SetVersion(long version, long generation)
    {
        Metadata["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        if (_kind.Generation != GenerationRule.None) Metadata["generation"] = generation;
    }

    private byte[] Assemble(out int contentStart)
    {
        var metadata = CanonicalJson.SerializeShared(Metadata);
        var prefix = _kind.Prefix;
        contentStart = prefix.Length + MetadataName.Length + metadata.Length;
        var utf8 = new byte[contentStart + _content.Length];
        prefix.CopyTo(utf8);
        MetadataName.CopyTo(utf8.AsSpan(prefix.Length));
        metadata.CopyTo(utf8.AsSpan(prefix.Length + MetadataName.Length));
        _content.Span.CopyTo(utf8.AsSpan(contentStart));
        return utf8;
    }

    private IReadOnlyDictionary<string, string> ReadLabels(IReadOnlyDictionary<string, string>? current)
    {
        var labels = Metadata.Child("labels");
        if (labels is null || labels.Count == 0) return StoredObject.NoLabels;
        if (current is not null && current.Count == labels.Count && Same(current, labels)) return current;
        return new Dictionary<string, string>(labels.Strings(), StringComparer.Ordinal);
    }

    private static bool Same(IReadOnlyDictionary<string, string> current, JsonObject labels)
    {
        foreach (var (key, value) in labels.Strings())
        {
            if (!current.TryGetValue(key, out var known) || known != value) return false;
        }

        return true;
    }
}
