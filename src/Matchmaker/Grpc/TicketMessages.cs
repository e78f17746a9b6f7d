using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Tickets;
using Google.Protobuf.WellKnownTypes;
using Model = FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>Maps the HTTP API's contracts of tickets to gRPC's messages and back. Pure.</summary>
internal static class TicketMessages
{
    /// <summary>What a ticket is asked for with, or why it cannot be read.</summary>
    public static (CreateTicketRequest? Asked, FieldError? Fault) Read(V1.CreateTicketRequest request)
    {
        if (UnknownFields.AreIn(request)) return Unreadable<CreateTicketRequest>();
        return (new CreateTicketRequest
        {
            Queue = request.Queue.Length > 0 ? request.Queue : null,
            Players = [.. request.Players.Select(Read)],
            TimeoutSeconds = request.HasTimeoutSeconds ? request.TimeoutSeconds : null,
        }, null);
    }

    /// <summary>Who answers to a match, or why it cannot be read.</summary>
    public static (AcceptanceRequest? Asked, FieldError? Fault) Read(V1.AcceptMatchRequest request)
    {
        if (UnknownFields.AreIn(request) || !System.Enum.IsDefined(request.Acceptance)) return Unreadable<AcceptanceRequest>();
        return (new AcceptanceRequest
        {
            MatchId = request.HasMatchId ? request.MatchId : null,
            PlayerIds = [.. request.PlayerIds],
            Acceptance = request.Acceptance switch { V1.Acceptance.Accept => Acceptance.Accept, V1.Acceptance.Reject => Acceptance.Reject, _ => null },
        }, null);
    }

    /// <summary>What players are asked for with, or why it cannot be read.</summary>
    public static (CreateBackfillRequest? Asked, FieldError? Fault) Read(V1.CreateBackfillRequest request)
    {
        if (UnknownFields.AreIn(request)) return Unreadable<CreateBackfillRequest>();
        var teams = new Dictionary<string, IReadOnlyList<TicketPlayerRequest?>?>(StringComparer.Ordinal);
        for (var i = 0; i < request.Teams.Count; i++)
        {
            if (!teams.TryAdd(request.Teams[i].Name, [.. request.Teams[i].Players.Select(Read)]))
                return (null, new FieldError($"$.teams[{i}].name", ErrorCodes.MalformedRequest, "The team is there twice."));
        }

        return (new CreateBackfillRequest
        {
            Queue = request.Queue.Length > 0 ? request.Queue : null,
            SessionId = request.SessionId.Length > 0 ? request.SessionId : null,
            Teams = teams,
            TimeoutSeconds = request.HasTimeoutSeconds ? request.TimeoutSeconds : null,
        }, null);
    }

    /// <summary>A ticket.</summary>
    public static V1.Ticket Of(TicketResource ticket) => new()
    {
        TicketId = ticket.TicketId,
        Queue = ticket.Queue,
        Status = Of(ticket.Status),
        CreatedAt = ticket.CreatedAt.ToTimestamp(),
        ExpiresAt = ticket.ExpiresAt.ToTimestamp(),
        Players = { ticket.Players.Select(Of) },
        Match = ticket.Match is { } match ? Of(match) : null,
        Failure = ticket.Failure is { } failure ? new V1.TicketFailure { Code = failure.Code, Message = failure.Message } : null,
    };

    /// <summary>An event of a ticket.</summary>
    public static V1.TicketEvent Of(TicketEventResource happened)
    {
        var message = new V1.TicketEvent { Sequence = happened.Sequence, At = happened.At.ToTimestamp(), Status = Of(happened.Status), Ticket = Of(happened.Ticket) };
        if (happened.Type is { } type) message.Type = type;
        if (happened.MatchId is { } match) message.MatchId = match;
        if (happened.Code is { } code) message.Code = code;
        if (happened.Reason is { } reason) message.Reason = reason;
        return message;
    }

    /// <summary>An event of a queue.</summary>
    public static V1.QueueEvent Of(QueueEventResource happened)
    {
        if (happened.IsGap) return new V1.QueueEvent { Gap = true };
        var message = new V1.QueueEvent
        {
            At = happened.At.ToTimestamp(),
            Status = Of(happened.Status),
            Tickets = { happened.Tickets.Select(ticket => new V1.QueueEventTicket { TicketId = ticket.TicketId, Sequence = ticket.Sequence }) },
            Match = happened.Match is { } match ? Of(match) : null,
        };
        if (happened.Type is { } type) message.Type = type;
        if (happened.MatchId is { } matchId) message.MatchId = matchId;
        if (happened.Code is { } code) message.Code = code;
        if (happened.Reason is { } reason) message.Reason = reason;
        if (happened.Cursor is { } cursor) message.Cursor = cursor;
        return message;
    }

    /// <summary>A backfill.</summary>
    public static V1.Backfill Of(BackfillResource backfill)
    {
        var message = new V1.Backfill
        {
            BackfillId = backfill.BackfillId,
            Queue = backfill.Queue,
            SessionId = backfill.SessionId,
            Status = Of(backfill.Status),
            Origin = backfill.Origin switch
            {
                BackfillOrigin.Backend => V1.BackfillOrigin.Backend,
                BackfillOrigin.GameServer => V1.BackfillOrigin.GameServer,
                BackfillOrigin.Automatic => V1.BackfillOrigin.Automatic,
                _ => throw new ArgumentOutOfRangeException(nameof(backfill), backfill.Origin, "This origin has no name in tickets.proto."),
            },
            CreatedAt = backfill.CreatedAt.ToTimestamp(),
            ExpiresAt = backfill.ExpiresAt.ToTimestamp(),
            Teams = { backfill.Teams.Select(Of) },
        };
        if (backfill.MatchId is { } match) message.MatchId = match;
        if (backfill.Reason is { } reason) message.Reason = reason;
        return message;
    }

    private static TicketPlayerRequest Read(V1.TicketPlayer player) => new()
    {
        Id = player.Id,
        LatencyMilliseconds = player.LatencyMilliseconds.AsReadOnly(),
        Attributes = player.Attributes.ToDictionary(pair => pair.Key, pair => Read(pair.Value), StringComparer.Ordinal),
    };

    private static AttributeInput Read(V1.AttributeValue value) => value.ValueCase switch
    {
        V1.AttributeValue.ValueOneofCase.Number => new Model.AttributeValue(Number: value.Number),
        V1.AttributeValue.ValueOneofCase.Text => new Model.AttributeValue(Text: value.Text),
        V1.AttributeValue.ValueOneofCase.Texts => new Model.AttributeValue(Texts: [.. value.Texts.Texts]),
        V1.AttributeValue.ValueOneofCase.Numbers => new Model.AttributeValue(Numbers: new Dictionary<string, double>(value.Numbers.Numbers, StringComparer.Ordinal)),
        _ => default(AttributeInput),
    };

    private static V1.TicketPlayerState Of(TicketPlayerResource player)
    {
        var message = new V1.TicketPlayerState { Id = player.Id };
        if (player.Team is { } team) message.Team = team;
        if (player.Accepted is { } accepted) message.Accepted = accepted;
        return message;
    }

    private static V1.Match Of(MatchResource match)
    {
        var message = new V1.Match
        {
            MatchId = match.MatchId,
            Status = match.Status switch
            {
                MatchStatus.RequiresAcceptance => V1.MatchStatus.RequiresAcceptance,
                MatchStatus.Placing => V1.MatchStatus.Placing,
                MatchStatus.Completed => V1.MatchStatus.Completed,
                MatchStatus.Dropped => V1.MatchStatus.Dropped,
                _ => throw new ArgumentOutOfRangeException(nameof(match), match.Status, "This status has no name in tickets.proto."),
            },
            FormedAt = match.FormedAt.ToTimestamp(),
            AcceptBy = match.AcceptBy?.ToTimestamp(),
            Teams = { (match.Teams ?? []).Select(Of) },
        };
        if (match.SessionId is { } session) message.SessionId = session;
        if (match.BackfillId is { } backfill) message.BackfillId = backfill;
        return message;
    }

    private static V1.MatchTeam Of(MatchTeamResource team) => new() { Name = team.Name, PlayerIds = { team.PlayerIds } };

    private static V1.TicketStatus Of(TicketStatus status) => status switch
    {
        TicketStatus.Queued => V1.TicketStatus.Queued,
        TicketStatus.Searching => V1.TicketStatus.Searching,
        TicketStatus.RequiresAcceptance => V1.TicketStatus.RequiresAcceptance,
        TicketStatus.Placing => V1.TicketStatus.Placing,
        TicketStatus.Completed => V1.TicketStatus.Completed,
        TicketStatus.TimedOut => V1.TicketStatus.TimedOut,
        TicketStatus.Cancelled => V1.TicketStatus.Cancelled,
        TicketStatus.Failed => V1.TicketStatus.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "This status has no name in tickets.proto."),
    };

    private static (T? Asked, FieldError? Fault) Unreadable<T>()
        where T : class =>
        (null, new FieldError("$", ErrorCodes.MalformedRequest, "The request has fields or values that this service does not know. See tickets.proto of its version."));
}
