using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.GlobalAccelerator;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Api;
using PlayerRouteKind = FleetSystem.GameClient.RouteKind;

namespace FleetSystem.LocalCloud.Tour;

/// <summary>
/// The steps of the tour. Each acts on the running system from outside: over the players' API, through the players' paths, by faults of the
/// local cloud and by signals to processes.
/// </summary>
internal sealed class TourSteps(LocalCloudOptions options, IProgress<string> progress, ILoggerFactory logs, TimeProvider time) : IAsyncDisposable
{
    private const int Players = 4;
    private const int DatagramsEach = 200;
    private static readonly TimeSpan FailoverGoal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReplacementGoal = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FlappingTime = TimeSpan.FromSeconds(5);
    private const double FlappingLoss = 0.1;

    private LocalCloudSystem? _cloud;
    private PlayersApi? _api;
    private OpsApi? _ops;
    private BotTeam? _team;
    private SessionResource? _played;
    private readonly List<string> _open = [];
    private string _zone = "";
    private int _keys;

    private string Region => options.Regions[0];

    /// <summary>The steps in their order.</summary>
    public IReadOnlyList<TourStep> All =>
    [
        new("start", StartAsync),
        new("allocate-in-zone", AllocateInZoneAsync),
        new("allocate-other-zone", AllocateOtherZoneAsync),
        new("idempotent", IdempotentAsync),
        new("matchmake", MatchmakeAsync),
        new("play-via-accelerator", PlayViaAcceleratorAsync),
        new("flapping-path", FlappingPathAsync),
        new("accelerator-dies", AcceleratorDiesAsync),
        new("accelerator-returns", AcceleratorReturnsAsync),
        new("server-dies", ServerDiesAsync),
        .. options.Regions.Count > 1 ? [new TourStep("region-drained", RegionDrainedAsync)] : Array.Empty<TourStep>(),
        new("aws-control-plane-dies", ControlPlaneDiesAsync),
        new("stop", StopAsync),
    ];

    public async ValueTask DisposeAsync()
    {
        if (_team is not null) await _team.DisposeAsync();
        _api?.Dispose();
        _ops?.Dispose();
        if (_cloud is not null) await _cloud.DisposeAsync();
    }

    private async Task<JsonObject> StartAsync(CancellationToken cancellationToken)
    {
        _cloud = await LocalCloudSystem.StartAsync(options, progress, logs, time, cancellationToken);
        _api = PlayersApi.Of(_cloud);
        _ops = OpsApi.Of(_cloud);
        var regions = await _api.RegionsAsync(cancellationToken);
        var ready = new JsonObject();
        foreach (var region in regions.Regions)
        {
            var zones = region.Zones.Select(zone => KeyValuePair.Create(zone.Id, (JsonNode?)zone.Fleets.Sum(fleet => fleet.Ready)));
            ready[region.Id] = new JsonObject(zones);
            foreach (var zone in region.Zones)
                Require(zone.Fleets.Sum(fleet => fleet.Ready) >= options.ServersPerZone, $"zone {zone.Id} has {zone.Fleets.Sum(fleet => fleet.Ready)} Ready servers instead of {options.ServersPerZone}");
        }

        return new JsonObject { ["ready"] = ready, ["processes"] = _cloud.GameServerProcesses().Count };
    }

    private async Task<JsonObject> AllocateInZoneAsync(CancellationToken cancellationToken)
    {
        var zone = _zone = await FreestZoneAsync(cancellationToken);
        var started = time.GetTimestamp();
        var session = await CreateAsync(new CreateSessionRequest { PreferredZone = zone }, cancellationToken);
        var milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
        Require(session.Placement is { PreferenceServed: 1 } && session.GameServer!.Zone == zone, $"asked for {zone}, got {session.GameServer?.Zone}, preference {session.Placement?.PreferenceServed}");
        return new JsonObject { ["askedZone"] = zone, ["servedZone"] = session.GameServer!.Zone, ["server"] = session.GameServer.Name, ["milliseconds"] = Math.Round(milliseconds, 1) };
    }

    private async Task<JsonObject> AllocateOtherZoneAsync(CancellationToken cancellationToken)
    {
        var zone = _zone;
        for (var free = await ReadyInAsync(zone, cancellationToken); free > 0; free = await ReadyInAsync(zone, cancellationToken))
        {
            await CreateAsync(new CreateSessionRequest { PreferredZone = zone }, cancellationToken);
            await UntilAsync(async () => await ReadyInAsync(zone, cancellationToken) < free, $"zone {zone} to show fewer than {free} free servers", cancellationToken);
        }

        var session = await CreateAsync(new CreateSessionRequest { PreferredZone = zone }, cancellationToken);
        Require(session.GameServer!.Zone != zone && session.GameServer.Region == Region, $"asked for full zone {zone}, got {session.GameServer.Zone}");
        Require(session.Placement!.PreferenceServed == 2, $"preference {session.Placement.PreferenceServed} was said to be served instead of 2");
        return new JsonObject { ["askedZone"] = zone, ["servedZone"] = session.GameServer.Zone, ["preferenceServed"] = session.Placement.PreferenceServed, ["server"] = session.GameServer.Name };
    }

    private async Task<JsonObject> IdempotentAsync(CancellationToken cancellationToken)
    {
        var key = NextKey();
        var request = new CreateSessionRequest { Fleet = LocalFleet.Name, Region = Region, Players = [new CreateSessionPlayer { Id = "twice" }] };
        var (first, firstIsNew) = await _api!.CreateAsync(key, request, cancellationToken);
        var claimed = _cloud!.AllocatedServers(Region);
        var (second, secondIsNew) = await _api.CreateAsync(key, request, cancellationToken);
        var claimedAfter = _cloud.AllocatedServers(Region);
        Require(firstIsNew && !secondIsNew, "the second answer says that it is a new session");
        Require(first.SessionId == second.SessionId && first.GameServer == second.GameServer, $"sessions {first.SessionId} and {second.SessionId}, servers {first.GameServer?.Name} and {second.GameServer?.Name} differ");
        Require(claimed == claimedAfter, $"{claimedAfter - claimed} more servers are Allocated in the cluster");
        _open.Add(first.SessionId);
        await EndAllAsync(cancellationToken);
        return new JsonObject { ["session"] = second.SessionId, ["server"] = second.GameServer!.Name, ["allocatedBefore"] = claimed, ["allocatedAfter"] = claimedAfter };
    }

    private async Task<JsonObject> MatchmakeAsync(CancellationToken cancellationToken)
    {
        // Servers of the sessions before are being replaced; so will be those of the crowd's.
        await AllReadyAsync(cancellationToken);
        var report = await new MatchmakeStep(options, _api!, time).RunAsync(NextKey(), cancellationToken);
        await AllReadyAsync(cancellationToken);
        return report;
    }

    private async Task<JsonObject> PlayViaAcceleratorAsync(CancellationToken cancellationToken)
    {
        var players = Enumerable.Range(1, Players).Select(index => new CreateSessionPlayer { Id = $"bot-{index}" });
        _played = await CreateAsync(new CreateSessionRequest { Players = [.. players], WaitFor = WaitFor.Playable }, cancellationToken);
        Require(_played.Connections[0].Routes[0].Kind == RouteKind.Accelerator, $"the first route is {_played.Connections[0].Routes[0].Kind}");
        _team = new BotTeam(_api!, _played, time);
        var reports = await _team.UntilAllAsync(report => report.IsJoined && report.Answered >= DatagramsEach, cancellationToken);
        RequireHonest(reports);
        Require(reports.All(report => report.RouteKind == PlayerRouteKind.Accelerator), "a bot does not play through the accelerator");
        var addresses = reports.Select(report => report.Address).Distinct().Order(StringComparer.Ordinal).ToList();
        Require(addresses.Count == _played.Connections[0].Routes[0].Addresses.Count, $"only {string.Join(", ", addresses)} carried datagrams");
        var forged = await RefusedJoinAsync(cancellationToken);
        return new JsonObject
        {
            ["server"] = _played.GameServer!.Name,
            ["addresses"] = Texts(addresses),
            ["port"] = _played.Connections[0].Routes[0].Port,
            ["datagramsAnswered"] = new JsonArray([.. reports.Select(report => (JsonNode)report.Answered)]),
            ["forgedTokenRefusedWith"] = forged,
        };
    }

    private async Task<JsonObject> FlappingPathAsync(CancellationToken cancellationToken)
    {
        var (looks, began) = (0, time.GetTimestamp());
        var lostBefore = _team!.Bots.Sum(bot => bot.Report.Lost);
        _cloud!.LoseOnAccelerator(Region, FlappingLoss);
        try
        {
            using var timer = new PeriodicTimer(PollInterval, time);
            while (time.GetElapsedTime(began) < FlappingTime)
            {
                var first = (await _api!.GetAsync(_played!.SessionId, cancellationToken)).Connections[0].Routes[0].Kind;
                Require(first == RouteKind.Accelerator, $"after {time.GetElapsedTime(began).TotalSeconds:0.0} s the first route was {first}");
                looks++;
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
        finally
        {
            _cloud.LoseOnAccelerator(Region, 0);
        }

        return new JsonObject
        {
            ["lossEachWay"] = FlappingLoss,
            ["seconds"] = FlappingTime.TotalSeconds,
            ["looks"] = looks,
            ["routeOrderChanges"] = 0,
            ["datagramsLost"] = _team.Bots.Sum(bot => bot.Report.Lost) - lostBefore,
        };
    }

    private async Task<JsonObject> AcceleratorDiesAsync(CancellationToken cancellationToken)
    {
        var before = _team!.Bots.Select(bot => bot.Report).ToList();
        foreach (var bot in _team.Bots) bot.MeasureGap();
        _cloud!.CutAccelerator(Region);
        var cut = time.GetTimestamp();

        var listed = ListsFirstAsync(RouteKind.NetworkLoadBalancer, cancellationToken);
        var reports = await _team.UntilAllAsync(report => report.RouteKind == PlayerRouteKind.NetworkLoadBalancer && report.Answered > AnsweredBefore(report) + 10, cancellationToken);
        RequireHonest(reports);
        foreach (var (old, now) in before.Zip(reports))
        {
            Require(now.Server == old.Server && now.Incarnation == old.Incarnation, $"{now.PlayerId} came to {now.Server}, incarnation {now.Incarnation}, instead of {old.Server}, {old.Incarnation}");
            Require(now.Counter >= old.Counter && now.Total >= old.Total, $"{now.PlayerId} found another game: {now.Counter} of {now.Total} after {old.Counter} of {old.Total}");
            Require(now.LongestGap <= FailoverGoal, $"{now.PlayerId} was without an answer for {now.LongestGap.TotalSeconds:0.00} s");
        }

        await listed;
        var listedAfter = time.GetElapsedTime(cut);
        return new JsonObject
        {
            ["server"] = reports[0].Server,
            ["seconds"] = new JsonArray([.. reports.Select(report => (JsonNode)Math.Round(report.LongestGap.TotalSeconds, 2))]),
            ["datagramsLost"] = new JsonArray([.. reports.Zip(before).Select(pair => (JsonNode)(pair.First.Lost - pair.Second.Lost))]),
            ["newSessionsListNlbFirstAfterSeconds"] = Math.Round(listedAfter.TotalSeconds, 2),
        };

        long AnsweredBefore(BotReport report) => before.First(old => old.PlayerId == report.PlayerId).Answered;
    }

    private async Task<JsonObject> AcceleratorReturnsAsync(CancellationToken cancellationToken)
    {
        _cloud!.RestoreAccelerator(Region);
        var restored = time.GetTimestamp();
        await ListsFirstAsync(RouteKind.Accelerator, cancellationToken);
        var after = time.GetElapsedTime(restored);
        Require(after >= options.PathHealth.HealthyAfter, $"it was listed first after {after.TotalSeconds:0.00} s already, before it had been healthy for {options.PathHealth.HealthyAfter.TotalSeconds:0.0} s");
        return new JsonObject { ["listedFirstAfterSeconds"] = Math.Round(after.TotalSeconds, 2), ["healthyForSeconds"] = options.PathHealth.HealthyAfter.TotalSeconds };
    }

    private async Task<JsonObject> ServerDiesAsync(CancellationToken cancellationToken)
    {
        var before = await _api!.GetAsync(_played!.SessionId, cancellationToken);
        foreach (var bot in _team!.Bots) bot.MeasureGap();
        var killed = _cloud!.KillServer(Region, before.GameServer!.Name);
        var started = time.GetTimestamp();
        SessionResource? after = null;
        await UntilAsync(
            async () => (after = await _api.GetAsync(_played.SessionId, cancellationToken)) is { State: SessionState.Allocated or SessionState.Playable } found && found.Incarnation > before.Incarnation,
            "the session to get another server", cancellationToken);
        var replaced = time.GetElapsedTime(started);
        Require(replaced <= ReplacementGoal, $"it took {replaced.TotalSeconds:0.00} s");
        var reports = await _team.UntilAllAsync(report => report.IsJoined && report.Incarnation > before.Incarnation && report.Answered > 0 && report.Counter > 0, cancellationToken);
        Require(after!.SessionId == before.SessionId && after.GameServer!.Name != before.GameServer.Name, "the session has the same server");
        Require(reports.All(report => report.Session == _played.SessionId && report.Server == after.GameServer!.Name), "a bot plays elsewhere");
        return new JsonObject
        {
            ["session"] = after.SessionId,
            ["killedProcess"] = killed,
            ["serverBefore"] = before.GameServer.Name,
            ["serverAfter"] = after.GameServer!.Name,
            ["seconds"] = Math.Round(replaced.TotalSeconds, 2),
            ["playersSeconds"] = new JsonArray([.. reports.Select(report => (JsonNode)Math.Round(report.LongestGap.TotalSeconds, 2))]),
        };
    }

    private async Task<JsonObject> RegionDrainedAsync(CancellationToken cancellationToken)
    {
        var (here, there) = (Region, options.Regions[1]);
        var running = await _api!.GetAsync(_played!.SessionId, cancellationToken);
        var before = await RegionOfNewSessionAsync();
        Require(before == here, $"before, a new session went to {before}");
        await _ops!.PutAsync(here, new JsonObject { ["state"] = "drained", ["reason"] = "the tour shows it" }, cancellationToken);
        var drained = time.GetTimestamp();
        var during = await RegionOfNewSessionAsync();
        Require(during == there, $"while {here} was drained, a new session went to {during}");
        var closed = await UntilDialAsync(0, drained);
        var still = await _api.GetAsync(_played.SessionId, cancellationToken);
        Require(still.GameServer == running.GameServer && still.Incarnation == running.Incarnation, "the running session did not stay");

        await _ops.PutAsync(here, new JsonObject { ["state"] = "open", ["reason"] = "the tour goes on" }, cancellationToken);
        var opened = time.GetTimestamp();
        var after = await RegionOfNewSessionAsync();
        Require(after == here, $"after {here} was opened, a new session went to {after}");
        var full = await UntilDialAsync(100, opened);
        var audit = (await _ops.AuditAsync(here, cancellationToken)).Take(2).Select(entry => $"{entry!["kind"]} {entry["subject"]} by {entry["by"]}: {entry["reason"]}");
        return new JsonObject
        {
            ["drained"] = here,
            ["newSessionsMeanwhile"] = during,
            ["runningSessionStays"] = still.GameServer!.Name,
            ["newSessionsAfter"] = after,
            ["dialZeroAfterSeconds"] = closed,
            ["dialFullAfterSeconds"] = full,
            ["audit"] = Texts(audit),
        };

        // A player for whom the first region is the best and the other one good enough.
        async Task<string> RegionOfNewSessionAsync()
        {
            var player = new CreateSessionPlayer { Id = "traveller", LatencyMilliseconds = new Dictionary<string, int> { [here] = 10, [there] = 120 } };
            var (session, _) = await _api!.CreateAsync(NextKey(), new CreateSessionRequest { Fleet = LocalFleet.Name, Players = [player] }, cancellationToken);
            await _api.EndAsync(session.SessionId, cancellationToken);
            return session.GameServer!.Region;
        }

        async Task<double> UntilDialAsync(double dial, long since)
        {
            await UntilAsync(
                async () => (await _ops!.RegionAsync(here, cancellationToken))["traffic"]!["actual"] is { } actual && (double)actual["dialPercent"]! == dial,
                $"the accelerator's dial to be {dial}", cancellationToken);
            return Math.Round(time.GetElapsedTime(since).TotalSeconds, 2);
        }
    }

    private async Task<JsonObject> ControlPlaneDiesAsync(CancellationToken cancellationToken)
    {
        _cloud!.BreakAcceleratorApi(ControlPlaneFault.Fail);
        try
        {
            await ListsFirstAsync(RouteKind.Accelerator, cancellationToken);
            var started = time.GetTimestamp();
            var session = await CreateAsync(new CreateSessionRequest { WaitFor = WaitFor.Playable }, cancellationToken);
            var allocated = time.GetElapsedTime(started);
            Require(session.State == SessionState.Playable, $"a session ended up {session.State}");
            await _api!.EndAsync(session.SessionId, cancellationToken);

            _cloud.CutAccelerator(Region);
            var cut = time.GetTimestamp();
            await ListsFirstAsync(RouteKind.NetworkLoadBalancer, cancellationToken);
            var listed = time.GetElapsedTime(cut);
            Require(listed <= FailoverGoal, $"new sessions listed the NLB first after {listed.TotalSeconds:0.00} s");
            return new JsonObject
            {
                ["awsCalls"] = "InternalServiceErrorException",
                ["playableAfterMilliseconds"] = Math.Round(allocated.TotalMilliseconds, 1),
                ["newSessionsListNlbFirstAfterSeconds"] = Math.Round(listed.TotalSeconds, 2),
            };
        }
        finally
        {
            _cloud.BreakAcceleratorApi(ControlPlaneFault.None);
            _cloud.RestoreAccelerator(Region);
        }
    }

    private async Task<JsonObject> StopAsync(CancellationToken cancellationToken)
    {
        if (_team is not null) await _team.DisposeAsync();
        _api?.Dispose();
        _ops?.Dispose();
        if (_cloud is null) return [];
        var processes = _cloud.Processes;
        var ports = _cloud.EverySocketOpened;
        await _cloud.DisposeAsync();
        var alive = processes.Where(ProcessCheck.IsAlive).ToList();
        Require(alive.Count == 0, $"processes {string.Join(", ", alive)} are still there");
        var held = ports.Where(port => !port.IsFree()).ToList();
        Require(held.Count == 0, $"sockets {string.Join(", ", held.Take(10))} are still open");
        return new JsonObject { ["processesEnded"] = processes.Count, ["socketsClosed"] = ports.Count };
    }

    /// <summary>Creates a session of the tour in the first region.</summary>
    private async Task<SessionResource> CreateAsync(CreateSessionRequest request, CancellationToken cancellationToken)
    {
        var (session, _) = await _api!.CreateAsync(
            NextKey(),
            request with { Fleet = LocalFleet.Name, Region = Region, Players = request.Players ?? [new CreateSessionPlayer { Id = "visitor" }] },
            cancellationToken);
        _open.Add(session.SessionId);
        return session;
    }

    /// <summary>Ends the sessions so far, so that later steps find room.</summary>
    private async Task EndAllAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _open) await _api!.EndAsync(id, cancellationToken);
        _open.Clear();
    }

    /// <summary>Waits until a new session lists a kind of route first. The session is ended again: only its answer matters.</summary>
    private Task ListsFirstAsync(RouteKind kind, CancellationToken cancellationToken) => UntilAsync(
        async () =>
        {
            // A running session's routes are planned anew at each question; a new one is made once they say so.
            var running = await _api!.GetAsync(_played!.SessionId, cancellationToken);
            if (running.Connections[0].Routes[0].Kind != kind) return false;
            var session = await CreateAsync(new CreateSessionRequest(), cancellationToken);
            await _api.EndAsync(session.SessionId, cancellationToken);
            return session.Connections[0].Routes[0].Kind == kind;
        },
        $"new sessions to list {kind} first", cancellationToken);

    /// <summary>The zone of the first region with the most free servers; of several the last, which no default order would choose.</summary>
    private async Task<string> FreestZoneAsync(CancellationToken cancellationToken)
    {
        var regions = await _api!.RegionsAsync(cancellationToken);
        return regions.Regions.First(region => region.Id == Region).Zones.OrderByDescending(zone => zone.Fleets.Sum(fleet => fleet.Ready)).ThenByDescending(zone => zone.Id, StringComparer.Ordinal).First().Id;
    }

    private Task AllReadyAsync(CancellationToken cancellationToken) => UntilAsync(
        async () => (await _api!.RegionsAsync(cancellationToken)).Regions.All(region => region.Zones.Sum(zone => zone.Fleets.Sum(fleet => fleet.Ready)) >= options.ServersPerZone * region.Zones.Count),
        "all servers to be Ready", cancellationToken);

    private async Task<int> ReadyInAsync(string zone, CancellationToken cancellationToken) => (await CapacityAsync(zone, cancellationToken)).Sum(fleet => fleet.Ready);

    private async Task<IReadOnlyList<FleetCapacityResource>> CapacityAsync(string zone, CancellationToken cancellationToken)
    {
        var regions = await _api!.RegionsAsync(cancellationToken);
        return regions.Regions.SelectMany(region => region.Zones).First(candidate => candidate.Id == zone).Fleets;
    }

    /// <summary>A join with a token whose last letter was changed; the game server must refuse it.</summary>
    private async Task<int> RefusedJoinAsync(CancellationToken cancellationToken)
    {
        var session = await _api!.GetAsync(_played!.SessionId, cancellationToken);
        var genuine = session.Connections[0];
        var middle = genuine.JoinToken.LastIndexOf('.') + 10;
        var forged = genuine.JoinToken[..middle] + (genuine.JoinToken[middle] == 'A' ? 'B' : 'A') + genuine.JoinToken[(middle + 1)..];
        await using var bot = new Bot(BotTeam.Connect(session, genuine with { JoinToken = forged }), new BotOptions(), time);
        var report = await bot.UntilAsync(report => report.Refusal is not null || report.IsJoined, cancellationToken);
        Require(!report.IsJoined, "the game server let a player in whose join token was forged");
        return report.Refusal!.Value;
    }

    private async Task UntilAsync(Func<Task<bool>> holds, string what, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            while (!await holds()) await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw new TourFailedException($"waited in vain for {what}");
        }
    }

    private string NextKey() => $"tour-{time.GetUtcNow().ToUnixTimeMilliseconds()}-{++_keys}";

    private static void RequireHonest(IReadOnlyList<BotReport> reports)
    {
        foreach (var report in reports) Require(report.Violations.Count == 0, $"{report.PlayerId}: {string.Join("; ", report.Violations)}");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new TourFailedException(otherwise);
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
