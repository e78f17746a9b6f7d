using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>What endpoint groups of both families have in common.</summary>
internal abstract class EndpointGroupRecord
{
    public required long Sequence { get; init; }

    public required string Arn { get; init; }

    public required ListenerRecord Listener { get; init; }

    public required string Region { get; init; }

    public abstract JsonObject ToJson(DateTimeOffset now);
}
