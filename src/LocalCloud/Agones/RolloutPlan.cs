using System.Globalization;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>How a Fleet moves to a new template.</summary>
/// <param name="Recreate">All old servers go before new ones come.</param>
/// <param name="MaxSurge">Servers above the number asked for, as a number or a share.</param>
/// <param name="MaxUnavailable">Servers below it.</param>
internal sealed record RolloutStrategy(bool Recreate, string MaxSurge, string MaxUnavailable)
{
    public static RolloutStrategy Read(JsonObject fleet)
    {
        var strategy = fleet.Child("spec").Child("strategy");
        var rolling = strategy.Child("rollingUpdate");
        return new RolloutStrategy(strategy.Text("type") == "Recreate", Amount(rolling, "maxSurge"), Amount(rolling, "maxUnavailable"));
    }

    public int Surge(int replicas) => Resolve(MaxSurge, replicas, roundUp: true);

    public int Unavailable(int replicas) => Resolve(MaxUnavailable, replicas, roundUp: false);

    private static string Amount(JsonObject? rolling, string name) =>
        rolling.Text(name) ?? rolling.Integer(name)?.ToString(CultureInfo.InvariantCulture) ?? "25%";

    // At least one either way, or a small Fleet would never move.
    private static int Resolve(string amount, int replicas, bool roundUp)
    {
        if (!amount.EndsWith('%')) return Math.Max(1, int.TryParse(amount, CultureInfo.InvariantCulture, out var number) ? number : 1);
        var share = double.TryParse(amount.AsSpan(0, amount.Length - 1), CultureInfo.InvariantCulture, out var percent) ? percent / 100 : 0.25;
        return Math.Max(1, (int)(roundUp ? Math.Ceiling(share * replicas) : Math.Floor(share * replicas)));
    }
}

/// <summary>Replicas for the set of the present template and for each older one, as the next step of a rollout.</summary>
internal readonly record struct RolloutPlan(int Active, IReadOnlyList<int> Rest)
{
    public static RolloutPlan Make(RolloutStrategy strategy, int replicas, ReplicaFacts? active, IReadOnlyList<ReplicaFacts> rest)
    {
        // Allocated servers of older sets count toward the Fleet until their sessions end.
        var allocated = rest.Sum(set => set.Status.Allocated);
        var wanted = Math.Max(0, replicas - allocated);
        if (rest.Count == 0) return new RolloutPlan(replicas, []);
        if (strategy.Recreate)
        {
            var gone = rest.All(set => set.Status.Replicas == set.Status.Allocated);
            return new RolloutPlan(gone ? wanted : active?.Replicas ?? 0, [.. rest.Select(_ => 0)]);
        }

        var oldServers = rest.Sum(set => set.Status.Replicas);
        var room = Math.Max(0, replicas + strategy.Surge(replicas) - oldServers);
        var up = Math.Min(wanted, Math.Max(room, Math.Min(active?.Replicas ?? 0, wanted)));
        return new RolloutPlan(up, ShrinkRest(strategy, replicas, wanted, active, rest));
    }

    /// <summary>Older sets give up what the new set's Ready servers make up for, beyond the share that may be missing.</summary>
    private static List<int> ShrinkRest(RolloutStrategy strategy, int replicas, int wanted, ReplicaFacts? active, IReadOnlyList<ReplicaFacts> rest)
    {
        var ready = (active?.Status.Ready ?? 0) + (active?.Status.Allocated ?? 0);
        var done = ready >= wanted;
        var available = ready + rest.Sum(set => set.Status.Ready + set.Status.Allocated);
        var spare = Math.Max(0, available - (replicas - strategy.Unavailable(replicas)));
        var plan = new List<int>(rest.Count);
        foreach (var set in rest)
        {
            var idle = set.Status.Replicas - set.Status.Allocated;
            var keep = done ? 0 : Math.Max(0, idle - spare);
            spare = Math.Max(0, spare - idle);
            // What counts is the number of servers that stay: those that are Allocated stay in any case.
            var target = keep == 0 ? 0 : keep + set.Status.Allocated;
            plan.Add(Math.Min(set.Replicas, target));
        }

        return plan;
    }
}
