using System.Globalization;
using FleetSystem.GameServer.Options;
using FleetSystem.GameServer.Sdk;
using Microsoft.Extensions.Logging;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.GameServer.Sessions;

/// <summary>
/// Says through the SDK what becomes of sessions that share this server: each is acknowledged, and withdrawn when the server has ended it;
/// only then is its place given back. Every session has a room number, free again once its claim has gone, so that the annotations do not grow
/// in number: the SDK sets them and never removes one.
/// </summary>
/// <remarks>
/// A place of a counter is given back by one side only. FleetSystem takes the claim off the server and the place with it, in one write, unless
/// the server has withdrawn by then. So the server gives the place back when the GameServer itself shows the withdrawal beside the claim: from
/// then on FleetSystem takes the claim alone. Called by one watcher and one ticker; the SDK is called in the order of events.
/// </remarks>
internal sealed class RoomAnnouncer(IAgonesSdk sdk, GameServerOptions options, TimeProvider time, ILogger logger)
{
    public const string ReadyAnnotationPrefix = "session-ready.";

    private const string ShownPrefix = "agones.dev/sdk-" + ReadyAnnotationPrefix;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private Task _calls = Task.CompletedTask;
    private bool _everHosted;

    /// <summary>True once the server has hosted a session and none is left that it has not ended, as the GameServer shows it.</summary>
    public bool IsEmptyAgain
    {
        get
        {
            lock (_gate)
                return _everHosted && _rooms.Values.All(room => room.Stage == Stage.Returned);
        }
    }

    /// <summary>The calls made so far, done once the sidecar has taken them.</summary>
    public Task Calls
    {
        get
        {
            lock (_gate)
                return _calls;
        }
    }

    /// <summary>A session was taken up.</summary>
    public void Open(SessionClaim claim, CancellationToken ending)
    {
        lock (_gate)
        {
            _everHosted = true;
            var number = _rooms.Remove(claim.Session, out var former) ? former.Number : FreeNumber();
            _rooms.Add(claim.Session, new Room(claim, number));
            Annotate(number, claim.Acknowledgement, ending);
        }
    }

    /// <summary>The server has ended a session by itself.</summary>
    public void End(SessionClaim claim, CancellationToken ending)
    {
        lock (_gate)
        {
            if (_rooms.GetValueOrDefault(claim.Session) is not { Stage: Stage.Open } room || !room.Claim.IsSame(claim))
                return;
            room.Stage = Stage.Withdrawn;
            Annotate(room.Number, claim.Withdrawal, ending);
        }
    }

    /// <summary>A session's claim has been taken off the server, and its place with it unless it was given back before.</summary>
    public void Forget(SessionClaim claim)
    {
        lock (_gate)
        {
            if (_rooms.GetValueOrDefault(claim.Session) is { } room && room.Claim.IsSame(claim))
                _rooms.Remove(claim.Session);
        }
    }

    /// <summary>Gives back the places of those sessions whose withdrawal the GameServer shows beside their claim.</summary>
    public void Shown(AgonesGameServer gameServer, CancellationToken ending)
    {
        lock (_gate)
        {
            foreach (var room in _rooms.Values)
            {
                if (room.Stage != Stage.Withdrawn
                    || gameServer.ObjectMeta.Annotations.GetValueOrDefault(ShownPrefix + room.Number.ToString(CultureInfo.InvariantCulture)) != room.Claim.Withdrawal)
                    continue;
                room.Stage = Stage.Returned;
                GiveBack(room.Claim.Session, ending);
            }
        }
    }

    private int FreeNumber()
    {
        for (var number = 0; ; number++)
        {
            if (_rooms.Values.All(room => room.Number != number))
                return number;
        }
    }

    private void Annotate(int number, string value, CancellationToken ending) =>
        Call("SetAnnotation", token => sdk.SetAnnotationAsync(ReadyAnnotationPrefix + number.ToString(CultureInfo.InvariantCulture), value, token), ending);

    private void GiveBack(string session, CancellationToken ending)
    {
        if (options.PlacesList is { } list)
            Call("RemoveListValue", token => sdk.RemoveListValueAsync(list, session, token), ending);
        else if (options.PlacesCounter is { } counter)
            Call("UpdateCounter", token => sdk.ChangeCounterAsync(counter, -1, token), ending);
    }

    private void Call(string name, Func<CancellationToken, Task> call, CancellationToken ending)
    {
        _calls = AfterAsync(_calls);

        async Task AfterAsync(Task previous)
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            await SdkRetry.UntilTakenAsync(name, call, time, logger, ending).ConfigureAwait(false);
        }
    }

    private enum Stage
    {
        Open,
        Withdrawn,
        Returned,
    }

    private sealed class Room(SessionClaim claim, int number)
    {
        public SessionClaim Claim { get; } = claim;

        public int Number { get; } = number;

        public Stage Stage { get; set; }
    }
}
