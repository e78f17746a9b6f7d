using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>A session that is a match: players who come later, and the wish for them.</summary>
internal sealed partial class SessionGrain
{
    public async Task<AddPlayersReply> AddPlayers(PlayerAddition addition)
    {
        if (_session is null) return new AddPlayersReply(AddPlayersOutcome.NoSession, null);
        var refusal = AddPlayersOutcome.Added;
        var changed = await Change(current =>
        {
            // Decided on the record that is replaced: another addition, or the session's end, may have come between.
            var next = current!.IsClosed ? current : SessionTransitions.PlayersCame(current, addition, time.GetUtcNow());
            refusal = current.IsClosed ? AddPlayersOutcome.Closed
                : !ReferenceEquals(next, current) && next.Request.Players.Count > (FleetOf(current)?.MaxPlayers ?? int.MaxValue) ? AddPlayersOutcome.Full
                : AddPlayersOutcome.Added;
            return refusal == AddPlayersOutcome.Added ? next : current;
        });
        if (changed && _session is { HoldsServer: true, Server: { } server, Request.Attributes: { } attributes } && addition.Attributes is not null)
            _ = TellServer(server, _session.Incarnation, attributes);
        return new AddPlayersReply(refusal, View(_session!));
    }

    /// <summary>The game server asks for players. It asks again as long as it lacks some, so a failure here costs only time.</summary>
    private async Task AskForPlayers(SessionRecord session, ServerNotice notice)
    {
        if (session.Request.Matchmaking is not { } matchmaking)
        {
            LogNoQueue(log, session.Id, notice.GameServer);
            return;
        }

        var teams = matchmaking.Teams.ToDictionary(
            team => team.Key,
            team => (IReadOnlyList<MatchmakingPlayer>)[.. team.Value.Where(player => notice.Players?.Contains(player.Id) != false)]);
        if (teams.Values.All(players => players.Count == 0)) return;
        var wish = WishOf(notice);
        await AskQueue(matchmaking.Queue, session.Id, async queue =>
        {
            var reply = await queue.CreateBackfill(new BackfillRequest
            {
                Id = IdOf(wish, matchmaking.Queue),
                Fingerprint = wish,
                SessionId = session.Id,
                Teams = teams,
                Origin = BackfillOrigin.GameServer,
            });
            if (reply.Outcome is not (BackfillOutcome.Created or BackfillOutcome.Existing)) LogBackfillRefused(log, session.Id, matchmaking.Queue, reply.Outcome, string.Join(" ", reply.Faults));
        });
    }

    private Task WithdrawWish(SessionRecord session, ServerNotice notice) => session.Request.Matchmaking is not { } matchmaking ? Task.CompletedTask
        : AskQueue(matchmaking.Queue, session.Id, queue => queue.StopBackfill(IdOf(WishOf(notice), matchmaking.Queue), "the game server asks for no more players"));

    private static string WishOf(ServerNotice notice) => BackfillMark.Of(notice.Session, notice.Incarnation, notice.Backfill);

    private static string IdOf(string wish, string queue) => TicketIds.Backfill(queue, "", wish);

    /// <summary>The queue must send nobody to a session that is over. It also finds out by itself, when it wants to add somebody.</summary>
    private void TellQueueOfEnd(SessionRecord closed)
    {
        if (closed.Request.Matchmaking is { } matchmaking) _ = AskQueue(matchmaking.Queue, closed.Id, queue => queue.NoteSessionEnded(closed.Id));
    }

    private async Task AskQueue(string queue, string session, Func<IMatchmakingQueueGrain, Task> ask)
    {
        try
        {
            await ask(GrainFactory.Reach<IMatchmakingQueueGrain>(queue));
        }
        catch (Exception fault)
        {
            LogQueueNotTold(log, session, queue, fault);
        }
    }

    private async Task TellServer(ServerBinding server, int incarnation, string attributes)
    {
        try
        {
            await GrainFactory.GetGrain<IClusterGrain>(server.Cluster).SetGameData(server.Name, this.GetPrimaryKeyString(), incarnation, attributes);
        }
        catch (Exception fault)
        {
            LogServerNotTold(log, this.GetPrimaryKeyString(), server.Name, server.Cluster, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} asks for players for session {SessionId}, which no queue's match is: nobody can be found for it")]
    private static partial void LogNoQueue(ILogger logger, string sessionId, string gameServerName);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} asked queue {QueueId} for players, and was refused ({Outcome}): {Faults}")]
    private static partial void LogBackfillRefused(ILogger logger, string sessionId, string queueId, BackfillOutcome outcome, string faults);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} could not speak to its queue {QueueId}")]
    private static partial void LogQueueNotTold(ILogger logger, string sessionId, string queueId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} could not tell server {GameServerName} of cluster {ClusterId} who came; their join tokens let them in all the same")]
    private static partial void LogServerNotTold(ILogger logger, string sessionId, string gameServerName, string clusterId, Exception fault);
}
