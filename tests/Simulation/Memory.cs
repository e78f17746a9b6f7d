using System.Collections;
using System.Reflection;
using FleetSystem.FleetManager.Clusters;
using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.Simulation.Tests;

/// <summary>
/// What grains remember between calls and must forget with the sessions: a leak shows here long before it shows in a process's memory. The
/// fields are private, as they should be; a renamed one fails the simulation by name.
/// </summary>
internal static class Memory
{
    private static readonly (Type Type, string Field)[] Forgotten =
    [
        (typeof(ClusterState), "_claims"),
        (typeof(ClusterState), "_told"),
        (typeof(OrphanReconciler), "_unclaimedSince"),
        (typeof(SessionGrain), "_early"),
    ];

    private static readonly (Type Type, string Field)[] Parts =
    [
        (typeof(ClusterGrain), "_state"),
        (typeof(ClusterGrain), "_claimer"),
        (typeof(ClusterGrain), "_orphans"),
    ];

    /// <summary>What an object still remembers though it should not, or null.</summary>
    public static string? NotEmpty(object owner)
    {
        foreach (var (type, field) in Forgotten.Where(entry => entry.Type.IsInstanceOfType(owner)))
        {
            var count = ((IEnumerable)Read(type, field, owner)).Cast<object>().Count();
            if (count > 0) return $"{type.Name}.{field} holds {count} entries, and there is no session any more.";
        }

        return Parts.Where(entry => entry.Type.IsInstanceOfType(owner)).Select(entry => NotEmpty(Read(entry.Type, entry.Field, owner))).FirstOrDefault(left => left is not null);
    }

    private static object Read(Type type, string field, object owner) =>
        (type.GetField(field, BindingFlags.Instance | BindingFlags.NonPublic) ?? throw new MissingFieldException(type.Name, field)).GetValue(owner)!;
}
