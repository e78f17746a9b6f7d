using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>One region of a <see cref="TestCell"/>: two clusters, Blue before Green, in three zones.</summary>
internal sealed class Lane(TestCell cell, int number)
{
    // Of real time: the cell's clock stands still meanwhile.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    public string Region => $"r{number}";

    public string ZoneA => $"r{number}a";

    public string ZoneB => $"r{number}b";

    public string ZoneC => $"r{number}c";

    public FakeAgonesCluster Blue { get; } = cell.Agones[$"r{number}-blue"];

    public FakeAgonesCluster Green { get; } = cell.Agones[$"r{number}-green"];

    /// <summary>Adds a node with servers in a zone of Blue, and waits until the silo knows them.</summary>
    public async Task<IReadOnlyList<string>> AddServers(string zone, int count, string fleet = "arena", string? node = null)
    {
        node ??= $"node-{zone}";
        Blue.AddNode(node, zone);
        var names = Enumerable.Range(0, count).Select(_ => Blue.AddServer(node, fleet)).ToList();
        await UntilKnown(Blue);
        return names;
    }

    /// <summary>Adds a node with servers in zone A of Green, and waits until the silo knows them.</summary>
    public async Task AddGreenServers(int count)
    {
        Green.AddNode("green-node", ZoneA);
        for (var i = 0; i < count; i++) Green.AddServer("green-node");
        await UntilKnown(Green);
    }

    /// <summary>Waits until the silo has counted every Ready server that a cluster has.</summary>
    public async Task UntilKnown(FakeAgonesCluster cluster)
    {
        var grain = cell.Grains.GetGrain<IClusterGrain>(cluster.Id);
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var status = await grain.GetStatus();
            var ready = cluster.Servers.Count(server => server.State == FleetModel.Clusters.GameServerState.Ready);
            var counted = status.Fleets.Sum(capacity => capacity.Ready);
            if (status.Synced && counted == ready) return;
            if (TimeProvider.System.GetElapsedTime(began) > LongestWait)
                throw new TimeoutException($"The silo counts {counted} Ready servers of {cluster.Id} (listed: {status.Synced}), which has {ready}, after {LongestWait}.");
        }
    }

    public SessionRequest Request(string? zone = null, string fleet = "arena", WaitFor waitFor = WaitFor.Allocated, double deadlineSeconds = 10) => new()
    {
        Fleet = fleet,
        Players = [new SessionPlayer("p1", new Dictionary<string, int>()), new SessionPlayer("p2", new Dictionary<string, int>())],
        Region = Region,
        PreferredZone = zone,
        WaitFor = waitFor,
        Deadline = TimeSpan.FromSeconds(deadlineSeconds),
        Lifetime = TimeSpan.FromHours(1),
    };

    public ISessionGrain Session(string key) => cell.Grains.GetGrain<ISessionGrain>(SessionIds.FromKey(Region, key));

    /// <summary>Creates a session, and waits for the answer.</summary>
    public Task<CreateReply> Create(string key, SessionRequest? request = null) => cell.Wait(Session(key).Create(request ?? Request(), "print"));

    public async Task<SessionRecord> Get(string key) => (await Session(key).Get())!.Session;

    /// <summary>Waits until a session is somewhere.</summary>
    public async Task<SessionRecord> Until(string key, Func<SessionRecord, bool> where, TimeSpan? step = null)
    {
        SessionRecord? seen = null;
        var asking = Task.CompletedTask;
        await cell.Until(
            () =>
            {
                if (asking.IsFaulted) asking.GetAwaiter().GetResult();
                if (seen is not null && where(seen)) return true;
                if (asking.IsCompleted) asking = AskAsync();
                return false;
            },
            $"session {key} is where the test wants it",
            step);
        return seen!;

        async Task AskAsync() => seen = (await Session(key).Get())?.Session;
    }

    /// <summary>Waits until the region is as the test wants it.</summary>
    public async Task UntilRegion(Func<RegionStatus, bool> where)
    {
        RegionStatus? seen = null;
        var asking = Task.CompletedTask;
        await cell.Until(
            () =>
            {
                if (asking.IsFaulted) asking.GetAwaiter().GetResult();
                if (seen is not null && where(seen)) return true;
                if (asking.IsCompleted) asking = AskAsync();
                return false;
            },
            $"region {Region} is as the test wants it");

        async Task AskAsync() => seen = await cell.Grains.GetGrain<IRegionGrain>(Region).GetStatus();
    }

    public SessionRecord? Stored(string key) => cell.Store.Stored<SessionGrainState>(SessionGrainState.Name, Session(key))?.Session;
}
