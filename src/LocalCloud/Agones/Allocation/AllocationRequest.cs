using System.Text.Json;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Allocation;

/// <summary>A request that the allocation API cannot even read: it answers 500 with plain text.</summary>
internal sealed class AllocationDecodeException(string message) : Exception(message);

/// <summary>Orders servers by the room that is left in a counter or a list.</summary>
/// <param name="IsList">A list, not a counter.</param>
/// <param name="Key">Its name.</param>
/// <param name="Descending">Most room first; otherwise the fullest first.</param>
internal readonly record struct CapacityPriority(bool IsList, string Key, bool Descending);

/// <summary>A GameServerAllocation: what is asked, and the spec with its defaults as the answer repeats it.</summary>
internal sealed class AllocationRequest
{
    private const string GroupVersion = "allocation.agones.dev/v1";
    private const string ResourceKindName = "GameServerAllocation";

    public required string Namespace { get; init; }

    public required JsonObject Spec { get; init; }

    public required IReadOnlyList<GameServerSelector> Selectors { get; init; }

    public required IReadOnlyList<CapacityPriority> Priorities { get; init; }

    public bool Distributed => Spec.Text("scheduling") == AgonesNames.Distributed;

    public JsonObject? Labels => Spec.Child("metadata").Child("labels");

    public JsonObject? Annotations => Spec.Child("metadata").Child("annotations");

    public JsonObject? CounterActions => Spec.Child("counters");

    public JsonObject? ListActions => Spec.Child("lists");

    /// <exception cref="AllocationDecodeException">The body is no GameServerAllocation.</exception>
    /// <exception cref="ApiException">422 with every fault.</exception>
    public static AllocationRequest Read(ReadOnlySpan<byte> utf8, string @namespace)
    {
        var body = Decode(utf8);
        var spec = Normalize(body.Child("spec")?.Copy() ?? []);
        var causes = new List<StatusCause>();
        if (spec.Text("scheduling") is var scheduling && scheduling is not (AgonesNames.Packed or AgonesNames.Distributed))
        {
            causes.Add(new("FieldValueNotSupported", $"Unsupported value: \"{scheduling}\": supported values: \"Packed\", \"Distributed\"", "spec.scheduling"));
        }

        var selectors = spec.Items("selectors")!.OfType<JsonObject>()
            .Select((selector, index) => GameServerSelector.Read(selector, $"spec.selectors[{index}]", causes)).ToList();
        var priorities = ReadPriorities(spec, causes);
        causes.AddRange(LabelRules.Faults(spec.Child("metadata").Child("labels"), "spec.metadata.labels"));
        causes.AddRange(LabelRules.AnnotationFaults(spec.Child("metadata").Child("annotations"), "spec.metadata.annotations"));
        CheckActions(spec, causes);
        if (causes.Count > 0)
        {
            throw ApiException.Invalid($"{ResourceKindName}.allocation.agones.dev", "allocation.agones.dev", ResourceKindName, "", causes);
        }

        return new AllocationRequest { Namespace = @namespace, Spec = spec, Selectors = selectors, Priorities = priorities };
    }

    private static JsonObject Decode(ReadOnlySpan<byte> utf8)
    {
        JsonNode? node;
        try
        {
            node = JsonNodes.ParseStrict(utf8);
        }
        catch (JsonException)
        {
            throw new AllocationDecodeException("error decoding body: couldn't get version/kind; json parse error: unexpected end of JSON input");
        }

        if (node is not JsonObject body) throw new AllocationDecodeException("error decoding body: couldn't get version/kind; json parse error: the body is no object");
        if (body.Text("apiVersion") is not { Length: > 0 } version || body.Text("kind") is not { Length: > 0 } kind)
        {
            throw new AllocationDecodeException("error decoding body: Object 'Kind' is missing in the body");
        }

        if (version != GroupVersion || kind != ResourceKindName)
        {
            throw new AllocationDecodeException($"error decoding body: no kind \"{kind}\" is registered for version \"{version}\" in scheme "
                + "\"k8s.io/client-go/kubernetes/scheme/register.go:84\"");
        }

        return body;
    }

    private static JsonObject Normalize(JsonObject spec)
    {
        spec.Ensure("multiClusterSetting").Ensure("policySelector");
        var required = spec.Ensure("required");
        spec["scheduling"] ??= AgonesNames.Packed;
        spec.Ensure("metadata");
        if (spec.Items("selectors") is { Count: > 0 }) return spec;
        // The older form: preferred selectors, then the required one.
        var selectors = new JsonArray([.. (spec.Items("preferred") ?? []).Select(preferred => preferred!.DeepClone()), required.DeepClone()]);
        spec["selectors"] = selectors;
        return spec;
    }

    private static List<CapacityPriority> ReadPriorities(JsonObject spec, List<StatusCause> causes)
    {
        var read = new List<CapacityPriority>();
        foreach (var priority in spec.Items("priorities")?.OfType<JsonObject>() ?? [])
        {
            var path = $"spec.priorities[{read.Count}]";
            var type = priority.Text("type");
            var order = priority.Text("order") ?? "Ascending";
            if (type is not ("Counter" or "List"))
            {
                causes.Add(new("FieldValueNotSupported", $"Unsupported value: \"{type}\": supported values: \"Counter\", \"List\"", $"{path}.type"));
            }

            if (order is not ("Ascending" or "Descending"))
            {
                causes.Add(new("FieldValueNotSupported", $"Unsupported value: \"{order}\": supported values: \"Ascending\", \"Descending\"", $"{path}.order"));
            }

            read.Add(new CapacityPriority(type == "List", priority.Text("key") ?? "", order == "Descending"));
        }

        return read;
    }

    private static void CheckActions(JsonObject spec, List<StatusCause> causes)
    {
        foreach (var (name, node) in spec.Child("counters") ?? [])
        {
            var action = node as JsonObject;
            if (action.Text("action") is not (null or "Increment" or "Decrement"))
            {
                causes.Add(new("FieldValueNotSupported",
                    $"Unsupported value: \"{action.Text("action")}\": supported values: \"Increment\", \"Decrement\"", $"spec.counters[{name}].action"));
            }

            if (action.Integer("amount") < 0)
            {
                causes.Add(new("FieldValueInvalid", $"Invalid value: {action.Integer("amount")}: must be greater than or equal to 0", $"spec.counters[{name}].amount"));
            }
        }
    }
}
