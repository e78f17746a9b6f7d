namespace FleetSystem.SiloHost.Access;

/// <summary>What a request was let in by, as long as it lasts: a feature of the request, left by whoever has known the caller.</summary>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
/// <param name="IsHeld">Whether it has not been withdrawn; asked after <see cref="CredentialChanges"/>.</param>
internal sealed record CallerCredential(DateTimeOffset? ExpiresAt, Func<bool> IsHeld);
