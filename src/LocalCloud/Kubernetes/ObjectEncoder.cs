using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// An object on its way into the store. Spec and status are serialized before the store's lock is taken; under the lock only metadata,
/// which then carries the version, is.
/// </summary>
internal sealed class ObjectEncoder
{
    private readonly ResourceKind _kind;
    private readonly byte[] _content;
    private readonly int _bodyLength;
    private readonly object? _facts;
    private readonly IReadOnlyList<OwnerReference> _owners;

    public ObjectEncoder(ResourceKind kind, JsonObject body)
    {
        _kind = kind;
        Metadata = body.Ensure("metadata");
        var buffer = new ArrayBufferWriter<byte>(2048);
        foreach (var (key, value) in body.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (key is "apiVersion" or "kind" or "metadata" or "status") continue;
            WriteProperty(buffer, key, value);
        }

        _bodyLength = buffer.WrittenCount;
        if (body.TryGetPropertyValue("status", out var status)) WriteProperty(buffer, "status", status);
        buffer.Write("}"u8);
        _content = buffer.WrittenSpan.ToArray();
        _facts = kind.ReadFacts?.Invoke(body);
        _owners = ReadOwners(Metadata);
    }

    public JsonObject Metadata { get; }

    public bool HasFinalizers => Metadata.Items("finalizers") is { Count: > 0 };

    public bool Deleting => Metadata.Text("deletionTimestamp") is not null;

    /// <summary>The object with its version; <paramref name="current"/> itself when nothing differs from it.</summary>
    public StoredObject Encode(StoredObject? current, long nextVersion)
    {
        if (current is not null)
        {
            SetVersion(current.ResourceVersion, current.Generation);
            var same = Assemble(out _);
            if (same.AsSpan().SequenceEqual(current.Utf8)) return current;
        }

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

    private static void WriteProperty(ArrayBufferWriter<byte> buffer, string key, JsonNode? value)
    {
        buffer.Write(","u8);
        CanonicalJson.Write(buffer, JsonValue.Create(key));
        buffer.Write(":"u8);
        CanonicalJson.Write(buffer, value);
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
        if (current is null) return 1;
        var changed = _kind.Generation == GenerationRule.Spec
            ? !current.Body.SequenceEqual(_content.AsSpan(0, _bodyLength))
            : !current.Content.SequenceEqual(_content);
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
        var buffer = new ArrayBufferWriter<byte>(_kind.Prefix.Length + 512 + _content.Length);
        buffer.Write(_kind.Prefix);
        buffer.Write("\"metadata\":"u8);
        CanonicalJson.Write(buffer, Metadata);
        contentStart = buffer.WrittenCount;
        buffer.Write(_content);
        return buffer.WrittenSpan.ToArray();
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
