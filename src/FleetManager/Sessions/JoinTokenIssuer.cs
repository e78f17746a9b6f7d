using System.Security.Cryptography;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>Signs join tokens: ES256 JWTs that a game server verifies without a call.</summary>
internal sealed class JoinTokenIssuer : IDisposable
{
    /// <summary>Issuer of every join token.</summary>
    public const string Issuer = "fleetsystem";

    /// <summary>Claim that names the session.</summary>
    public const string SessionClaim = "sid";

    private readonly ECDsa _key = ECDsa.Create();
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials;

    public JoinTokenIssuer(IOptions<FleetManagerOptions> options)
    {
        var file = options.Value.JoinTokenKeyFile;
        try
        {
            _key.ImportFromPem(File.ReadAllText(file));
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            throw new InvalidOperationException($"{FleetManagerOptions.Section}:{nameof(FleetManagerOptions.JoinTokenKeyFile)}: '{file}' holds no PEM private key for ES256: make one with 'openssl ecparam -name prime256v1 -genkey -noout'.", fault);
        }

        if (_key.KeySize != 256) throw new InvalidOperationException($"{FleetManagerOptions.Section}:{nameof(FleetManagerOptions.JoinTokenKeyFile)}: '{file}' holds a key of {_key.KeySize} bits; ES256 needs the curve P-256.");
        var key = new ECDsaSecurityKey(_key);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        _credentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256);
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

    public void Dispose() => _key.Dispose();
}
