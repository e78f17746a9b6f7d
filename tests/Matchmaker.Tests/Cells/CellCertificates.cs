using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetSystem.SiloHost.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetSystem.Matchmaker.Tests.Cells;

/// <summary>An authority of cells, and the files that each of them is given.</summary>
internal sealed class CellCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleetsystem-cells-").FullName;
    private readonly X509Certificate2 _authority;

    public CellCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cells", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        _authority = request.CreateSelfSigned(Start, Start.AddYears(10));
        Directory.CreateDirectory(Authorities);
        File.WriteAllText(Path.Combine(Authorities, "ca.crt"), _authority.ExportCertificatePem());
    }

    private string Authorities => Path.Combine(_folder, "authorities");

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow().AddDays(-1);

    /// <summary>What a cell's host is told of its certificates.</summary>
    public (string Key, string Value)[] SettingsOf(string cell)
    {
        var files = FilesOf(cell);
        return [("Matchmaker:Cells:Tls:CertificateFile", files.CertificateFile), ("Matchmaker:Cells:Tls:KeyFile", files.KeyFile), ("Matchmaker:Cells:Tls:AuthorityDirectory", files.AuthorityDirectory!)];
    }

    /// <summary>What a cell knows others by, and shows itself.</summary>
    public TlsCertificates Of(string cell) => new(FilesOf(cell), cell, TimeProvider.System, NullLogger<TlsCertificates>.Instance);

    private CertificateFiles FilesOf(string cell)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={cell}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(cell);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var issued = request.Create(_authority, Start.AddMinutes(1), Start.AddYears(1), RandomNumberGenerator.GetBytes(8));
        var files = new CertificateFiles(Path.Combine(_folder, $"{cell}.crt"), Path.Combine(_folder, $"{cell}.key"), Authorities, TimeSpan.FromMinutes(1));
        File.WriteAllText(files.CertificateFile, issued.ExportCertificatePem());
        File.WriteAllText(files.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
