using FleetSystem.SiloHost.Access;
using Orleans.Dashboard;

namespace FleetSystem.FleetManager.Dashboard;

/// <summary>Orleans' own dashboard, beside ours: for what goes on inside of grains.</summary>
internal static class OrleansDashboard
{
    /// <summary>Path that it is mounted at.</summary>
    public const string Path = "/orleans";

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
        app.MapOrleansDashboard(Path).RequireAuthorization(AccessPolicies.Viewer);
    }

    private sealed class Gathered;
}
