using FleetSystem.GameClient;
using FleetSystem.LocalCloud.Bots;

namespace FleetSystem.LocalCloud.Matchmaking;

/// <summary>Bots that find matches as a game's clients do: over the client library, each under his own name.</summary>
internal sealed class CrowdMatchmaking(PlayersApi api, TimeProvider time)
{
    /// <summary>Creates a party's ticket and follows it to its session.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="party">The players; the first asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PlayersApiException">The ticket came to no session.</exception>
    public async Task<PartyResult> MatchAsync(string queue, IReadOnlyList<MatchmakingBot> party, CancellationToken cancellationToken)
    {
        var client = ClientOf(party[0]);
        var started = time.GetTimestamp();
        var ticket = await client.CreateAsync(new MatchmakingRequest(queue, [.. party.Select(Player)]), cancellationToken);
        var done = await client.FollowAsync(ticket.TicketId, null, cancellationToken);
        if (done.SessionId is null) throw new PlayersApiException($"Ticket {ticket.TicketId} of {party[0].Id} is {done.Status}: {done.FailureCode}: {done.FailureMessage}");
        return new PartyResult(party, await api.TicketAsync(ticket.TicketId, cancellationToken), time.GetElapsedTime(started));
    }

    /// <summary>Lets each player of a party join his session and play.</summary>
    public async Task<IReadOnlyList<Bot>> PlayAsync(PartyResult result, BotOptions options, CancellationToken cancellationToken)
    {
        var bots = new List<Bot>();
        foreach (var player in result.Party)
        {
            var client = ClientOf(player);
            var ticket = await client.FollowAsync(result.Ticket.TicketId, null, cancellationToken);
            var connection = await client.ConnectionAsync(ticket, player.Id, cancellationToken)
                ?? throw new PlayersApiException($"Session {ticket.SessionId} has no way in for {player.Id}.");
            bots.Add(new Bot(connection, options, time, api));
        }

        return bots;
    }

    private MatchmakingClient ClientOf(MatchmakingBot bot) => new(api.Http, api.Url, api.FeedOf(bot.Id));

    private static MatchmakingPlayer Player(MatchmakingBot bot)
    {
        var latencies = bot.Latencies.Select(pair => new RegionLatency(pair.Key, TimeSpan.FromMilliseconds(pair.Value)));
        return new MatchmakingPlayer(bot.Id, [.. latencies]).With("skill", bot.Skill);
    }
}
