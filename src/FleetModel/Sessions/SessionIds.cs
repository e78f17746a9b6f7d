namespace FleetSystem.FleetModel.Sessions;

/// <summary>Session ids, derived from the caller's idempotency key: the same in every silo, cell and restart.</summary>
public static class SessionIds
{
    private const string Prefix = "s-";

    /// <summary>Length of every session id.</summary>
    public const int Length = 2 + StableHash.Length;

    /// <summary>The id of the session that a caller means by a key.</summary>
    /// <param name="caller">Who asks: keys of different callers never meet.</param>
    /// <param name="idempotencyKey">The caller's key.</param>
    public static string FromKey(string caller, string idempotencyKey) => Prefix + StableHash.Of($"{caller.Length}:{caller}{idempotencyKey}");

    /// <summary>Whether a text has the form of a session id.</summary>
    public static bool IsWellFormed(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) && StableHash.IsWellFormed(text.AsSpan(Prefix.Length));
}
