using FleetSystem.FleetModel.Configuration;
using Orleans.Configuration;

namespace FleetSystem.SiloHost;

/// <summary>
/// When a silo of a cluster counts as dead. Silos probe each other; who misses several probes in a row is suspected, and who is suspected by enough
/// others is dead: its grains come up elsewhere, and should it still live it finds itself dead in the table and ends. Until then calls to it wait.
/// Two ways lead there. Of a process that ended the connections break, and probes fail at once: it is dead in about two <see cref="ProbeTimeout"/>. Of one that
/// hangs they stay open, and Orleans counts no suspicion against a silo that was heard of within <see cref="MaxProbeTimeout"/> x <see cref="MissedProbes"/>: so much
/// later it is dead, and a silo that is merely slow is not.
/// </summary>
public sealed class MembershipOptions
{
    /// <summary>
    /// How long a probe is waited for, and the pause between two; it adapts between half of that and <see cref="MaxProbeTimeout"/> as answers come. The
    /// default is 0.5 seconds, where Orleans' is 5: silos of a cell are in one region, 2 ms apart, so that a silo which takes half a second is ill. 0.1 to 30 seconds.
    /// </summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// The longest that a probe is ever waited for: a machine that is merely busy must not lose its silo. The default is 2 seconds;
    /// <see cref="ProbeTimeout"/> to 1 minute.
    /// </summary>
    public TimeSpan MaxProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Probes missed in a row that make a suspicion. The default is 3: one lost packet or a long garbage collection is none. With the time-out it sets
    /// how soon a silo is noticed that ended or hangs. 1 to 10.
    /// </summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>
    /// Silos that must suspect one to have it declared dead; in a cluster of fewer, all others must. The default is 2: one silo with a broken network
    /// cannot declare the healthy ones dead. 1 to 5.
    /// </summary>
    public int Votes { get; set; } = 2;

    /// <summary>Time between two looks at the membership table, beside what silos tell each other at once. The default is 5 seconds; 0.5 seconds to 5 minutes.</summary>
    public TimeSpan TableRefresh { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time between two signs of life in the membership table. The default is 5 seconds: entries whose sign is three times as old belong to silos that
    /// all died together, and do not keep a new cluster from starting. 1 second to 5 minutes.
    /// </summary>
    public TimeSpan IAmAliveInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Tells every fault.</summary>
    /// <param name="faults">Where to.</param>
    /// <param name="key">Key of this object below the list's section.</param>
    internal void Check(FaultList faults, string key)
    {
        faults.Within(ProbeTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30), $"{key}:{nameof(ProbeTimeout)}");
        faults.Within(MaxProbeTimeout, ProbeTimeout, TimeSpan.FromMinutes(1), $"{key}:{nameof(MaxProbeTimeout)}");
        faults.Within(MissedProbes, 1, 10, $"{key}:{nameof(MissedProbes)}");
        faults.Within(Votes, 1, 5, $"{key}:{nameof(Votes)}");
        faults.Within(TableRefresh, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(5), $"{key}:{nameof(TableRefresh)}");
        faults.Within(IAmAliveInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), $"{key}:{nameof(IAmAliveInterval)}");
    }

    internal void Apply(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = ProbeTimeout;
        membership.MinProbeTimeout = ProbeTimeout / 2;
        membership.MaxProbeTimeout = MaxProbeTimeout;
        membership.NumMissedProbesLimit = MissedProbes;
        membership.NumVotesForDeathDeclaration = Votes;
        membership.TableRefreshTimeout = TableRefresh;
        membership.IAmAliveTablePublishTimeout = IAmAliveInterval;
    }
}
