using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.LocalCloud.Access;

/// <summary>Issues tokens (JWT) as a studio's own issuer does, with a key of its own.</summary>
internal sealed class TokenIssuer : IDisposable
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly string _audience;
    private readonly TimeProvider _time;
    private readonly ECDsa _key;
    private readonly SigningCredentials _signing;

    /// <summary>An issuer with a new key.</summary>
    /// <param name="name">Its name, <c>iss</c>.</param>
    /// <param name="audience">Whom its tokens are for, <c>aud</c>.</param>
    /// <param name="time">Clock.</param>
    /// <param name="pem">Its key (PKCS #8), or null for a new one.</param>
    public TokenIssuer(string name, string audience, TimeProvider time, string? pem = null)
    {
        (Name, _audience, _time) = (name, audience, time);
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (pem is not null) _key.ImportFromPem(pem);
        var security = new ECDsaSecurityKey(_key);
        security.KeyId = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint());
        _signing = new SigningCredentials(security, SecurityAlgorithms.EcdsaSha256);
        var open = _key.ExportParameters(includePrivateParameters: false);
        KeySet = JsonSerializer.Serialize(new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", x = Base64UrlEncoder.Encode(open.Q.X!), y = Base64UrlEncoder.Encode(open.Q.Y!), kid = security.KeyId, use = "sig", alg = SecurityAlgorithms.EcdsaSha256 } },
        });
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The public half of its key, as a JWK set.</summary>
    public string KeySet { get; }

    /// <summary>The private half, PKCS #8 in PEM.</summary>
    public string Pem => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>A token.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="lifetime">How long it holds from now; below zero for one that has expired.</param>
    /// <param name="claims">What else it says.</param>
    public string Issue(string subject, TimeSpan lifetime, params IEnumerable<Claim> claims) => Handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Name,
        Audience = _audience,
        IssuedAt = (_time.GetUtcNow() + (lifetime < TimeSpan.Zero ? lifetime : TimeSpan.Zero)).UtcDateTime,
        Expires = (_time.GetUtcNow() + lifetime).UtcDateTime,
        Subject = new ClaimsIdentity([new Claim(JwtRegisteredClaimNames.Sub, subject), .. claims]),
        SigningCredentials = _signing,
    });

    public void Dispose() => _key.Dispose();
}
