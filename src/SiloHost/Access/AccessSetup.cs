using FleetSystem.SiloHost.Diagnosis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Access;

/// <summary>What is alike in access control of both hosts.</summary>
public static class AccessSetup
{
    /// <summary>Knows callers from here on, and refuses those who may not. Before what is to be guarded.</summary>
    public static void UseAccess(this WebApplication app) =>
        app.UseForwardedHeaders().UseAuthentication().UseRateLimiter().UseMiddleware<SameOrigin>().UseAuthorization();

    /// <summary>Whether a caller may read, for what is no endpoint.</summary>
    public static bool MayRead(HttpContext context) => AccessPolicies.RolesFor(AccessRole.Viewer).Any(context.User.IsInRole);

    /// <summary>Who calls: the name of his key or that his token says, else his address.</summary>
    public static string Caller(HttpContext context) => context.User.Identity?.Name ?? context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    /// <summary>Binds and checks the options.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <param name="guard">What they guard of this host.</param>
    internal static void AddAccessOptions(this IServiceCollection services, IConfiguration configuration, AccessGuard guard)
    {
        services.AddRateLimits();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CredentialChanges>();
        services.AddSingleton<CredentialWatch>();
        services.AddSingleton<ApiKeyRing>();
        services.AddSingleton<IssuerKeyFiles>();
        services.AddSingleton(guard).AddDiagnosis<AccessDiagnosis>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<AccessOptions>>((forwarded, access) =>
        {
            forwarded.ForwardedHeaders = access.Value.Proxies.Count > 0 ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in access.Value.Proxies) forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        });
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>>(provider => new AccessOptionsValidator(provider.GetRequiredService<IConfiguration>(), guard.Guards, guard.Means));
    }
}
