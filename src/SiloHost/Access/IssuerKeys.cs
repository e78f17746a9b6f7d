using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.SiloHost.Access;

/// <summary>The public keys of an issuer of tokens, kept up to date in the background: those last read hold while they cannot be read again.</summary>
internal static class IssuerKeys
{
    // Whoever makes up names of keys has them read no more often than this.
    private static readonly TimeSpan LeastBetweenReads = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The keys.</summary>
    public static ConfigurationManager<OpenIdConnectConfiguration> Of(TokenIssuerOptions issuer)
    {
        IDocumentRetriever documents = issuer.KeysFile is not null ? new FileDocumentRetriever() : new HttpDocumentRetriever(
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = ReadTimeout, MaxResponseContentBufferSize = MaxBytes })
        {
            // What is possible was checked with the options: https, and http on loopback.
            RequireHttps = false,
        };
        IConfigurationRetriever<OpenIdConnectConfiguration> reader =
            issuer is { KeysFile: null, KeysUrl: null } ? new OpenIdConnectConfigurationRetriever() : new KeySetReader(issuer.Issuer);
        return new(issuer.KeysAddress, reader, documents)
        {
            AutomaticRefreshInterval = issuer.KeysRefreshInterval,
            RefreshInterval = LeastBetweenReads,

            // A key that was withdrawn is to be gone.
            UseLastKnownGoodConfiguration = false,
        };
    }

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
