using System.Security.Cryptography;
using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Tls;

/// <summary>Secures the host's https addresses with a certificate of files, which is read again when it is renewed, and asks callers for theirs.</summary>
public static class ListenerTls
{
    /// <summary>Adds it to the host; without <see cref="TlsOptions.CertificateFile"/> Kestrel's own configuration says what is served.</summary>
    public static void AddListenerTls(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TlsOptions>().Bind(builder.Configuration.GetSection(TlsOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TlsOptions>, TlsOptionsValidator>();
        builder.Services.AddSingleton<ListenerCertificates>();
        builder.Services.AddCertificateUse("https addresses", services => services.GetRequiredService<IOptions<TlsOptions>>().Value is { CertificateFile: { } certificate, KeyFile: { } key } tls
            ? new CertificateFiles(certificate, key, services.GetRequiredService<IOptions<AccessOptions>>().Value.BackendAuthorities, tls.ReloadInterval) : null);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            // When addresses are bound, which is after options were checked.
            if (kestrel.ApplicationServices.GetRequiredService<ListenerCertificates>() is not { Current: { } certificates } listener) return;
            https.ServerCertificateSelector = (_, _) => certificates.Certificate;
            https.OnAuthenticate = (_, connection) =>
            {
                // Instead of the certificate alone: with those that it was issued by.
                connection.ServerCertificateSelectionCallback = null;
                connection.ServerCertificateContext = certificates.ForServer().ServerCertificateContext;
            };
            if (!listener.AsksClients) return;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (certificate, sent, _) => listener.Clients!.Admit(certificate, sent);
        }));
    }
}

/// <summary>The certificates of the host's https addresses.</summary>
internal sealed class ListenerCertificates : IDisposable
{
    private readonly Lazy<(TlsCertificates Certificates, ConnectedClients Clients)?> _current;

    public ListenerCertificates(IOptions<TlsOptions> options, IOptions<AccessOptions> access, CredentialChanges changes, TimeProvider time, ILogger<TlsCertificates> log)
    {
        _current = new(() =>
        {
            if (Load(options.Value, access.Value.BackendAuthorities, time, log) is not { } certificates) return null;
            var clients = new ConnectedClients(certificates);
            certificates.Renewed += changes.Notify;
            return (certificates, clients);
        });
        AsksClients = access.Value.BackendAuthorities is not null;
    }

    /// <summary>The certificates, or null where none are configured.</summary>
    public TlsCertificates? Current => _current.Value?.Certificates;

    /// <summary>Callers who have shown theirs, or null likewise.</summary>
    public ConnectedClients? Clients => _current.Value?.Clients;

    /// <summary>Whether callers may show theirs.</summary>
    public bool AsksClients { get; }

    public void Dispose()
    {
        if (_current.IsValueCreated) _current.Value?.Certificates.Dispose();
    }

    private static TlsCertificates? Load(TlsOptions options, string? authorities, TimeProvider time, ILogger<TlsCertificates> log)
    {
        if (options.CertificateFile is not { } certificate) return null;
        try
        {
            return new TlsCertificates(new CertificateFiles(certificate, options.KeyFile!, authorities, options.ReloadInterval), "the host", time, log);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(nameof(TlsOptions), typeof(TlsOptions), [$"{TlsOptions.Section} has files that hold no certificate with its key: {fault.Message}"]);
        }
    }
}
