namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// Which cell keeps a session: the session's grain as the cell sees it that a caller's key came to (<see cref="ISessionGrain"/> is the same grain).
/// Its key is the session id.
/// </summary>
[Alias("fleet.ISessionHome")]
public interface ISessionHome : IGrainWithStringKey
{
    /// <summary>
    /// Settles where the session of a key is created, before anybody is asked to: the first word holds, so that the same key finds the same
    /// session though the cells' order has changed meanwhile. What it returns is in the store.
    /// </summary>
    [Alias("Settle")]
    Task<HomeReply> Settle(HomeQuestion question);

    /// <summary>The other cell that was settled on, or null when it is this one or nothing is known of the key.</summary>
    [Alias("FindElsewhere")]
    Task<string?> FindElsewhere();
}

/// <summary>Asks where a session is to be.</summary>
/// <param name="Cell">The cell wanted; this one may be it.</param>
/// <param name="Instead">A cell that cannot be reached: should it be the one settled on, <paramref name="Cell"/> takes its place. Null for none.</param>
/// <param name="Fingerprint">Hash of the request as the caller sent it.</param>
/// <param name="Keep">How long the answer is kept: as long as the session may live.</param>
[GenerateSerializer, Immutable, Alias("fleet.HomeQuestion")]
public sealed record HomeQuestion(
    [property: Id(0)] string Cell,
    [property: Id(1)] string? Instead,
    [property: Id(2)] string Fingerprint,
    [property: Id(3)] TimeSpan Keep);

/// <summary>Where a session is to be.</summary>
/// <param name="Cell">The cell; null when the key belongs to another request.</param>
[GenerateSerializer, Immutable, Alias("fleet.HomeReply")]
public sealed record HomeReply([property: Id(0)] string? Cell);
