using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>
/// The allocator's certificates, read from files and looked at again from time to time: cert-manager and kubelets renew them in place. What
/// cannot be read leaves those in force that are known.
/// </summary>
internal sealed partial class AllocatorCertificates : IDisposable
{
    // Extended key usage "TLS client".
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly AllocatorTlsOptions _options;
    private readonly ILogger _log;
    private readonly ITimer _reload;
    private volatile Loaded _current;

    /// <summary>Reads the certificates, and goes on reading them.</summary>
    /// <exception cref="CryptographicException">A file holds no certificate, or the key is not the certificate's.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public AllocatorCertificates(AllocatorTlsOptions options, TimeProvider time, ILogger<AllocatorCertificates> log)
    {
        (_options, _log) = (options, log);
        _current = Load(Read());
        _reload = time.CreateTimer(_ => Reload(), null, options.ReloadInterval, options.ReloadInterval);
    }

    /// <summary>How the next connection is secured.</summary>
    public SslServerAuthenticationOptions Authentication()
    {
        var loaded = _current;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = loaded.Server,
            ClientCertificateRequired = _options.MutualTls,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = _options.MutualTls ? (_, certificate, sent, _) => IsKnown(loaded, certificate, sent) : null,
        };
    }

    public void Dispose() => _reload.Dispose();

    private void Reload()
    {
        try
        {
            var files = Read();
            if (files.Print.AsSpan().SequenceEqual(_current.Print)) return;
            _current = Load(files);
            LogReloaded(_log, _current.Authorities.Count);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            LogReloadFailed(_log, fault);
        }
    }

    private bool IsKnown(Loaded loaded, X509Certificate? certificate, X509Chain? sent)
    {
        if (certificate is not X509Certificate2 client) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(loaded.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUsage));
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        if (chain.Build(client)) return true;
        LogRefused(_log, client.Subject, string.Join(", ", chain.ChainStatus.Select(status => status.Status)));
        return false;
    }

    private Files Read()
    {
        var authorities = _options.MutualTls
            ? Directory.GetFiles(_options.ClientCaDirectory).Where(file => file.EndsWith(".crt", StringComparison.Ordinal) || file.EndsWith(".pem", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).Select(File.ReadAllText).ToList()
            : [];
        return new Files(File.ReadAllText(_options.CertificateFile), File.ReadAllText(_options.KeyFile), authorities);
    }

    private static Loaded Load(Files files)
    {
        using var pem = X509Certificate2.CreateFromPem(files.Certificate, files.Key);

        // Through PKCS #12, because Windows does not serve with a key that was never stored.
        var server = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var issuers = new X509Certificate2Collection();
        issuers.ImportFromPem(files.Certificate);
        issuers.RemoveAt(0);
        var authorities = new X509Certificate2Collection();
        foreach (var file in files.Authorities) authorities.ImportFromPem(file);
        return new Loaded(SslStreamCertificateContext.Create(server, issuers, offline: true), authorities, files.Print);
    }

    private sealed record Files(string Certificate, string Key, IReadOnlyList<string> Authorities)
    {
        public byte[] Print { get; } = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\0', [Certificate, Key, .. Authorities])));
    }

    private sealed record Loaded(SslStreamCertificateContext Server, X509Certificate2Collection Authorities, byte[] Print);

    [LoggerMessage(Level = LogLevel.Information, Message = "The allocator's certificates were renewed; {Authorities} authorities of clients are known")]
    private static partial void LogReloaded(ILogger logger, int authorities);

    [LoggerMessage(Level = LogLevel.Error, Message = "The allocator's certificates could not be read again; those known stay in force")]
    private static partial void LogReloadFailed(ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The allocator refused a client with certificate '{Subject}': {Reasons}")]
    private static partial void LogRefused(ILogger logger, string subject, string reasons);
}
