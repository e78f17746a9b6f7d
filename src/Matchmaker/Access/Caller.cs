using System.Security.Claims;
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
    /// <summary>Claim with the kind of a caller.</summary>
    public const string KindClaim = "fleetsystem-caller";

    /// <summary>Value of <see cref="KindClaim"/> of a player; his name is his id.</summary>
    public const string PlayerKind = "player";

    /// <summary>Value of <see cref="KindClaim"/> of a game backend; its name is that of its key or certificate.</summary>
    public const string BackendKind = "backend";

    private Caller(string id, string? playerId) => (Id, PlayerId) = (id, playerId);

    /// <summary>Everybody, where no access is configured: all are one, and may see everything.</summary>
    public static Caller Anonymous { get; } = new("", null);

    /// <summary>
    /// Tells callers apart: empty for <see cref="Anonymous"/>, else the kind and the name, such as <c>player:alice</c> and <c>backend:director</c>. A backend whose
    /// credential was renewed under its name is the same caller as before.
    /// </summary>
    public string Id { get; }

    /// <summary>The studio's id of the player who calls; null for a backend.</summary>
    public string? PlayerId { get; }

    /// <summary>Whether he acts for all players: a game backend, or everybody where no access is configured.</summary>
    public bool IsBackend => PlayerId is null;

    /// <summary>A player.</summary>
    /// <param name="id">The studio's id of him.</param>
    public static Caller Player(string id) => new($"{PlayerKind}:{id}", id);

    /// <summary>A game backend.</summary>
    /// <param name="name">Name of its key or certificate.</param>
    public static Caller Backend(string name) => new($"{BackendKind}:{name}", null);

    /// <summary>Who sends an HTTP request.</summary>
    public static Caller Of(HttpContext context) => (context.User.FindFirstValue(KindClaim), context.User.Identity?.Name) switch
    {
        (PlayerKind, { } id) => Player(id),
        (BackendKind, { } name) => Backend(name),
        _ => Anonymous,
    };

    /// <summary>Who makes a gRPC call.</summary>
    public static Caller Of(ServerCallContext context) => Of(context.GetHttpContext());

    /// <summary>Whether something of these players is for him: a backend sees everything, a player what he is in himself.</summary>
    /// <param name="players">The studio's ids of the players of a session, ticket or match.</param>
    public bool MaySee(IEnumerable<string> players) => PlayerId is null || players.Contains(PlayerId, StringComparer.Ordinal);

    /// <summary>Whether he may have what is one player's alone.</summary>
    /// <param name="player">The studio's id of that player.</param>
    public bool Owns(string player) => PlayerId is null || PlayerId.Equals(player, StringComparison.Ordinal);
}
