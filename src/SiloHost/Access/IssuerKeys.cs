using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// The public keys of an issuer of tokens that serves them, kept up to date in the background: those last read hold while they cannot be read again. Nothing is read that could be changed on its way,
/// wherever a discovery document says that it is.
/// </summary>
internal static class IssuerKeys
{
    // Whoever makes up names of keys has them read no more often than this.
    private static readonly TimeSpan LeastBetweenReads = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The keys, where the issuer says that they are or at an address of their own.</summary>
    public static ConfigurationManager<OpenIdConnectConfiguration> Of(TokenIssuerOptions issuer) => Manager(issuer, discovers: issuer.KeysUrl is null);

    /// <summary>All that an issuer says of itself, for signing in there.</summary>
    public static ConfigurationManager<OpenIdConnectConfiguration> Discovery(TokenIssuerOptions issuer) => Manager(issuer, discovers: true);

    /// <summary>Where an issuer says what it says of itself.</summary>
    public static string DiscoveryAddress(TokenIssuerOptions issuer) => issuer.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";

    /// <summary>Reads what there is now, once.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <param name="discovers">Whether by its discovery document, or its keys alone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<OpenIdConnectConfiguration> ReadAsync(TokenIssuerOptions issuer, bool discovers, CancellationToken cancellationToken)
    {
        using var http = Http();
        return await Reader(issuer, discovers).GetConfigurationAsync(AddressOf(issuer, discovers), new SafeDocuments(http), cancellationToken);
    }

    private static ConfigurationManager<OpenIdConnectConfiguration> Manager(TokenIssuerOptions issuer, bool discovers) => new(AddressOf(issuer, discovers), Reader(issuer, discovers), new SafeDocuments(Http()))
    {
        AutomaticRefreshInterval = issuer.KeysRefreshInterval,
        RefreshInterval = LeastBetweenReads,

        // A key that was withdrawn is to be gone.
        UseLastKnownGoodConfiguration = false,
    };

    private static string AddressOf(TokenIssuerOptions issuer, bool discovers) => discovers ? DiscoveryAddress(issuer) : issuer.KeysAddress;

    private static IConfigurationRetriever<OpenIdConnectConfiguration> Reader(TokenIssuerOptions issuer, bool discovers) => discovers ? new OpenIdConnectConfigurationRetriever() : new KeySetReader(issuer.Issuer);

    private static HttpClient Http() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = ReadTimeout, MaxResponseContentBufferSize = MaxBytes };

    /// <summary>Reads over https, and over http on loopback alone.</summary>
    private sealed class SafeDocuments(HttpClient http) : IDocumentRetriever
    {
        private readonly HttpDocumentRetriever _documents = new(http) { RequireHttps = false };

        public Task<string> GetDocumentAsync(string address, CancellationToken cancel) => TokenIssuerOptions.IsSafe(address)
            ? _documents.GetDocumentAsync(address, cancel)
            : throw new IOException($"'{address}' is not read: what comes from there could be changed on its way. https addresses are possible, and http on loopback.");
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
