using System.Buffers;
using System.Text.Json;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>Writes the bodies of requests that change a Fleet's size, and reads what their answers mean. Pure.</summary>
internal static class FleetSizeRequests
{
    /// <summary>
    /// A merge patch of one version: of the Fleet's Scale, whose resourceVersion is the Fleet's, or of the FleetAutoscaler. Kubernetes refuses it with 409 when the object has another one.
    /// </summary>
    public static ReadOnlyMemory<byte> Patch(FleetSizePatch patch)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("resourceVersion", patch.ResourceVersion);
            json.WriteEndObject();
            json.WriteStartObject("spec");
            switch (patch)
            {
                case FleetSizePatch.Scale(_, _, var replicas):
                    json.WriteNumber("replicas", replicas);
                    break;
                case FleetSizePatch.SetBuffer(_, _, var policy):
                    json.WriteStartObject("policy");
                    json.WriteStartObject("buffer");
                    json.WriteNumber("minReplicas", policy.MinReplicas);
                    json.WriteNumber("maxReplicas", policy.MaxReplicas);
                    if (policy.BufferSize.IsPercent) json.WriteString("bufferSize", policy.BufferSize.ToString());
                    else json.WriteNumber("bufferSize", policy.BufferSize.Value);
                    json.WriteEndObject();
                    json.WriteEndObject();
                    break;
                default:
                    throw new ArgumentException($"No such change: {patch}.", nameof(patch));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The answer to anything but a 2xx. What does not prove that nothing was written is <see cref="FleetSizeAnswer.Unknown"/>.</summary>
    /// <param name="failure">What the API server said.</param>
    /// <param name="name">Name of the object.</param>
    public static FleetSizeAnswer FromFailure(ApiFailure failure, string name) => failure.StatusCode switch
    {
        409 => new FleetSizeAnswer.Outdated(),
        404 when failure.SaysNotFound(name) => new FleetSizeAnswer.Outdated(),
        401 or 429 => new FleetSizeAnswer.Refused(failure.ToString(), Transient: true),
        >= 400 and < 500 => new FleetSizeAnswer.Refused(failure.ToString(), Transient: false),
        503 when failure.RetryAfter is not null => new FleetSizeAnswer.Refused(failure.ToString(), Transient: true),

        // Agones is away: its webhook is asked before anything is stored.
        500 when failure.Message.Contains("failed calling webhook", StringComparison.Ordinal) => new FleetSizeAnswer.Refused(failure.ToString(), Transient: true),
        _ => new FleetSizeAnswer.Unknown(failure.ToString()),
    };

    /// <summary>The answer when there is no whole answer.</summary>
    public static FleetSizeAnswer FromException(Exception exception, bool deadlinePassed, TimeSpan timeout)
    {
        if (TransportFailure.NothingSent(exception)) return new FleetSizeAnswer.Refused(TransportFailure.Describe(exception), Transient: true);
        return new FleetSizeAnswer.Unknown(deadlinePassed
            ? $"no answer within {timeout.TotalSeconds:0.###} s"
            : $"the connection failed before the answer was whole: {TransportFailure.Describe(exception)}");
    }
}
