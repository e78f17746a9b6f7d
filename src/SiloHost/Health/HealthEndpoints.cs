using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FleetSystem.SiloHost.Health;

/// <summary>Sets a host's probes and its way out up.</summary>
public static class HealthEndpoints
{
    /// <summary>Path of the liveness probe: 503 means that the process should be started anew.</summary>
    public const string LivenessPath = "/livez";

    /// <summary>Path of the readiness probe: 503 means that no requests are to be sent here now, and the body says why, a line a reason.</summary>
    public const string ReadinessPath = "/readyz";

    /// <summary>Adds what the endpoints tell, and draining. To be called last: what is added later leaves without draining.</summary>
    public static IServiceCollection AddHostHealth(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<StartConditions>();
        services.AddHostedService(provider => provider.GetRequiredService<StartConditions>());
        services.AddSingleton<HostHealth>();
        services.AddSingleton<HostDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<HostDrain>());

        // Of the configuration itself: the host is built before options are validated, and every fault is to be told at once.
        services.AddOptions<HostOptions>().Configure<IConfiguration>((host, configuration) =>
            host.ShutdownTimeout = (configuration.GetSection($"{SiloOptions.Section}:{nameof(SiloOptions.Drain)}").Get<DrainOptions>() ?? new DrainOptions()).Total);
        return services;
    }

    /// <summary>Maps both endpoints, and cuts requests off when the host's stop does not wait for them any longer.</summary>
    public static void MapHostHealth(this WebApplication app)
    {
        app.UseCutOff();
        app.MapGet(LivenessPath, (HostHealth health) => Answer(health.Dead() is { } dead ? [dead] : [])).ExcludeFromDescription().AllowAnonymous().DisableRateLimiting();
        app.MapGet(ReadinessPath, (HostHealth health) => Answer(health.NotReady())).ExcludeFromDescription().AllowAnonymous().DisableRateLimiting();
    }

    /// <summary>Cuts requests off when the host's stop does not wait for them any longer; also for further servers within it.</summary>
    public static void UseCutOff(this WebApplication app) => app.Use(async (context, next) =>
    {
        // Asked of each request: before the host starts its options are not validated.
        await using var cutOff = context.RequestServices.GetRequiredService<HostDrain>().RequestsEnd.Register(static state => ((HttpContext)state!).Abort(), context);
        await next(context);
    });

    private static IResult Answer(IReadOnlyList<string> reasons) => TypedResults.Text(
        reasons.Count == 0 ? "ok" : string.Join('\n', reasons),
        statusCode: reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
