using System.Text;
using FleetSystem.GameServer.Protocol;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.GameServer.Join;

/// <summary>Tells which player a join token admits to which session, without a call to anybody: the signer's public keys are at hand.</summary>
internal sealed class JoinTokenVerifier(IReadOnlyList<SecurityKey> keys, TimeProvider time)
{
    public const string Issuer = "fleetsystem";
    public const string SessionClaimName = "sid";

    /// <summary>Longest player id admitted; longer ones are no ids of ours.</summary>
    private const int PlayerIdLengthMax = 128;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = Wire.DatagramLengthMax };

    /// <param name="token">The token as the player sent it.</param>
    /// <param name="fleet">The fleet of this server: tokens of others are refused.</param>
    public async ValueTask<Admission> VerifyAsync(ReadOnlyMemory<byte> token, string fleet)
    {
        if (token.IsEmpty)
            return Admission.Refuse(RefusalCode.TokenMissing);

        var result = await _handler.ValidateTokenAsync(Encoding.ASCII.GetString(token.Span), new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = keys,
            ValidIssuer = Issuer,
            ValidAudience = fleet,
            ValidateAudience = true,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = IsAlive,
        }).ConfigureAwait(false);

        if (!result.IsValid)
        {
            return Admission.Refuse(result.Exception switch
            {
                SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException => RefusalCode.TokenExpired,
                SecurityTokenInvalidAudienceException => RefusalCode.OtherFleet,
                _ => RefusalCode.TokenInvalid,
            });
        }

        var parsed = (JsonWebToken)result.SecurityToken;
        if (parsed.Subject is not { Length: > 0 and <= PlayerIdLengthMax } player)
            return Admission.Refuse(RefusalCode.TokenInvalid);
        return parsed.TryGetPayloadValue<string>(SessionClaimName, out var session)
            ? new Admission(player, session, default)
            : Admission.Refuse(RefusalCode.OtherSession);
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && (notBefore is not { } start || now >= start - ClockSkew);
    }
}

/// <summary>The player that a token admits and the session that it admits to, or why it admits none.</summary>
internal readonly record struct Admission(string? PlayerId, string? Session, RefusalCode Refusal)
{
    public static Admission Refuse(RefusalCode code) => new(null, null, code);
}
