using System.Security.Cryptography;
using System.Text.Json;
using FleetSystem.GameServer.Join;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.GameServer.Tests.Join;

/// <summary>Signs join tokens as the fleet's side does, well or badly.</summary>
internal sealed class TokenSigner(TimeProvider time) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The public keys as the file of the game server has them.</summary>
    public string JwkSet
    {
        get
        {
            var q = _key.ExportParameters(includePrivateParameters: false).Q;
            return JsonSerializer.Serialize(new
            {
                keys = new[] { new { kty = "EC", crv = "P-256", kid = "k1", x = Base64UrlEncoder.Encode(q.X), y = Base64UrlEncoder.Encode(q.Y) } },
            });
        }
    }

    public JoinTokenVerifier Verifier
    {
        get
        {
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllText(path, JwkSet);
                return new JoinTokenVerifier(JoinKeys.Read(path), time);
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    public string Sign(
        string? player = "p1",
        string? session = "s-1",
        string fleet = "arena",
        string issuer = "fleetsystem",
        TimeSpan? lifetime = null,
        string? algorithm = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = fleet,
            Expires = time.GetUtcNow().UtcDateTime + (lifetime ?? TimeSpan.FromMinutes(5)),
            Claims = new Dictionary<string, object?> { ["sub"] = player, ["sid"] = session }.Where(claim => claim.Value is not null).ToDictionary(claim => claim.Key, claim => claim.Value!),
            SigningCredentials = algorithm == SecurityAlgorithms.HmacSha256
                ? new SigningCredentials(new SymmetricSecurityKey(_key.ExportSubjectPublicKeyInfo()) { KeyId = "k1" }, algorithm)
                : new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256),
        });

    public void Dispose() => _key.Dispose();
}
