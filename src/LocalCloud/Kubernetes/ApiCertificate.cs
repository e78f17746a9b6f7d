using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// A certificate authority of one run and the API server's certificate from it. kubectl shows its token over TLS only; clients find the
/// authority in the kubeconfig.
/// </summary>
internal sealed class ApiCertificate : IDisposable
{
    // Clients judge by this machine's clock, whatever clock the cluster runs on.
    private static readonly TimeProvider ClientsTime = TimeProvider.System;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private ApiCertificate(X509Certificate2 server, string authorityPem)
    {
        Server = server;
        AuthorityPem = authorityPem;
    }

    /// <summary>The server's certificate with its private key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The authority's certificate, without its key, in PEM.</summary>
    public string AuthorityPem { get; }

    public static ApiCertificate Create(string clusterName, IPAddress address)
    {
        var from = ClientsTime.GetUtcNow().AddMinutes(-5);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN=localcloud-{clusterName}", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = authorityRequest.CreateSelfSigned(from, from + Lifetime);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var signed = request.Create(authority, from, from + Lifetime, RandomNumberGenerator.GetBytes(16));
        using var withKey = signed.CopyWithPrivateKey(key);
        // Through PKCS#12: a key that lives in memory only cannot serve TLS on every platform.
        var server = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        return new ApiCertificate(server, authority.ExportCertificatePem());
    }

    public void Dispose() => Server.Dispose();
}
