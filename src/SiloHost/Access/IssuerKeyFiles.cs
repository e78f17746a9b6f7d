using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// The public keys of issuers that are in files (<see cref="TokenIssuerOptions.KeysFile"/>), looked at each <see cref="AccessOptions.ReloadInterval"/>: a token with a key that is new there is taken, and one
/// with a key that is gone refused, at the latest then.
/// </summary>
internal sealed class IssuerKeyFiles(IOptions<AccessOptions> access, CredentialChanges changes, TimeProvider time, ILogger<IssuerKeyFiles> log) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<IssuerKeyFile>> _files = new(StringComparer.Ordinal);

    /// <summary>Why files cannot be read, by path.</summary>
    public IEnumerable<(string Path, string Reason, DateTimeOffset Since)> Faults =>
        _files.Values.Select(file => file.Value).Where(file => file.File.Fault is not null).Select(file => (file.File.Path, file.File.Fault!.Value.Reason, file.File.Fault.Value.Since));

    /// <summary>The keys of an issuer.</summary>
    public IssuerKeyFile Of(TokenIssuerOptions issuer) =>
        _files.GetOrAdd(issuer.Issuer, _ => new(() => new IssuerKeyFile(issuer.Issuer, issuer.KeysFile!, access.Value.ReloadInterval, changes, time, log))).Value;

    public void Dispose()
    {
        foreach (var file in _files.Values.Where(file => file.IsValueCreated)) file.Value.File.Dispose();
    }
}

/// <summary>The public keys of an issuer that are in a file.</summary>
internal sealed class IssuerKeyFile : IConfigurationManager<OpenIdConnectConfiguration>
{
    public IssuerKeyFile(string issuer, string path, TimeSpan interval, CredentialChanges changes, TimeProvider time, ILogger log) =>
        File = new(path, $"The keys of the issuer '{issuer}'", interval, bytes => Parse(issuer, bytes), _ => changes.Notify(), time, log);

    public ReloadedFile<OpenIdConnectConfiguration> File { get; }

    /// <summary>Reads a JWK set.</summary>
    /// <exception cref="InvalidDataException">It is none, or has no key to check a token with.</exception>
    public static OpenIdConnectConfiguration Parse(string issuer, byte[] content)
    {
        try
        {
            var keys = new JsonWebKeySet(Encoding.UTF8.GetString(content));
            var configuration = new OpenIdConnectConfiguration { Issuer = issuer, JsonWebKeySet = keys };
            foreach (var key in keys.GetSigningKeys().Where(key => key is not SymmetricSecurityKey)) configuration.SigningKeys.Add(key);
            return configuration.SigningKeys.Count > 0 ? configuration : throw new InvalidDataException("it has no public key to check a token's signature with (kty RSA or EC)");
        }
        catch (Exception fault) when (fault is ArgumentException or System.Text.Json.JsonException or FormatException)
        {
            throw new InvalidDataException("it is no JWK set, JSON of the form {\"keys\": [{\"kty\", ...}]}");
        }
    }

    /// <summary>Whether a key is among them now.</summary>
    public bool Holds(byte[] thumbprint) => File.Current?.SigningKeys.Any(key => key.CanComputeJwkThumbprint() && key.ComputeJwkThumbprint().AsSpan().SequenceEqual(thumbprint)) == true;

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        File.Current is { } known ? Task.FromResult(known) : throw new InvalidOperationException($"The keys in {File.Path} cannot be read: {File.Fault?.Reason}");

    // The file is looked at by itself.
    public void RequestRefresh()
    {
    }
}
