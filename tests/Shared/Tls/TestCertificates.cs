using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetSystem.Tests.Tls;

/// <summary>A folder with the files that a server with mutual TLS is given: its certificate, its key, and the authorities of its clients.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleetsystem-tls-").FullName;
    private readonly X509Certificate2 _authority = NewAuthority("CN=clients");

    public TestCertificates()
    {
        Directory.CreateDirectory(ClientCaDirectory);
        WriteServer("CN=first");
        Trust(_authority);
    }

    public string CertificateFile => Path.Combine(_folder, "tls.crt");

    public string KeyFile => Path.Combine(_folder, "tls.key");

    public string ClientCaDirectory => Path.Combine(_folder, "client-ca");

    /// <summary>A client's certificate of the authority that the server knows.</summary>
    public X509Certificate2 Client(string subject = "CN=director") => Issue(_authority, subject, "1.3.6.1.5.5.7.3.2");

    /// <summary>A client's certificate of an authority that nobody knows, with the same names.</summary>
    public static X509Certificate2 Stranger()
    {
        using var authority = NewAuthority("CN=clients");
        return Issue(authority, "CN=director", "1.3.6.1.5.5.7.3.2");
    }

    /// <summary>A certificate of the known authority that is a server's, not a client's.</summary>
    public X509Certificate2 ServerAsClient() => Issue(_authority, "CN=director", "1.3.6.1.5.5.7.3.1");

    /// <summary>Writes a certificate of the server's, as a renewal does.</summary>
    public void WriteServer(string subject, TimeSpan? lifetime = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(Start, lifetime is { } limited ? TimeProvider.System.GetUtcNow() + limited : Start.AddYears(10));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Takes the clients' authority out, and puts another one in its place.</summary>
    public void TrustAnother()
    {
        using var other = NewAuthority("CN=others");
        Trust(other);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow().AddDays(-1);

    private void Trust(X509Certificate2 authority) => File.WriteAllText(Path.Combine(ClientCaDirectory, "ca.crt"), authority.ExportCertificatePem());

    private static X509Certificate2 NewAuthority(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(Start, Start.AddYears(10));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string subject, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var issued = request.Create(authority, Start.AddMinutes(1), Start.AddYears(1), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
