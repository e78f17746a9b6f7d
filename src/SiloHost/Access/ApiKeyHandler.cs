using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Access;

/// <summary>Knows callers by their keys.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory logs, UrlEncoder encoder, ApiKeyRing keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, logs, encoder)
{
    public const string SchemeName = "ApiKey";

    /// <summary>Longer is no key of anybody, and hashing it would only cost.</summary>
    public const int MaxKeyLength = 1024;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerCredential.Of(Request) is not { Length: <= MaxKeyLength } key) return Task.FromResult(AuthenticateResult.NoResult());
        if (keys.Find(key) is not { } found) return Task.FromResult(AuthenticateResult.Fail("The key is nobody's."));
        Context.Features.Set(new CallerCredential(null, () => keys.Holds(found)));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, found.Name), new Claim(ClaimTypes.Role, found.Role.ToString())], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }
}
