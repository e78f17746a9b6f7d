using FleetSystem.FleetManager;
using FleetSystem.Matchmaker;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>A kind of host: its name and how it is built.</summary>
internal sealed record HostKind(string Name, Func<string[], Action<WebApplicationBuilder>?, WebApplication> Build)
{
    public static HostKind FleetManager { get; } = new("FleetManager", FleetManagerHost.Build);

    public static HostKind Matchmaker { get; } = new("Matchmaker", MatchmakerHost.Build);

    /// <summary>Both, in the order in which they start: FleetManager keeps the membership where no DynamoDB does.</summary>
    public static IReadOnlyList<HostKind> All { get; } = [FleetManager, Matchmaker];
}

/// <summary>One of the cell's hosts; of each kind there may be several in a cluster.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Index">Its number among those, from 0.</param>
internal readonly record struct HostInstance(HostKind Kind, int Index)
{
    /// <summary>Names its configuration file and its log.</summary>
    public string Name => Index == 0 ? Kind.Name : $"{Kind.Name}-{Index + 1}";

    /// <summary>The hosts of a run, in the order in which they start.</summary>
    public static IReadOnlyList<HostInstance> Of(LocalCloudOptions options) =>
    [
        .. Enumerable.Range(0, options.FleetManagers).Select(index => new HostInstance(HostKind.FleetManager, index)),
        .. Enumerable.Range(0, options.Matchmakers).Select(index => new HostInstance(HostKind.Matchmaker, index)),
    ];
}
