using System.Collections.Concurrent;
using System.Reflection;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.Matchmaker.Tests.Allocator;

/// <summary>Regions in memory in place of the grains: what is claimed is remembered by its tag, and found again.</summary>
internal sealed class ScriptedAllocator
{
    private readonly ConcurrentDictionary<string, (string Region, DirectorOutcome Outcome)> _claimed = new(StringComparer.Ordinal);
    private int _served;

    /// <summary>What comes of a claim, by region.</summary>
    public Func<string, DirectorClaim, DirectorOutcome> OnAllocate { get; set; } = (_, _) => DirectorOutcome.Without(DirectorResult.NoServer, "blue", "none");

    /// <summary>Claims that reached a region, in order.</summary>
    public ConcurrentQueue<(string Region, DirectorClaim Claim)> Claims { get; } = new();

    /// <summary>Serves every claim with a server of its own, in the preferred zone.</summary>
    public void Serve() => OnAllocate = (region, claim) =>
    {
        var key = AllocationTags.KeyOf(claim.Tag);
        var number = Interlocked.Increment(ref _served);
        var outcome = new DirectorOutcome
        {
            Result = DirectorResult.Claimed,
            Server = new GameServerSnapshot { Name = $"gs-{number}", Address = "127.0.10.1", Node = "node-1" },
            Status = new AllocationStatus
            {
                Ports = [new ServerPort("game", 7188)],
                Addresses = [new ServerAddress("InternalIP", "127.0.10.1"), new ServerAddress("Hostname", "node-1")],
                Labels = new Dictionary<string, string>(claim.Order.Labels) { [key] = claim.Tag },
                Annotations = new Dictionary<string, string>(claim.Order.Annotations) { [key] = claim.Fingerprint },
                Counters = new Dictionary<string, CounterStatus> { ["rooms"] = new(1, 3) },
                Lists = new Dictionary<string, ListStatus> { ["players"] = new(["p1"], 4) },
            },
            Cluster = "blue",
            Zone = claim.PreferredZone ?? $"{region}-a",
        };
        return outcome;
    };

    /// <summary>Takes in that a claim came to pass, whatever its caller is told.</summary>
    public void Remember(string region, DirectorClaim claim, DirectorOutcome outcome) => _claimed[claim.Tag] = (region, outcome);

    public IGrainFactory AsGrains()
    {
        var factory = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)(object)factory).Allocator = this;
        return factory;
    }

    internal class Factory : DispatchProxy
    {
        internal ScriptedAllocator Allocator { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod is { Name: nameof(IGrainFactory.GetGrain), ReturnType: var type } && type == typeof(IAllocatorGrain)
                ? new Region((string)args![0]!, Allocator)
                : throw new NotSupportedException($"{targetMethod}");
    }

    private sealed class Region(string id, ScriptedAllocator owner) : IAllocatorGrain
    {
        public Task<DirectorOutcome> Allocate(DirectorClaim claim)
        {
            owner.Claims.Enqueue((id, claim));
            var outcome = owner.OnAllocate(id, claim);
            if (outcome.Result == DirectorResult.Claimed) owner._claimed[claim.Tag] = (id, outcome);
            return Task.FromResult(outcome);
        }

        public Task<DirectorOutcome> Find(string tag) => Task.FromResult(
            owner._claimed.TryGetValue(tag, out var claimed) && claimed.Region == id ? claimed.Outcome : DirectorOutcome.Without(DirectorResult.NoServer, "", "none"));
    }
}
