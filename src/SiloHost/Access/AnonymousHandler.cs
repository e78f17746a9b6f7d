using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Access;

/// <summary>What everybody may do where access is not guarded.</summary>
internal sealed class AnonymousOptions : AuthenticationSchemeOptions
{
    /// <summary>Role that everybody has.</summary>
    public string Role { get; set; } = "";
}

/// <summary>
/// Lets everybody in, without a name, where access is not guarded. The host then listens on loopback, and has to be asked for by a name of loopback: pages of the web that a browser on this
/// machine shows could otherwise call it by a name of their own that leads there.
/// </summary>
internal sealed class AnonymousHandler(IOptionsMonitor<AnonymousOptions> schemes, ILoggerFactory logs, UrlEncoder encoder, IOptionsMonitor<AccessOptions> access)
    : AuthenticationHandler<AnonymousOptions>(schemes, logs, encoder)
{
    public const string SchemeName = "Anonymous";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!access.CurrentValue.Trusted && !IsLoopback(Request.Host)) return Task.FromResult(AuthenticateResult.Fail("Without access control the host is reached by a name of loopback only."));
        var everybody = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Options.Role)], Scheme.Name));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(everybody, Scheme.Name)));
    }

    private static bool IsLoopback(HostString host) =>
        host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
