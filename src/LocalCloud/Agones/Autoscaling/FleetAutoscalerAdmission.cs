using System.Globalization;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Autoscaling;

/// <summary>Defaults and refusals for FleetAutoscalers. Only the policies that the controller serves are taken.</summary>
internal sealed class FleetAutoscalerAdmission : IAdmission
{
    private const string WebhookPrefix = "admission webhook \"validations.agones.dev\" denied the request: ";
    private const int DefaultIntervalSeconds = 30;

    public void Admit(JsonObject body, JsonObject? current)
    {
        var spec = body.Ensure("spec");
        var sync = spec.Ensure("sync");
        sync["type"] ??= "FixedInterval";
        sync.Ensure("fixedInterval")["seconds"] ??= DefaultIntervalSeconds;
        var causes = Faults(spec).ToList();
        if (causes.Count > 0) throw ApiException.Invalid(AgonesKinds.FleetAutoscaler, body.Child("metadata").Text("name") ?? "", causes, WebhookPrefix);
    }

    private static IEnumerable<StatusCause> Faults(JsonObject spec)
    {
        if (spec.Text("fleetName") is null or "") yield return new("FieldValueRequired", "Required value", "spec.fleetName");
        if (spec.Child("sync").Child("fixedInterval").Integer("seconds") is not > 0)
        {
            yield return new("FieldValueInvalid", "Invalid value: must be greater than 0", "spec.sync.fixedInterval.seconds");
        }

        var policy = spec.Child("policy");
        switch (policy.Text("type"))
        {
            case "Buffer" when policy.Child("buffer") is { } buffer:
                foreach (var cause in BufferFaults(buffer)) yield return cause;
                break;
            case "Webhook" when policy.Child("webhook") is { } webhook:
                if (!Uri.TryCreate(webhook.Text("url"), UriKind.Absolute, out _))
                {
                    yield return new("FieldValueInvalid", "Invalid value: a local cluster resolves no services: give an absolute url", "spec.policy.webhook.url");
                }

                break;
            case "Buffer" or "Webhook":
                yield return new("FieldValueRequired", "Required value: the policy needs its settings", $"spec.policy.{policy.Text("type")!.ToLowerInvariant()}");
                break;
            default:
                yield return new("FieldValueNotSupported",
                    $"Unsupported value: \"{policy.Text("type")}\": supported values: \"Buffer\", \"Webhook\"", "spec.policy.type");
                break;
        }
    }

    private static IEnumerable<StatusCause> BufferFaults(JsonObject buffer)
    {
        var least = buffer.Integer("minReplicas") ?? 0;
        var most = buffer.Integer("maxReplicas") ?? 0;
        if (most <= 0) yield return new("FieldValueInvalid", $"Invalid value: {most}: maxReplicas must be greater than 0", "spec.policy.buffer.maxReplicas");
        if (least > most)
        {
            yield return new("FieldValueInvalid", $"Invalid value: {least}: minReplicas should be smaller than maxReplicas", "spec.policy.buffer.minReplicas");
        }

        if (buffer.Text("bufferSize") is { } share)
        {
            var valid = share.EndsWith('%') && int.TryParse(share.AsSpan(0, share.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
                && percent is > 0 and < 100;
            if (!valid) yield return new("FieldValueInvalid", $"Invalid value: \"{share}\": bufferSize must be between 1% and 99%", "spec.policy.buffer.bufferSize");
            else if (least == 0) yield return new("FieldValueInvalid", "Invalid value: 0: minReplicas should be above 0 when bufferSize is a percentage", "spec.policy.buffer.minReplicas");
        }
        else if (buffer.Integer("bufferSize") is not { } size || size <= 0)
        {
            yield return new("FieldValueInvalid", "Invalid value: bufferSize must be greater than 0", "spec.policy.buffer.bufferSize");
        }
        else
        {
            if (most < size) yield return new("FieldValueInvalid", $"Invalid value: {most}: maxReplicas should be bigger than or equal to bufferSize", "spec.policy.buffer.maxReplicas");
            if (least != 0 && least < size) yield return new("FieldValueInvalid", $"Invalid value: {least}: minReplicas should be bigger than or equal to bufferSize", "spec.policy.buffer.minReplicas");
        }
    }
}
