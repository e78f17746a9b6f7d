using FleetSystem.SiloHost.Access;
using Orleans.Dashboard;

namespace FleetSystem.FleetManager.Dashboard;

/// <summary>Orleans' own dashboard, beside ours: for what goes on inside of grains.</summary>
internal static class OrleansDashboard
{
    /// <summary>Path that it is mounted at.</summary>
    public const string Path = "/orleans";

    // Without it the host's own holds, under which nothing is drawn.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Gathers what it shows; calls are profiled while somebody looks at it, and for a minute afterwards.</summary>
    public static void AddOrleansDashboard(this ISiloBuilder silo)
    {
        // The stream of logs is left out: what a host logs is not for everybody who may see how it does.
        silo.AddDashboard(dashboard => dashboard.HideTrace = true);
        silo.Services.AddSingleton<Gathered>();
    }

    /// <summary>Mounts it, for whoever may see our pages.</summary>
    public static void Map(WebApplication app)
    {
        // A silo whose configuration has faults is not set up; the start tells them, and nothing is served.
        if (app.Services.GetService<Gathered>() is null) return;

        // Its pages are its own scripts and styles; no page of it may do more than ours.
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments(Path)) context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
            return next(context);
        });
        app.MapOrleansDashboard(Path).RequireAuthorization(AccessPolicies.Viewer);
    }

    private sealed class Gathered;
}
