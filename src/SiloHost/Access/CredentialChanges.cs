namespace FleetSystem.SiloHost.Access;

/// <summary>Tells when credentials may have been withdrawn: keys of callers, keys of issuers, authorities of certificates. Who holds a connection open looks then whether it still may be.</summary>
public sealed class CredentialChanges
{
    /// <summary>Raised after such a change, on whatever thread has noticed it. A handler is short and does not throw.</summary>
    internal event Action? Changed;

    /// <summary>Tells of a change.</summary>
    internal void Notify() => Changed?.Invoke();
}
