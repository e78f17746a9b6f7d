using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace FleetSystem.SiloHost.Tls;

/// <summary>Where certificates are, as Kubernetes mounts secrets.</summary>
/// <param name="CertificateFile">PEM file with our certificate, and those that it was issued by.</param>
/// <param name="KeyFile">PEM file with its private key.</param>
/// <param name="AuthorityDirectory">Directory with the authorities of the other side's certificates, or null when it shows none.</param>
/// <param name="ReloadInterval">Time between two looks at the files.</param>
public sealed record CertificateFiles(string CertificateFile, string KeyFile, string? AuthorityDirectory, TimeSpan ReloadInterval);

/// <summary>
/// Certificates of one service, read from files and looked at again from time to time: cert-manager and kubelets renew them in place. What
/// cannot be read leaves those in force that are known.
/// </summary>
public sealed partial class TlsCertificates : IDisposable
{
    // Extended key usages.
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private readonly CertificateFiles _files;
    private readonly string _service;
    private readonly ILogger _log;
    private readonly ITimer _reload;
    private volatile Loaded _current;

    /// <summary>Reads the certificates, and goes on reading them.</summary>
    /// <param name="files">Where they are.</param>
    /// <param name="service">Whose they are, for people.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <exception cref="CryptographicException">A file holds no certificate, or the key is not the certificate's.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public TlsCertificates(CertificateFiles files, string service, TimeProvider time, ILogger<TlsCertificates> log)
    {
        (_files, _service, _log) = (files, service, log);
        _current = Load(Read());
        _reload = time.CreateTimer(_ => Reload(), null, files.ReloadInterval, files.ReloadInterval);
    }

    /// <summary>How the next connection of a client is secured.</summary>
    /// <param name="accepts">Which client of a known authority is let in; null for each.</param>
    public SslServerAuthenticationOptions ForServer(Func<X509Certificate2, bool>? accepts = null)
    {
        var loaded = _current;
        var mutual = _files.AuthorityDirectory is not null;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = loaded.Context,
            ClientCertificateRequired = mutual,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = mutual ? (_, certificate, sent, _) => IsKnown(loaded, certificate, sent, ClientUsage, accepts) : null,
        };
    }

    /// <summary>How connections to a server are secured, also after the certificates were renewed. Our own is sent without those that it was issued by.</summary>
    /// <param name="accepts">Which server of a known authority is the right one, whatever address it was reached by.</param>
    public SslClientAuthenticationOptions ForClient(Func<X509Certificate2, bool> accepts) => new()
    {
        LocalCertificateSelectionCallback = (_, _, _, _, _) => _current.Certificate,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, sent, _) => IsKnown(_current, certificate, sent, ServerUsage, accepts),
    };

    /// <summary>Whether a client's certificate is of an authority that is known now.</summary>
    /// <param name="certificate">The client's.</param>
    /// <param name="sent">What it sent beside it.</param>
    public bool IsClientKnown(X509Certificate2 certificate, X509Chain? sent) => IsKnown(_current, certificate, sent, ClientUsage, null);

    /// <summary>Raised after the files were others: from now on the new ones count. A handler is short and does not throw.</summary>
    internal event Action? Renewed;

    /// <summary>Our own certificate, as it is now.</summary>
    public X509Certificate2 Certificate => _current.Certificate;

    /// <inheritdoc/>
    public void Dispose() => _reload.Dispose();

    private void Reload()
    {
        try
        {
            var files = Read();
            if (files.Print.AsSpan().SequenceEqual(_current.Print)) return;
            _current = Load(files);
            LogReloaded(_log, _service, _current.Authorities.Count);
            Renewed?.Invoke();
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            LogReloadFailed(_log, _service, fault);
        }
    }

    private bool IsKnown(Loaded loaded, X509Certificate? certificate, X509Chain? sent, string usage, Func<X509Certificate2, bool>? accepts)
    {
        if (certificate is not X509Certificate2 other) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(loaded.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        if (!chain.Build(other)) LogRefused(_log, _service, other.Subject, string.Join(", ", chain.ChainStatus.Select(status => status.Status)));
        else if (accepts?.Invoke(other) == false) LogRefused(_log, _service, other.Subject, "its names are not those expected");
        else return true;
        return false;
    }

    /// <summary>The files of a directory that hold authorities.</summary>
    internal static IEnumerable<string> AuthorityFiles(string directory) =>
        Directory.GetFiles(directory).Where(file => file.EndsWith(".crt", StringComparison.Ordinal) || file.EndsWith(".pem", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private Files Read()
    {
        var authorities = _files.AuthorityDirectory is { } directory ? AuthorityFiles(directory).Select(File.ReadAllText).ToList() : [];
        return new Files(File.ReadAllText(_files.CertificateFile), File.ReadAllText(_files.KeyFile), authorities);
    }

    private static Loaded Load(Files files)
    {
        using var pem = X509Certificate2.CreateFromPem(files.Certificate, files.Key);

        // Through PKCS #12, because Windows does not serve with a key that was never stored.
        var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var issuers = new X509Certificate2Collection();
        issuers.ImportFromPem(files.Certificate);
        issuers.RemoveAt(0);
        var authorities = new X509Certificate2Collection();
        foreach (var file in files.Authorities) authorities.ImportFromPem(file);
        return new Loaded(own, SslStreamCertificateContext.Create(own, issuers, offline: true), authorities, files.Print);
    }

    private sealed record Files(string Certificate, string Key, IReadOnlyList<string> Authorities)
    {
        public byte[] Print { get; } = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\0', [Certificate, Key, .. Authorities])));
    }

    private sealed record Loaded(X509Certificate2 Certificate, SslStreamCertificateContext Context, X509Certificate2Collection Authorities, byte[] Print);

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificates of {Service} were renewed; {Authorities} authorities of others are known")]
    private static partial void LogReloaded(ILogger logger, string service, int authorities);

    [LoggerMessage(Level = LogLevel.Error, Message = "The certificates of {Service} could not be read again; those known stay in force")]
    private static partial void LogReloadFailed(ILogger logger, string service, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service} refused the certificate '{Subject}': {Reasons}")]
    private static partial void LogRefused(ILogger logger, string service, string subject, string reasons);
}
