using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Access;

/// <summary>Sets access control up.</summary>
public static class AccessSetup
{
    /// <summary>
    /// Guards every endpoint of a host that does not say <c>AllowAnonymous</c>: to read takes a viewer, to change an operator. A new endpoint is
    /// guarded without a word.
    /// </summary>
    public static IServiceCollection AddOperatorsAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAccessOptions(configuration, access => access.GuardsOperators, "operators' keys in Access:ApiKeys");
        services.AddAuthentication(ApiKeyHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        services.AddAuthorization(authorization => authorization.FallbackPolicy = new AuthorizationPolicyBuilder().AddRequirements(new MayDoIt()).Build());
        return services.AddSingleton<IAuthorizationHandler, RoleHandler>();
    }

    /// <summary>Knows callers from here on. Before what is to be guarded.</summary>
    public static void UseAccess(this WebApplication app) => app.UseAuthentication().UseAuthorization();

    /// <summary>Whether a caller may read, for what is no endpoint.</summary>
    public static bool MayRead(HttpContext context) =>
        May(context.User, AccessRole.Viewer, context.RequestServices.GetRequiredService<IOptionsMonitor<AccessOptions>>().CurrentValue);

    /// <summary>Who calls: the name of his key, else his address.</summary>
    public static string Caller(HttpContext context) => context.User.Identity?.Name ?? context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static bool May(ClaimsPrincipal user, AccessRole needed, AccessOptions access) =>
        !access.GuardsOperators || (Enum.TryParse<AccessRole>(user.FindFirstValue(ClaimTypes.Role), out var role) && role >= needed);

    /// <summary>Binds and checks the options.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <param name="guards">Whether the options guard what this host serves.</param>
    /// <param name="means">What would guard it, for people.</param>
    internal static void AddAccessOptions(this IServiceCollection services, IConfiguration configuration, Func<AccessOptions, bool> guards, string means)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>>(provider => new AccessOptionsValidator(provider.GetRequiredService<IConfiguration>(), guards, means));
    }

    private sealed class MayDoIt : IAuthorizationRequirement;

    private sealed class RoleHandler(IOptionsMonitor<AccessOptions> access) : AuthorizationHandler<MayDoIt>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, MayDoIt requirement)
        {
            var method = (context.Resource as HttpContext)?.Request.Method ?? "";
            var needed = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? AccessRole.Viewer : AccessRole.Operator;
            if (May(context.User, needed, access.CurrentValue)) context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
