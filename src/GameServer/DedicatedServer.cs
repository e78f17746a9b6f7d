using FleetSystem.GameServer.Net;
using FleetSystem.GameServer.Options;
using FleetSystem.GameServer.Protocol;
using FleetSystem.GameServer.Sdk;
using FleetSystem.GameServer.Sessions;
using Microsoft.Extensions.Logging;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.GameServer;

/// <summary>The life of the server: Ready, a session or several, Shutdown. It ends when it is told to, or some time after it asked for its end.</summary>
internal sealed class DedicatedServer(
    GameServerOptions options, DatagramSocket socket, SessionHost host, IAgonesSdk sdk, TimeProvider time, ILogger logger)
{
    public const string ReadyAnnotation = "session-ready";

    /// <summary>Counter set to 1 while a session is held, where the fleet has it.</summary>
    public const string RoomsCounter = "rooms";

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>A server that is being stopped does not wait longer for its sidecar: that one may be gone already.</summary>
    private static readonly TimeSpan FarewellDeadline = TimeSpan.FromSeconds(2);

    /// <summary>A wish that nobody heard is made again; the queue takes it for the same.</summary>
    private static readonly TimeSpan BackfillRepeat = TimeSpan.FromSeconds(30);

    private readonly BackfillAsker _backfill = new(options.BackfillAfter, BackfillRepeat);
    private readonly PlayerListSync _players = new(sdk, host, time, logger);
    private readonly RoomAnnouncer _rooms = new(sdk, options, time, logger);
    private readonly TaskCompletionSource<ClosingReason> _due = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _acknowledging = Task.CompletedTask;
    private Task _asking = Task.CompletedTask;
    private string? _fault;
    private string? _routes;
    private volatile bool _failed;

    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var ending = new CancellationTokenSource();
        host.PlayersChanged = _players.Signal;
        var parts = Task.WhenAll(
            GuardAsync(socket.RunAsync(host, ending.Token)),
            GuardAsync(new HealthReporter(sdk, options.HealthInterval, time, logger).RunAsync(ending.Token)),
            GuardAsync(new GameServerWatcher(sdk, time, logger).RunAsync(gameServer => Observe(gameServer, ending.Token), ending.Token)),
            GuardAsync(_players.RunAsync(ending.Token)),
            GuardAsync(TickAsync(ending.Token)));

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stop.Register(() => stopped.TrySetResult());
        try
        {
            if (await BecomeReadyAsync(stop).ConfigureAwait(false))
                logger.Ready(socket.LocalEndPoint);
            else if (!stop.IsCancellationRequested)
                return ExitCode.NoSidecar;

            var first = await Task.WhenAny(stopped.Task, _due.Task).ConfigureAwait(false);
            await EndAsync(first == _due.Task ? await _due.Task.ConfigureAwait(false) : ClosingReason.Stopping, stopped.Task, stop).ConfigureAwait(false);
            return _failed ? ExitCode.Failed : ExitCode.Ok;
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await parts.ConfigureAwait(false);
            await _acknowledging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _rooms.Calls.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> BecomeReadyAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(options.SdkStart, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            if (await SdkRetry.UntilTakenAsync("Ready", sdk.ReadyAsync, time, logger, either.Token).ConfigureAwait(false))
                return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or Grpc.Core.RpcException && either.IsCancellationRequested)
        {
        }

        if (!stop.IsCancellationRequested)
            logger.NoSidecar(options.SdkHost, options.SdkPort, options.SdkStart.TotalSeconds);
        return false;
    }

    private void Observe(AgonesGameServer gameServer, CancellationToken ending)
    {
        var claims = SessionClaim.Read(gameServer, out var fault);
        if (fault is not null && fault != _fault)
            logger.BadClaim(fault);
        _fault = fault;
        if (gameServer.Status?.Lists.TryGetValue(PlayerListSync.ListName, out var list) == true)
            _players.Found(list.Values);
        foreach (var claim in claims)
            TakeUp(options.Fleet is { } fleet ? claim with { Fleet = fleet } : claim, gameServer, ending);

        FollowRoutes(gameServer);

        // What a server on its way out bears says nothing about its sessions.
        if (gameServer.Status?.State == "Allocated")
            FollowRooms(gameServer, ending);
    }

    private void TakeUp(SessionClaim claim, AgonesGameServer gameServer, CancellationToken ending)
    {
        if (!host.TakeUp(claim, out var notices))
            return;

        socket.Send(notices, host.Traffic);
        logger.TakenUp(claim.Session, claim.Incarnation, claim.Fleet, claim.Server);
        if (claim.Shared)
        {
            _rooms.Open(claim, ending);
            return;
        }

        var hasRooms = gameServer.Status?.Counters.ContainsKey(RoomsCounter) == true;
        _acknowledging = AcknowledgeAsync(_acknowledging, claim, hasRooms, ending);
    }

    private void FollowRoutes(AgonesGameServer gameServer)
    {
        if (gameServer.ObjectMeta?.Annotations.TryGetValue(RouteOrder.Annotation, out var routes) != true || routes == _routes)
            return;
        _routes = routes;
        if (RouteOrder.Read(routes!) is not { } kinds)
            return;
        host.Reroute(kinds);
        socket.Send(host.TellRoutes(), host.Traffic);
        logger.Rerouted(routes!);
    }

    private void FollowRooms(AgonesGameServer gameServer, CancellationToken ending)
    {
        _rooms.Shown(gameServer, ending);
        foreach (var gone in host.Withdraw([.. gameServer.ObjectMeta.Labels.Keys.Where(SessionClaim.IsSharedLabel).Select(SessionClaim.SessionOf)]))
        {
            socket.Send(gone.Notices, host.Traffic);
            logger.RoomLeft(gone.Claim.Session, gone.Claim.Incarnation, gone.Reason);
            _rooms.Forget(gone.Claim);
        }

        if (options.EndWhenEmpty && _rooms.IsEmptyAgain)
            _due.TrySetResult(ClosingReason.Idle);
    }

    private async Task AcknowledgeAsync(Task previous, SessionClaim claim, bool hasRooms, CancellationToken ending)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await SdkRetry.UntilTakenAsync(
            "SetAnnotation", token => sdk.SetAnnotationAsync(ReadyAnnotation, claim.Acknowledgement, token), time, logger, ending).ConfigureAwait(false);
        if (hasRooms)
            await SdkRetry.UntilTakenAsync("UpdateCounter", token => sdk.SetCounterAsync(RoomsCounter, 1, token), time, logger, ending).ConfigureAwait(false);
    }

    private async Task AskAsync(Task previous, string wish, CancellationToken ending)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await SdkRetry.UntilTakenAsync("SetAnnotation", token => sdk.SetAnnotationAsync(BackfillAsker.Annotation, wish, token), time, logger, ending).ConfigureAwait(false);
    }

    private async Task TickAsync(CancellationToken ending)
    {
        using var timer = new PeriodicTimer(TickInterval, time);
        while (await timer.WaitForNextTickAsync(ending).ConfigureAwait(false))
        {
            if (host.Tick() is { } reason)
                _due.TrySetResult(reason);
            socket.Send(host.TellRoutes(), host.Traffic);
            if (options.BackfillAfter > TimeSpan.Zero && host.Attendance is { } attendance && _backfill.Next(attendance, time.GetUtcNow()) is { } wish)
                _asking = AskAsync(_asking, wish, ending);
            foreach (var ended in host.EndDue())
            {
                socket.Send(ended.Notices, host.Traffic);
                logger.RoomEnded(ended.Claim.Session, ended.Claim.Incarnation, ended.Reason);
                _rooms.End(ended.Claim, ending);
            }
        }
    }

    private async Task EndAsync(ClosingReason reason, Task stopped, CancellationToken stop)
    {
        logger.Ending(reason, host.Traffic.ToString());
        socket.Send(host.Close(reason), host.Traffic);
        using var limit = new CancellationTokenSource(FarewellDeadline, time);

        // Being stopped, one attempt; ending by itself, until the sidecar takes it, for else the GameServer stays Allocated for ever.
        var shutdown = stopped.IsCompleted
            ? sdk.ShutdownAsync(limit.Token)
            : SdkRetry.UntilTakenAsync("Shutdown", sdk.ShutdownAsync, time, logger, stop);
        await shutdown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stopped.IsCompleted && options.ShutdownWait > TimeSpan.Zero)
            await Task.WhenAny(stopped, Task.Delay(options.ShutdownWait, time, stop)).ConfigureAwait(false);
    }

    /// <summary>A part that fails ends the server: half a server would hold its session and serve nobody.</summary>
    private async Task GuardAsync(Task part)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception exception)
        {
            logger.Failed(exception);
            _failed = true;
            _due.TrySetResult(ClosingReason.Stopping);
        }
    }
}
