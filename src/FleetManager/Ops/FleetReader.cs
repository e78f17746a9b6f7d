using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads a fleet's servers and nodes, filtered and in pages: a cluster sends no more than is shown.</summary>
internal sealed class FleetReader(IGrainFactory grains, IOptions<FleetSystemOptions> system, TimeProvider time)
{
    private const int MaxTextLength = 512;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The fleets' ids.</summary>
    public IEnumerable<string> Fleets => system.Value.Fleets.Select(fleet => fleet.Id);

    /// <summary>A page of servers.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="filter">Which of its servers.</param>
    /// <param name="after">What an earlier page gave as next (<c>cluster/name</c>), or null for the first.</param>
    /// <param name="limit">Most servers, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Results<Ok<OpsServerPage>, ProblemHttpResult>> ReadAsync(string fleet, OpsServerFilter filter, string? after, int? limit, CancellationToken cancellationToken)
    {
        if (OpsPaging.Check(limit, [], out var most) is { } fault) return fault;
        if (Find(fleet, [filter.Region, filter.Cluster, filter.Zone, filter.Node, filter.Version, filter.Name, after], after, out var options, out var cursor) is { } problem) return problem;
        var servers = new List<OpsServer>();
        foreach (var (cluster, from) in ClustersFrom(filter.Region, filter.Cluster, cursor))
        {
            var page = await grains.GetGrain<IClusterGrain>(cluster.Id).ListServers(new ServerQuery
            {
                AgonesFleets = options.NamesInAgones,
                Zone = filter.Zone,
                Node = filter.Node,
                State = filter.State,
                Version = filter.Version,
                NamePart = filter.Name,
                After = from,
                Most = most - servers.Count,
            }).WaitAsync(Patience, time, cancellationToken);
            servers.AddRange(page.Servers.Select(listed => OpsServer.Of(listed, cluster.Id, cluster.Region)));
            if (page.HasMore || servers.Count >= most) return TypedResults.Ok(new OpsServerPage(servers, $"{servers[^1].Cluster}/{servers[^1].Name}"));
        }

        return TypedResults.Ok(new OpsServerPage(servers, null));
    }

    /// <summary>A page of nodes.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="region">Their region, or null for all.</param>
    /// <param name="cluster">Their cluster, or null for all.</param>
    /// <param name="zone">Their zone, or null for all.</param>
    /// <param name="after">What an earlier page gave as next (<c>cluster/key</c>), or null for the first.</param>
    /// <param name="limit">Most nodes, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Results<Ok<OpsNodePage>, ProblemHttpResult>> ReadNodesAsync(string fleet, string? region, string? cluster, string? zone, string? after, int? limit, CancellationToken cancellationToken)
    {
        if (OpsPaging.Check(limit, [], out var most) is { } fault) return fault;
        if (Find(fleet, [region, cluster, zone, after], after, out var options, out var cursor) is { } problem) return problem;
        var nodes = new List<OpsNode>();
        foreach (var (asked, from) in ClustersFrom(region, cluster, cursor))
        {
            var query = new NodeQuery { AgonesFleets = options.NamesInAgones, Zone = zone, After = from, Most = most - nodes.Count };
            var page = await grains.GetGrain<IClusterGrain>(asked.Id).ListNodes(query).WaitAsync(Patience, time, cancellationToken);
            nodes.AddRange(page.Nodes.Select(node => OpsNode.Of(node, asked.Id, asked.Region)));
            if (page.HasMore || nodes.Count >= most) return TypedResults.Ok(new OpsNodePage(nodes, $"{asked.Id}/{page.Nodes[^1].Key}"));
        }

        return TypedResults.Ok(new OpsNodePage(nodes, null));
    }

    /// <summary>The problem of a request, or null: then the fleet, and where the page begins.</summary>
    private ProblemHttpResult? Find(string fleet, IEnumerable<string?> texts, string? after, out FleetOptions options, out (string Cluster, string After)? cursor)
    {
        (options, cursor) = (new FleetOptions(), null);
        if (system.Value.Fleets.FirstOrDefault(known => known.Id == fleet) is not { } found)
            return OpsProblem.NotFound(ErrorCodes.UnknownFleet, $"There is no fleet '{fleet[..Math.Min(fleet.Length, 64)]}'. Fleets: {string.Join(", ", Fleets.Take(50))}.");
        if (texts.Any(text => text is { Length: 0 or > MaxTextLength }))
            return OpsProblem.Invalid([new("$", ErrorCodes.InvalidRequest, $"A filter is empty or longer than {MaxTextLength} characters: leave out what is not to be looked at.")]);
        options = found;
        if (after is null) return null;
        var slash = after.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || system.Value.Clusters.All(cluster => cluster.Id != after[..slash]))
            return OpsProblem.Invalid([new("after", ErrorCodes.InvalidRequest, "It is not what an earlier page gave as next.")]);
        cursor = (after[..slash], after[(slash + 1)..]);
        return null;
    }

    /// <summary>The clusters that are still to be asked, each with what its page comes after.</summary>
    private IEnumerable<(ClusterOptions Cluster, string After)> ClustersFrom(string? region, string? id, (string Cluster, string After)? cursor) => system.Value.Clusters
        .SkipWhile(cluster => cursor is { } from && cluster.Id != from.Cluster)
        .Where(cluster => (region is null || cluster.Region == region) && (id is null || cluster.Id == id))
        .Select(cluster => (cluster, cursor is { } from && cluster.Id == from.Cluster ? from.After : ""));
}
