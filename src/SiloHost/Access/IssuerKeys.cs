using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.SiloHost.Access;

/// <summary>The public keys of an issuer of tokens that serves them, kept up to date in the background: those last read hold while they cannot be read again.</summary>
internal static class IssuerKeys
{
    // Whoever makes up names of keys has them read no more often than this.
    private static readonly TimeSpan LeastBetweenReads = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The keys.</summary>
    public static ConfigurationManager<OpenIdConnectConfiguration> Of(TokenIssuerOptions issuer)
    {
        return new(issuer.KeysAddress, Reader(issuer), Documents())
        {
            AutomaticRefreshInterval = issuer.KeysRefreshInterval,
            RefreshInterval = LeastBetweenReads,

            // A key that was withdrawn is to be gone.
            UseLastKnownGoodConfiguration = false,
        };
    }

    /// <summary>Reads what is at an issuer's address once.</summary>
    public static Task<OpenIdConnectConfiguration> ReadAsync(TokenIssuerOptions issuer, CancellationToken cancellationToken) =>
        Reader(issuer).GetConfigurationAsync(issuer.KeysAddress, Documents(), cancellationToken);

    private static IConfigurationRetriever<OpenIdConnectConfiguration> Reader(TokenIssuerOptions issuer) =>
        issuer.KeysUrl is null ? new OpenIdConnectConfigurationRetriever() : new KeySetReader(issuer.Issuer);

    private static HttpDocumentRetriever Documents() => new(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = ReadTimeout, MaxResponseContentBufferSize = MaxBytes })
    {
        // What is possible was checked with the options: https, and http on loopback.
        RequireHttps = false,
    };

    /// <summary>Reads a JWK set that stands alone.</summary>
    private sealed class KeySetReader(string issuer) : IConfigurationRetriever<OpenIdConnectConfiguration>
    {
        public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
        {
            var keys = new JsonWebKeySet(await retriever.GetDocumentAsync(address, cancel));
            var configuration = new OpenIdConnectConfiguration { Issuer = issuer, JsonWebKeySet = keys };
            foreach (var key in keys.GetSigningKeys()) configuration.SigningKeys.Add(key);
            return configuration;
        }
    }
}
