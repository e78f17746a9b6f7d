using System.Security.Cryptography;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>Signs join tokens, ES256 JWTs that a game server verifies without a call, and knows its own again.</summary>
internal sealed class JoinTokenIssuer : IDisposable
{
    /// <summary>Issuer of every join token.</summary>
    public const string Issuer = "fleetsystem";

    /// <summary>Claim that names the session.</summary>
    public const string SessionClaim = "sid";

    // Longer than any that is issued: ids are bounded.
    private const int MaxTokenBytes = 4096;

    private readonly ECDsa _key = ECDsa.Create();
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = MaxTokenBytes };
    private readonly SigningCredentials _credentials;

    public JoinTokenIssuer(IOptions<FleetManagerOptions> options)
    {
        _key.ImportFromPem(File.ReadAllText(options.Value.JoinTokenKeyFile));
        // A factory of its own: the shared one keeps signers by key id, also of an issuer that was disposed.
        var key = new ECDsaSecurityKey(_key) { CryptoProviderFactory = new CryptoProviderFactory() };
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        _credentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256);
    }

    /// <summary>What is wrong with a key file, as the rest of a sentence that begins with the setting's key; null when nothing is.</summary>
    public static string? FaultOf(string file)
    {
        const string Remedy = "make one with 'openssl ecparam -name prime256v1 -genkey -noout'";
        if (!File.Exists(file)) return $"is '{file}', a file that does not exist: {Remedy}";
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            var curve = key.ExportParameters(includePrivateParameters: true).Curve;
            return curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value ? null : $"is '{file}', which holds a key of another curve than ES256's P-256: {Remedy}";
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"is '{file}', which holds no readable PEM private key for ES256 ({fault.Message.TrimEnd('.')}): {Remedy}";
        }
    }

    /// <summary>A token for one player of a session.</summary>
    public string Issue(SessionRecord session, string player, DateTimeOffset now, DateTimeOffset expires) =>
        _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = session.Request.Fleet,
            IssuedAt = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            Claims = new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = player, [SessionClaim] = session.Id },
            SigningCredentials = _credentials,
        });

    /// <summary>Whether a token is this player's of this session, and valid now.</summary>
    public async ValueTask<RouteReportOutcome> VerifyAsync(string token, SessionRecord session, string player, DateTimeOffset now)
    {
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKey = _credentials.Key,
            ValidIssuer = Issuer,
            ValidateAudience = false,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = (_, expires, _, _) => expires is { } end && now.UtcDateTime < end,
        });
        if (!result.IsValid)
            return result.Exception is SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException ? RouteReportOutcome.ExpiredToken : RouteReportOutcome.InvalidToken;

        // The session's id says it all: which fleet it is of need not be looked at.
        var valid = (JsonWebToken)result.SecurityToken;
        if (!valid.TryGetPayloadValue<string>(SessionClaim, out var claimed) || claimed != session.Id) return RouteReportOutcome.OtherSession;
        return valid.Subject == player ? RouteReportOutcome.Taken : RouteReportOutcome.OtherPlayer;
    }

    public void Dispose() => _key.Dispose();
}
