using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace FleetSystem.SiloHost.Tls;

/// <summary>
/// Clients that have connected with certificates. A connection may last for days, and its certificate was looked at when it was made: once the authorities are others, it is looked at again.
/// </summary>
internal sealed class ConnectedClients
{
    // Of game backends, which are few; with more of them all are looked at again.
    private const int MaxClients = 4096;

    private readonly ConcurrentDictionary<string, Client> _clients = new(StringComparer.Ordinal);
    private readonly TlsCertificates _certificates;
    private int _generation;

    public ConnectedClients(TlsCertificates certificates)
    {
        _certificates = certificates;
        certificates.Renewed += () => Interlocked.Increment(ref _generation);
    }

    /// <summary>Whether a client that connects is of an authority that is known.</summary>
    /// <param name="certificate">Its certificate.</param>
    /// <param name="sent">What it sent beside it.</param>
    public bool Admit(X509Certificate2 certificate, X509Chain? sent)
    {
        var generation = Volatile.Read(ref _generation);
        if (!_certificates.IsClientKnown(certificate, sent)) return false;
        if (_clients.Count >= MaxClients) _clients.Clear();
        _clients[certificate.Thumbprint] = new Client(generation, true, sent is null ? [] : [.. sent.ChainPolicy.ExtraStore.Select(other => X509CertificateLoader.LoadCertificate(other.RawData))]);
        return true;
    }

    /// <summary>Whether a client that is connected is of an authority that is known now.</summary>
    public bool IsKnown(X509Certificate2 certificate)
    {
        var generation = Volatile.Read(ref _generation);
        var client = _clients.GetValueOrDefault(certificate.Thumbprint) ?? new Client(generation - 1, false, []);
        if (client.Generation == generation) return client.IsKnown;
        using var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.AddRange(client.Sent);
        var known = _certificates.IsClientKnown(certificate, chain);
        _clients[certificate.Thumbprint] = client with { Generation = generation, IsKnown = known };
        return known;
    }

    private sealed record Client(int Generation, bool IsKnown, X509Certificate2[] Sent);
}
