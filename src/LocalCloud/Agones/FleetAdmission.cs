using System.Text.Json;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Defaults and refusals for Fleets, as Agones' schema and webhooks have them.</summary>
internal sealed class FleetAdmission : IAdmission
{
    private const string DefaultSurge = "25%";
    private const string WebhookPrefix = "admission webhook \"validations.agones.dev\" denied the request: ";

    public void Admit(JsonObject body, JsonObject? current)
    {
        var name = body.Child("metadata").Text("name") ?? "";
        var spec = body.Ensure("spec");
        var causes = new List<StatusCause>();
        if (spec["replicas"] is { } replicas && replicas.Integer() is not >= 0) AddReplicaFault(causes, replicas);
        if (spec.Text("scheduling") is { } scheduling && scheduling is not (AgonesNames.Packed or AgonesNames.Distributed))
        {
            causes.Add(new("FieldValueNotSupported", $"Unsupported value: \"{scheduling}\": supported values: \"Packed\", \"Distributed\"", "spec.scheduling"));
        }

        if (spec.Child("template") is not { } template)
        {
            causes.Add(new("FieldValueRequired", "Required value", "spec.template"));
            throw ApiException.Invalid(AgonesKinds.Fleet, name, causes);
        }

        if (causes.Count > 0) throw ApiException.Invalid(AgonesKinds.Fleet, name, causes);
        // Updates pass the webhook that refuses, not the one that completes; the controller does that afterwards.
        if (current is null) Normalize(body);
        causes.AddRange(GameServerDefaults.Faults(template.Ensure("spec"), "spec.template."));
        if (causes.Count > 0) throw ApiException.Invalid(AgonesKinds.Fleet, name, causes, WebhookPrefix);
    }

    public void Complete(JsonObject body) => Normalize(body);

    /// <summary>Fills in what a Fleet leaves open.</summary>
    public static bool Normalize(JsonObject body)
    {
        var spec = body.Ensure("spec");
        var template = spec.Ensure("template");
        body.Ensure("metadata").Ensure("annotations")[AgonesNames.VersionAnnotation] = AgonesNames.Version;
        spec["replicas"] ??= 0;
        spec["scheduling"] ??= AgonesNames.Packed;
        var strategy = spec.Ensure("strategy");
        strategy["type"] ??= "RollingUpdate";
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Ensure("rollingUpdate");
            rolling["maxSurge"] ??= DefaultSurge;
            rolling["maxUnavailable"] ??= DefaultSurge;
        }

        GameServerDefaults.NormalizeMetadata(template);
        GameServerDefaults.NormalizeTemplate(template.Ensure("spec"));
        return true;
    }

    private static void AddReplicaFault(List<StatusCause> causes, JsonNode replicas)
    {
        var value = replicas.ToJsonString();
        if (replicas.GetValueKind() != JsonValueKind.Number)
        {
            causes.Add(new("FieldValueTypeInvalid", $"Invalid value: {value}: spec.replicas in body must be of type integer", "spec.replicas"));
            return;
        }

        causes.Add(new("FieldValueInvalid", $"Invalid value: {value}: spec.replicas in body should be greater than or equal to 0", "spec.replicas"));
        causes.Add(new("FieldValueInvalid", $"Invalid value: {value}: should be a non-negative integer", ".spec.replicas"));
    }
}
