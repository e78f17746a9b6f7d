using System.Text;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>What raises <c>metadata.generation</c>.</summary>
internal enum GenerationRule
{
    /// <summary>The kind carries no generation (Nodes).</summary>
    None,

    /// <summary>Only creation: what changes a Pod's spec here (its binding) is no change of intent.</summary>
    Creation,

    /// <summary>A change of anything but metadata and status.</summary>
    Spec,

    /// <summary>A change of anything but metadata: custom resources without a status subresource (GameServers).</summary>
    SpecAndStatus,
}

/// <summary>Fills in defaults and refuses what must not be stored, as webhooks and schemas do.</summary>
internal interface IAdmission
{
    /// <summary>Changes the object in place; <paramref name="current"/> is null on create.</summary>
    /// <exception cref="ApiException">The object is refused.</exception>
    void Admit(JsonObject body, JsonObject? current);

    /// <summary>Fills in what an object leaves open, so that a manifest applied again equals what is stored.</summary>
    void Complete(JsonObject body)
    {
    }
}

/// <summary>A kind of object that the API serves, and the rules that it is stored under.</summary>
internal sealed class ResourceKind
{
    private byte[]? _prefix;

    public string Group { get; init; } = "";

    public string Version { get; init; } = "v1";

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public bool Namespaced { get; init; } = true;

    /// <summary>A custom resource: no strategic merge patch, list items carry apiVersion and kind.</summary>
    public bool Custom { get; init; }

    public bool StatusSubresource { get; init; }

    /// <summary>Name of the property in spec and status that <c>/scale</c> reads and writes, or null without that subresource.</summary>
    public string? ScaleProperty { get; init; }

    public GenerationRule Generation { get; init; } = GenerationRule.None;

    /// <summary>Deletion is asked for first and confirmed by whoever runs the object (Pods on nodes).</summary>
    public bool GracefulDeletion { get; init; }

    public IAdmission? Admission { get; init; }

    /// <summary>Reads what controllers need of an object, once per version, so that they need not parse it.</summary>
    public Func<JsonObject, object?>? ReadFacts { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The resource as messages name it: <c>gameservers.agones.dev</c>, <c>nodes</c>.</summary>
    public string GroupResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The kind as validation messages name it: <c>GameServer.agones.dev</c>, <c>Node</c>.</summary>
    public string GroupKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>How the serialized form of every object of this kind begins, up to its metadata.</summary>
    public ReadOnlySpan<byte> Prefix =>
        _prefix ??= Encoding.UTF8.GetBytes($$"""{"apiVersion":"{{ApiVersion}}","kind":"{{Kind}}",""");

    public string Key(string? @namespace, string name) => Namespaced ? $"{@namespace}/{name}" : name;

    public override string ToString() => GroupResource;
}
