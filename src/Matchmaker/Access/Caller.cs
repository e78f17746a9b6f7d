using System.Security.Claims;
using FleetSystem.SiloHost.Access;
using Grpc.Core;

namespace FleetSystem.Matchmaker.Access;

/// <summary>
/// Who calls the players' API, and whose things he may see. Every endpoint and gRPC method obtains it in one line, <c>Caller.Of(context)</c>, and keeps to
/// four rules:
/// <list type="number">
/// <item>The id of what an Idempotency-Key creates is made of <see cref="Id"/> and the key, so that keys of different callers never meet.</item>
/// <item>Nothing is created unless <see cref="MaySee"/> holds for the players that it names; else <c>ApiFault.OthersOnly</c> (403, PERMISSION_DENIED).</item>
/// <item>What exists and is not for him, as <see cref="MaySee"/> says of its players, is answered word for word as what does not exist, also when he wants
/// to change or follow it: ids tell nothing.</item>
/// <item>Of what he may see, secrets and details of single players (join tokens, routes) are told only where <see cref="Owns"/> holds for the player.</item>
/// </list>
/// Whether he may call at all was decided before the endpoint was reached.
/// </summary>
internal sealed record Caller
{
    private const string PlayerPrefix = "player:";
    private const string BackendPrefix = "backend:";

    private Caller(string id, string? playerId, bool isBackend) => (Id, PlayerId, IsBackend) = (id, playerId, isBackend);

    /// <summary>Everybody, where no access is configured: all are one, and may see everything.</summary>
    public static Caller Anonymous { get; } = new("", null, isBackend: true);

    /// <summary>Somebody whom nobody has vouched for: nothing is for him. Only endpoints that everybody may call meet him.</summary>
    public static Caller Stranger { get; } = new("stranger", null, isBackend: false);

    /// <summary>
    /// Tells callers apart: empty for <see cref="Anonymous"/>, else the kind and the name, such as <c>player:alice</c> and <c>backend:director</c>. A backend whose
    /// credential was renewed under its name is the same caller as before.
    /// </summary>
    public string Id { get; }

    /// <summary>The studio's id of the player who calls; null for anybody else.</summary>
    public string? PlayerId { get; }

    /// <summary>Whether he acts for all players: a game backend, another cell, or everybody where no access is configured.</summary>
    public bool IsBackend { get; }

    /// <summary>A player.</summary>
    /// <param name="id">The studio's id of him.</param>
    public static Caller Player(string id) => new(PlayerPrefix + id, id, isBackend: false);

    /// <summary>A game backend.</summary>
    /// <param name="name">Name of its key or certificate.</param>
    public static Caller Backend(string name) => new(BackendPrefix + name, null, isBackend: true);

    /// <summary>Another cell, on behalf of somebody who calls there: it is told everything, and tells him what is for him.</summary>
    /// <param name="id"><see cref="Id"/> of him.</param>
    public static Caller AtPeer(string id) => new(id, null, isBackend: true);

    /// <summary>Who sends an HTTP request.</summary>
    public static Caller Of(HttpContext context) => (context.User.FindFirstValue(ClaimTypes.Role), context.User.Identity?.Name) switch
    {
        (PlayersAccess.PlayerRole, { } id) => Player(id),
        (nameof(AccessRole.Backend), { } name) => Backend(name),
        (PlayersAccess.AnonymousRole, _) => Anonymous,
        _ => Stranger,
    };

    /// <summary>Who makes a gRPC call.</summary>
    public static Caller Of(ServerCallContext context) => Of(context.GetHttpContext());

    /// <summary>Whether something of these players is for him: a backend sees everything, a player what he is in himself.</summary>
    /// <param name="players">The studio's ids of the players of a session, ticket or match.</param>
    public bool MaySee(IEnumerable<string> players) => IsBackend || (PlayerId is not null && players.Contains(PlayerId, StringComparer.Ordinal));

    /// <summary>Whether he may have what is one player's alone.</summary>
    /// <param name="player">The studio's id of that player.</param>
    public bool Owns(string player) => IsBackend || string.Equals(PlayerId, player, StringComparison.Ordinal);
}
