using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost.Access;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Tls;

/// <summary>The certificate of the host's https addresses, read again when it is renewed. The configuration section <c>Tls</c>.</summary>
public sealed class TlsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Tls";

    /// <summary>PEM file with the certificate, and those that it was issued by; null where no address is https, or Kestrel's own section names one. The default is null.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file with its private key. The default is null.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Time between two looks at the files. The default is 10 seconds; 1 second to 1 hour.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long before the end of any certificate that the host uses (these, those of its callers' authorities, those between cells) the diagnosis warns: renewals that come in time are never
    /// seen. The default is 14 days; 1 hour to 365 days.
    /// </summary>
    public TimeSpan ExpiryWarning { get; set; } = TimeSpan.FromDays(14);
}

/// <summary>Checks <see cref="TlsOptions"/>.</summary>
internal sealed class TlsOptionsValidator(IOptionsMonitor<AccessOptions> access) : IValidateOptions<TlsOptions>
{
    public ValidateOptionsResult Validate(string? name, TlsOptions options)
    {
        var faults = new FaultList(TlsOptions.Section);
        faults.Check(options.CertificateFile is null || File.Exists(options.CertificateFile), nameof(options.CertificateFile), $"is '{options.CertificateFile}', and there is no such file");
        faults.Check(options.KeyFile is null || File.Exists(options.KeyFile), nameof(options.KeyFile), $"is '{options.KeyFile}', and there is no such file");
        faults.Check(options.CertificateFile is null == options.KeyFile is null, nameof(options.KeyFile), $"and {nameof(options.CertificateFile)} go together: give both or neither");
        faults.Check(options.ReloadInterval >= TimeSpan.FromSeconds(1) && options.ReloadInterval <= TimeSpan.FromHours(1), nameof(options.ReloadInterval), $"is {options.ReloadInterval}: 00:00:01 to 01:00:00 is possible");
        faults.Check(options.ExpiryWarning >= TimeSpan.FromHours(1) && options.ExpiryWarning <= TimeSpan.FromDays(365), nameof(options.ExpiryWarning), $"is {options.ExpiryWarning}: 01:00:00 to 365.00:00:00 is possible");
        if (HasBackendAuthorities())
            faults.Check(options.CertificateFile is not null, nameof(options.CertificateFile), $"is missing: {AccessOptions.Section}:{nameof(AccessOptions.BackendAuthorities)} needs it, for certificates are shown at https addresses");
        return faults.ToResult();
    }

    private bool HasBackendAuthorities()
    {
        try
        {
            return access.CurrentValue.BackendAuthorities is not null;
        }
        catch (OptionsValidationException)
        {
            // Told by their own validator.
            return false;
        }
    }
}
