using FleetSystem.FleetManager;
using FleetSystem.Matchmaker;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>A kind of host: its name and how it is built.</summary>
internal sealed record HostKind(string Name, Func<string[], Action<WebApplicationBuilder>?, WebApplication> Build)
{
    public static HostKind FleetManager { get; } = new("FleetManager", FleetManagerHost.Build);

    public static HostKind Matchmaker { get; } = new("Matchmaker", MatchmakerHost.Build);

    /// <summary>Both, in the order in which they start: FleetManager keeps the membership.</summary>
    public static IReadOnlyList<HostKind> All { get; } = [FleetManager, Matchmaker];
}
