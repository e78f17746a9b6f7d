using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetManager.Ops;

namespace FleetSystem.FleetManager.Events;

/// <summary>What changed between two looks at the membership of the cell.</summary>
internal static class SiloEvents
{
    /// <summary>The changes.</summary>
    public static IEnumerable<FleetEvent> Between(IReadOnlyList<OpsSilo> before, IReadOnlyList<OpsSilo> after, DateTimeOffset now)
    {
        foreach (var silo in after)
        {
            var known = before.FirstOrDefault(other => other.Address == silo.Address);
            if (known?.Status == silo.Status) continue;
            switch (silo.Status)
            {
                case SiloStatus.Active:
                    yield return new(now, EventKind.Silo, Severity.Good, "", silo.Name, $"Silo {silo.Name} joined, on {silo.Host}");
                    break;
                case SiloStatus.ShuttingDown or SiloStatus.Stopping when known is { Status: SiloStatus.Active }:
                    yield return new(now, EventKind.Silo, Severity.Notice, "", silo.Name, $"Silo {silo.Name} is leaving");
                    break;
                case SiloStatus.Dead when known is { Status: SiloStatus.ShuttingDown or SiloStatus.Stopping }:
                    yield return new(now, EventKind.Silo, Severity.Notice, "", silo.Name, $"Silo {silo.Name} has left");
                    break;
                case SiloStatus.Dead when known is not null:
                    yield return new(now, EventKind.Silo, Severity.Critical, "", silo.Name, $"Silo {silo.Name} was declared dead; its grains move");
                    break;
            }
        }

        // The membership's table is cleaned of the dead; nobody saw this one die.
        foreach (var gone in before.Where(silo => silo.Status == SiloStatus.Active && after.All(other => other.Address != silo.Address)))
            yield return new(now, EventKind.Silo, Severity.Warning, "", gone.Name, $"Silo {gone.Name} is in the membership no longer");
    }
}
