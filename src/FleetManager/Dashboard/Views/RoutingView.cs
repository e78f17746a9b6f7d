using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>The ways into a region, and which of its clusters is asked first.</summary>
/// <param name="Region">Its id.</param>
/// <param name="IsDrained">Whether an operator drained it.</param>
/// <param name="Forced">What is forced, in words; null when nothing is.</param>
/// <param name="Paths">The ways in.</param>
/// <param name="Loss">Share of probes that were lost on each.</param>
/// <param name="Traffic">Its standard accelerator, or null when it has none.</param>
/// <param name="ServerTraffic">What its custom routing accelerator lets through, or null where that is not done for each server.</param>
/// <param name="Clusters">Its clusters, in the order in which they are asked.</param>
public sealed record RoutingView(
    string Region, bool IsDrained, string? Forced, IReadOnlyList<PathRow> Paths, ChartView Loss, TrafficPanel? Traffic, ServerTrafficStatus? ServerTraffic, IReadOnlyList<ClusterRow> Clusters)
{
    private static readonly string[] Styles = ["accent", "good", "warning", "critical", "second", "third"];

    /// <summary>The view of a region; null before its first answer.</summary>
    public static RoutingView? Of(RegionReading region, DateTimeOffset now, int chartPoints)
    {
        if (region.Status is not { } status) return null;
        var forced = status.Route?.Forced(now);
        var lines = status.Paths.Take(Styles.Length).Select((path, index) => new ChartLine(
            $"{Words.Of(path.Kind)} {Words.Of(path.Protocol)}",
            Styles[index],
            [.. region.History.Select(point => point.Paths.Where(loss => loss.Kind == path.Kind && loss.Protocol == path.Protocol).Select(loss => (double?)loss.Share).FirstOrDefault())]));
        return new RoutingView(
            region.Region,
            status.Intent is { Drained: true },
            forced is null ? null : $"{Words.Of(forced.Kind)} comes first until {Words.Clock(forced.ExpiresAt)}, as {status.Route!.By} wants: {status.Route.Reason}",
            [.. status.Paths.Select(path => PathRow.Of(path, now, forced?.Kind == path.Kind))],
            ChartView.Of("Probes lost", [.. lines], ChartView.SlotsFor(region.History.Count, chartPoints), 0.1, share => share is { } known ? Words.Percent(known) : "–"),
            TrafficPanel.Of(status.Traffic),
            status.ServerTraffic,
            [.. status.Clusters.Select(cluster => ClusterRow.Of(cluster, status)).OrderBy(cluster => cluster.Priority).ThenByDescending(cluster => cluster.Weight).ThenBy(cluster => cluster.Cluster, StringComparer.Ordinal)]);
    }
}

/// <summary>A way in.</summary>
/// <param name="Tile">How it stands.</param>
/// <param name="Age">How old what its state rests on is, in words.</param>
/// <param name="Reports">What players report of it, in words.</param>
public sealed record PathRow(PathTile Tile, string Age, string Reports)
{
    /// <summary>The row of a path.</summary>
    public static PathRow Of(PathStatus path, DateTimeOffset now, bool isForced) => new(
        PathTile.Of(path, now, isForced ? path.Kind : null),
        path.AgeAt(now) is { } age ? Words.Age(age) : "–",
        path.Reported is { } told ? $"{told.FailedPlayers} of {told.Players} players say that it fails, {told.Using} use it" : "no reports");
}

/// <summary>A region's standard accelerator.</summary>
/// <param name="State">How far it is from what is wanted.</param>
/// <param name="Severity">Whether that is bad.</param>
/// <param name="WantedDial">The dial that is wanted, in words.</param>
/// <param name="ActualDial">The dial that is there, in words.</param>
/// <param name="Endpoints">Its endpoints with the weights wanted and there.</param>
/// <param name="LastError">What went wrong last, or null.</param>
public sealed record TrafficPanel(string State, Severity Severity, string WantedDial, string ActualDial, IReadOnlyList<(string Endpoint, int? Wanted, int? Actual)> Endpoints, string? LastError)
{
    /// <summary>The panel of a status.</summary>
    public static TrafficPanel? Of(TrafficStatus? status)
    {
        if (status is null) return null;
        var (state, severity) = status.State switch
        {
            TrafficState.Settled => ("as wanted", Severity.Good),
            TrafficState.Failing => ("cannot be changed", Severity.Warning),
            TrafficState.Changing => ("being changed", Severity.Notice),
            TrafficState.WaitingForDeployment => ("being deployed", Severity.Notice),
            _ => ("not looked at yet", Severity.Notice),
        };
        var actual = status.Actual?.Endpoints.ToDictionary(endpoint => endpoint.EndpointId, endpoint => endpoint.Weight) ?? [];
        return new TrafficPanel(
            state,
            severity,
            Dial(status.WantedDialPercent) ?? "whatever is there",
            Dial(status.Actual?.DialPercent) ?? "not known",
            [.. status.WantedWeights.Keys.Union(actual.Keys).Order(StringComparer.Ordinal).Select(endpoint => (
                endpoint,
                status.WantedWeights.TryGetValue(endpoint, out var wanted) ? wanted : (int?)null,
                actual.TryGetValue(endpoint, out var there) ? there : (int?)null))],
            status.LastError);
    }

    private static string? Dial(double? percent) => percent is { } known ? $"{known.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)} %" : null;
}

/// <summary>A cluster among those of its region.</summary>
/// <param name="Cluster">Its id.</param>
/// <param name="Region">Its region.</param>
/// <param name="Priority">Clusters with a lower one are asked before.</param>
/// <param name="Weight">Its share among those of its priority.</param>
/// <param name="Intent">Who set that, and why; null when it is as configured.</param>
/// <param name="Severity">How bad it stands.</param>
/// <param name="Standing">How it stands, in words.</param>
/// <param name="Detail">Why, or null.</param>
/// <param name="Servers">Its servers.</param>
public sealed record ClusterRow(string Cluster, string Region, int Priority, int Weight, string? Intent, Severity Severity, string Standing, string? Detail, ServerTotals Servers)
{
    /// <summary>The row of a cluster.</summary>
    public static ClusterRow Of(ClusterStatus cluster, RegionStatus region)
    {
        var standing = region.Standings.FirstOrDefault(known => known.Cluster == cluster.Cluster);
        var intent = region.Intents.FirstOrDefault(known => known.Cluster == cluster.Cluster && (known.Priority ?? known.Weight) is not null);
        var (severity, words, detail) = cluster switch
        {
            { Synced: false } => (Severity.Critical, "not listed yet", (string?)null),
            { Circuit: { State: CircuitState.Open } open } => (Severity.Critical, "not asked", open.Reason),
            { Circuit: { State: CircuitState.HalfOpen } half } => (Severity.Warning, "asked for little", half.Reason),
            { StaleSince: { } since } => (Severity.Warning, "cannot be watched", $"since {Words.Moment(since)}"),
            _ => (Severity.Good, "healthy", null),
        };
        return new ClusterRow(
            cluster.Cluster, region.Region, standing?.Priority ?? 0, standing?.Weight ?? 0, intent is null ? null : $"{intent.By}: {intent.Reason}", severity, words, detail, ServerTotals.Of(cluster.Servers));
    }
}
