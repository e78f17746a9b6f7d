using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using FleetSystem.SiloHost.Tls;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// Knows game backends by the certificates that they showed when they connected: none but of our authorities comes so far (<see cref="ListenerTls"/>), and an authority that is taken out counts at the next request.
/// </summary>
internal sealed class CertificateHandler(IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory logs, UrlEncoder encoder, ListenerCertificates listener)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, logs, encoder)
{
    public const string SchemeName = "ClientCertificate";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.Connection.ClientCertificate is not { } certificate) return Task.FromResult(AuthenticateResult.NoResult());
        var name = certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false);
        if (TimeProvider.GetUtcNow() >= certificate.NotAfter) return Task.FromResult(AuthenticateResult.Fail("The certificate has expired since the connection was made."));
        if (listener.Clients?.IsKnown(certificate) != true) return Task.FromResult(AuthenticateResult.Fail("The certificate's authority is known no more."));
        if (!ApiKeyOptions.IsName(name)) return Task.FromResult(AuthenticateResult.Fail("The certificate has no DNS name and no common name that can be a caller's."));
        Context.Features.Set(new CallerCredential(certificate.NotAfter, () => listener.Clients.IsKnown(certificate)));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, nameof(AccessRole.Backend))], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}
