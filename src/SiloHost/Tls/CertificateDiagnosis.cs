using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetSystem.SiloHost.Diagnosis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Tls;

/// <summary>Certificates that a host uses.</summary>
/// <param name="Subject">What for, for people.</param>
/// <param name="Files">Where they are; null where it uses none.</param>
public sealed record CertificateUse(string Subject, Func<CertificateFiles?> Files);

/// <summary>Looks whether certificates can be read, go with their keys, and last for a while.</summary>
internal sealed class CertificateDiagnosis(IEnumerable<CertificateUse> uses, IOptions<TlsOptions> options, TimeProvider time) : IDiagnosis
{
    public IEnumerable<DiagnosisStep> Steps() =>
        from use in uses
        let files = use.Files()
        where files is not null
        select new DiagnosisStep(use.Subject, _ => Task.FromResult<IReadOnlyList<Finding>>([.. LookAtOwn(use.Subject, files), .. LookAtAuthorities(use.Subject, files)]));

    private IReadOnlyList<Finding> LookAtOwn(string subject, CertificateFiles files)
    {
        try
        {
            using var own = X509Certificate2.CreateFromPem(File.ReadAllText(files.CertificateFile), File.ReadAllText(files.KeyFile));
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.CertificateFile);
            return [.. chain.Select((certificate, index) => Judge(subject, index == 0 ? "the certificate" : "the authority sent with it", certificate, files.CertificateFile, FindingState.Failed))
                .Where((finding, index) => index == 0 || finding.State != FindingState.Passed)];
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [new(subject, FindingState.Failed, $"has no certificate with its key in {files.CertificateFile} and {files.KeyFile}: {fault.Message.TrimEnd('.')}. A host that runs serves on what it has; write both anew, as PEM.")];
        }
    }

    private IReadOnlyList<Finding> LookAtAuthorities(string subject, CertificateFiles files)
    {
        if (files.AuthorityDirectory is not { } directory) return [];
        try
        {
            var known = TlsCertificates.AuthorityFiles(directory).SelectMany(file =>
            {
                var found = new X509Certificate2Collection();
                found.ImportFromPemFile(file);
                return found.Select(certificate => (File: file, Certificate: certificate));
            }).ToList();
            if (known.Count == 0) return [new(subject, FindingState.Failed, $"knows no authority of the other side: there is none in a .crt or .pem file in {directory}, and nobody is let in by a certificate.")];

            // One of several may well be on its way out.
            var findings = known.Select(authority => Judge(subject, "the other side's authority", authority.Certificate, authority.File, FindingState.Warning)).Where(finding => finding.State != FindingState.Passed).ToList();
            return findings.Count > 0 ? findings : [new(subject, FindingState.Passed, $"knows {known.Count} of the other side's authorities, in {directory}.")];
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return [new(subject, FindingState.Failed, $"has authorities in {directory} that cannot be read: {fault.Message.TrimEnd('.')}. A host that runs goes on with those that it knows.")];
        }
    }

    private Finding Judge(string subject, string what, X509Certificate2 certificate, string file, FindingState expired)
    {
        var (now, end) = (time.GetUtcNow(), new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero));
        var told = string.Create(CultureInfo.InvariantCulture, $"{what} '{certificate.Subject}' in {file}");
        if (now >= end) return new(subject, expired, $"{told} has expired on {Day(end)}: renew it; it is read again by itself.");
        if (now < certificate.NotBefore.ToUniversalTime()) return new(subject, expired, $"{told} is not valid before {Day(new(certificate.NotBefore.ToUniversalTime(), TimeSpan.Zero))}: look at this machine's clock, and the issuer's.");
        return end - now < options.Value.ExpiryWarning
            ? new(subject, FindingState.Warning, $"{told} expires on {Day(end)}, in {Math.Floor((end - now).TotalDays).ToString(CultureInfo.InvariantCulture)} days: see why it was not renewed.")
            : new(subject, FindingState.Passed, $"{told} is valid until {Day(end)}.");
    }

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Adds the look at certificates to a host.</summary>
public static class CertificateDiagnosisSetup
{
    /// <summary>Adds certificates that are looked at.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="subject">What they are for, for people.</param>
    /// <param name="files">Where they are; null where none are used.</param>
    public static IServiceCollection AddCertificateUse(this IServiceCollection services, string subject, Func<IServiceProvider, CertificateFiles?> files)
    {
        if (services.All(service => service.ImplementationType != typeof(CertificateDiagnosis))) services.AddDiagnosis<CertificateDiagnosis>();
        return services.AddSingleton(provider => new CertificateUse(subject, () => files(provider)));
    }
}
