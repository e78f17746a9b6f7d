using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>Which of a fleet's servers are looked at; what is null is not looked at. It is part of a page's address: it can be sent to somebody, and the browser's way back works.</summary>
/// <param name="Cluster">Their cluster.</param>
/// <param name="Zone">Their zone.</param>
/// <param name="Node">Their node.</param>
/// <param name="State">Their state as Agones reports it.</param>
/// <param name="Version">Image of their game server without the registry.</param>
/// <param name="Name">What their names contain, in letters of any case.</param>
public sealed record ServerFilter(string? Cluster, string? Zone, string? Node, GameServerState? State, string? Version, string? Name)
{
    /// <summary>Leaves nothing out.</summary>
    public static readonly ServerFilter All = new(null, null, null, null, null, null);

    /// <summary>The filter of an address. What is empty or no state is not looked at.</summary>
    public static ServerFilter Of(string? cluster, string? zone, string? node, string? state, string? version, string? name) => new(
        Or(cluster), Or(zone), Or(node), Enum.TryParse<GameServerState>(state, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null, Or(version), Or(name));

    /// <summary>What it is in an address.</summary>
    public IReadOnlyDictionary<string, object?> ToQuery() => new Dictionary<string, object?>
    {
        ["name"] = Name,
        ["cluster"] = Cluster,
        ["zone"] = Zone,
        ["node"] = Node,
        ["state"] = State?.ToString(),
        ["version"] = Version,
    };

    /// <summary>What is asked of those who know the servers.</summary>
    internal OpsServerFilter ToQuestion() => new(null, Cluster, Zone, Node, State, Version, Name);

    private static string? Or(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
