using System.Collections.Frozen;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>Which of a server's ports is the game's, by Agones Fleet.</summary>
internal sealed class PortNames(IEnumerable<FleetOptions> fleets)
{
    private readonly FrozenDictionary<string, string> _names = fleets
        .Where(fleet => !string.IsNullOrEmpty(fleet.Port))
        .SelectMany(fleet => fleet.NamesInAgones, (fleet, name) => (Name: name, fleet.Port))
        .GroupBy(pair => pair.Name, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.First().Port!, StringComparer.Ordinal);

    /// <summary>
    /// The named port of the fleet, or the first where the fleet names none. 0 when there is no such port: players must rather not be sent
    /// there than to another port than the operator named.
    /// </summary>
    public int Choose(string fleet, IReadOnlyList<ServerPort> ports)
    {
        if (!_names.TryGetValue(fleet, out var name)) return ports.Count == 0 ? 0 : ports[0].Port;
        foreach (var port in ports)
        {
            if (port.Name == name) return port.Port;
        }

        return 0;
    }
}
