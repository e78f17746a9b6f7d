using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.SiloHost.Access;

/// <summary>Knows callers by tokens (JWT) of issuers, each of which is an authentication scheme of its own.</summary>
internal sealed class TokenSchemes
{
    // Longer is refused unread.
    private const int MaxTokenLength = 8 * 1024;

    // Signed with a private key: with a shared secret whoever checks tokens could make them.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly string _prefix;
    private readonly List<string> _issuers;

    /// <summary>Adds a scheme for each issuer.</summary>
    /// <param name="authentication">Where to.</param>
    /// <param name="prefix">Start of the schemes' names.</param>
    /// <param name="issuers">The issuers.</param>
    /// <param name="identify">Who a valid token says that he is, or null where it says nobody.</param>
    public TokenSchemes(AuthenticationBuilder authentication, string prefix, IEnumerable<TokenIssuerOptions> issuers, Func<JsonWebToken, IEnumerable<Claim>?> identify)
    {
        (_prefix, _issuers) = (prefix, []);
        foreach (var issuer in issuers)
        {
            var scheme = prefix + _issuers.Count;
            _issuers.Add(issuer.Issuer);
            authentication.AddJwtBearer(scheme, _ => { });
            authentication.Services.AddOptions<JwtBearerOptions>(scheme).Configure<TimeProvider, IssuerKeyFiles>((jwt, time, files) =>
            {
                var file = issuer.KeysFile is null ? null : files.Of(issuer);
                jwt.ConfigurationManager = file is null ? IssuerKeys.Of(issuer) : file;
                Configure(jwt, scheme, issuer, file, time, identify);
            });
        }
    }

    /// <summary>The scheme that a credential is to be read by; null for one that is no token, or where there is no issuer.</summary>
    public string? SchemeOf(string credential)
    {
        if (_issuers.Count == 0 || credential.Count('.') != 2) return null;
        return _prefix + (_issuers.Count == 1 || credential.Length > MaxTokenLength ? 0 : Math.Max(0, _issuers.IndexOf(IssuerOf(credential))));
    }

    private static void Configure(JwtBearerOptions jwt, string scheme, TokenIssuerOptions issuer, IssuerKeyFile? file, TimeProvider time, Func<JsonWebToken, IEnumerable<Claim>?> identify)
    {
        jwt.MapInboundClaims = false;
        jwt.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = issuer.Issuer,
            ValidAudience = issuer.Audience,
            ValidAlgorithms = Algorithms,
            LifetimeValidator = (notBefore, expires, _, _) => expires is { } end && time.GetUtcNow().UtcDateTime is var now && now < end + issuer.ClockSkew && !(now + issuer.ClockSkew < notBefore),
        };
        jwt.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                context.Token = BearerCredential.Of(context.Request);
                if (context.Token is { Length: > MaxTokenLength }) context.Fail("The token is too long.");
                return Task.CompletedTask;
            },
            OnTokenValidated = context =>
            {
                if (context.SecurityToken is JsonWebToken token && identify(token) is { } claims)
                {
                    context.Principal = new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
                    context.HttpContext.Features.Set(new CallerCredential(new DateTimeOffset(token.ValidTo, TimeSpan.Zero) + issuer.ClockSkew, IsHeld(token.SigningKey, file)));
                }
                else context.Fail("The token does not say who it is of.");

                return Task.CompletedTask;
            },

            // Whether the token is good cannot be told: that is not the caller's fault.
            OnAuthenticationFailed = context => context.Exception is SecurityTokenException or ArgumentException
                ? Task.CompletedTask : throw new TimeoutException($"The keys of the issuer '{issuer.Issuer}' cannot be had.", context.Exception),
        };
    }

    // Where the issuer serves its keys they are read again when tokens come; what was opened with one ends when the token does.
    private static Func<bool> IsHeld(SecurityKey? key, IssuerKeyFile? file) =>
        file is null || key?.CanComputeJwkThumbprint() != true ? () => true : () => file.Holds(key.ComputeJwkThumbprint());

    private static string IssuerOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Issuer;
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException or CryptographicException or FormatException or DecoderFallbackException)
        {
            return "";
        }
    }
}
