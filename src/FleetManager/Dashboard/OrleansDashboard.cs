using FleetSystem.SiloHost.Access;
using Orleans.Dashboard;

namespace FleetSystem.FleetManager.Dashboard;

/// <summary>Orleans' own dashboard, beside ours: for what goes on inside of grains.</summary>
internal static class OrleansDashboard
{
    /// <summary>Path that it is mounted at.</summary>
    public const string Path = "/orleans";

    /// <summary>Gathers what it shows; calls are profiled while somebody looks at it, and for a minute afterwards.</summary>
    // The stream of logs is left out: what a host logs is not for everybody who may see how it does.
    public static ISiloBuilder AddOrleansDashboard(this ISiloBuilder silo) => silo.AddDashboard(dashboard => dashboard.HideTrace = true);

    /// <summary>Mounts it, for whoever may see our pages.</summary>
    public static void Map(WebApplication app) => app.MapOrleansDashboard(Path).RequireAuthorization(AccessPolicies.Viewer);
}
