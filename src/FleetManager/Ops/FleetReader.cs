using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads a fleet's servers, filtered and in pages: a cluster sends no more than is shown.</summary>
internal sealed class FleetReader(IGrainFactory grains, IOptions<FleetSystemOptions> system, TimeProvider time)
{
    /// <summary>Servers of a page.</summary>
    public const int PageServers = 100;

    private const int MaxTextLength = 512;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The fleets' ids.</summary>
    public IEnumerable<string> Fleets => system.Value.Fleets.Select(fleet => fleet.Id);

    /// <summary>A page.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="filter">Which of its servers.</param>
    /// <param name="after">What an earlier page gave as next (<c>cluster/name</c>), or null for the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Results<Ok<OpsServerPage>, ProblemHttpResult>> ReadAsync(string fleet, OpsServerFilter filter, string? after, CancellationToken cancellationToken)
    {
        if (system.Value.Fleets.FirstOrDefault(known => known.Id == fleet) is not { } options)
            return OpsProblem.NotFound(ErrorCodes.UnknownFleet, $"There is no fleet '{fleet[..Math.Min(fleet.Length, 64)]}'. Fleets: {string.Join(", ", Fleets.Take(50))}.");
        if (new[] { filter.Region, filter.Cluster, filter.Zone, filter.Node, filter.Version, after }.Any(text => text is { Length: 0 or > MaxTextLength }))
            return OpsProblem.Invalid([new("$", ErrorCodes.InvalidRequest, $"A filter is empty or longer than {MaxTextLength} characters: leave out what is not to be looked at.")]);
        var slash = after?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (after is not null && (slash <= 0 || system.Value.Clusters.All(cluster => cluster.Id != after[..slash])))
            return OpsProblem.Invalid([new("after", ErrorCodes.InvalidRequest, "It is not what an earlier page gave as next.")]);

        var servers = new List<OpsServer>();
        var clusters = system.Value.Clusters.Where(cluster => (filter.Region is null || cluster.Region == filter.Region) && (filter.Cluster is null || cluster.Id == filter.Cluster));
        foreach (var cluster in clusters.SkipWhile(cluster => after is not null && cluster.Id != after[..slash]))
        {
            var page = await grains.GetGrain<IClusterGrain>(cluster.Id).ListServers(new ServerQuery
            {
                AgonesFleets = options.NamesInAgones,
                Zone = filter.Zone,
                Node = filter.Node,
                State = filter.State,
                Version = filter.Version,
                After = after is not null && after[..slash] == cluster.Id ? after[(slash + 1)..] : "",
                Most = PageServers - servers.Count,
            }).WaitAsync(Patience, time, cancellationToken);
            servers.AddRange(page.Servers.Select(listed => OpsServer.Of(listed, cluster.Id, cluster.Region)));
            if (page.HasMore || servers.Count >= PageServers) return TypedResults.Ok(new OpsServerPage(servers, $"{servers[^1].Cluster}/{servers[^1].Name}"));
        }

        return TypedResults.Ok(new OpsServerPage(servers, null));
    }
}
