using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Maps what grains say to what the API says.</summary>
internal static class Resources
{
    /// <summary>A session.</summary>
    public static SessionResource Of(SessionView view)
    {
        var session = view.Session;
        return new SessionResource
        {
            SessionId = new SessionHome(session.Id, session.Request.Home).ToString(),
            State = session.State,
            Fleet = session.Request.Fleet,
            Players = [.. session.Request.Players.Select(player => player.Id)],
            Incarnation = session.Incarnation,
            CreatedAt = session.CreatedAt,
            ExpiresAt = session.ExpiresAt,
            GameServer = session.Server is { } server
                ? new GameServerResource(server.Name, server.Cluster, server.Region, server.Zone, server.Node, server.Address, server.Port)
                : null,
            Placement = session.Server is { } placed
                ? new PlacementResource(session.Request.Region, session.Request.PreferredZone, placed.Region, placed.Zone, placed.PreferenceServed)
                : null,
            Connections = [.. view.Connections.Select(connection => new ConnectionResource(
                connection.PlayerId,
                [.. connection.Routes.Select(route => new RouteResource(route.Kind, route.Addresses, route.Port, route.RoutingToken))],
                connection.JoinToken,
                connection.CurrentRoute))],
            Queue = view.Queue is { } place ? new QueueResource(place.Position, place.Waiting, place.Since) : null,
            Failure = session.Failure is { } failure ? new FailureResource(failure.Code, failure.Message) : null,
        };
    }

    /// <summary>The events of a session after a sequence, each with the session as it is now.</summary>
    public static IEnumerable<SessionEventResource> EventsAfter(SessionView view, long sequence)
    {
        var resource = Of(view);
        return view.Session.Events.Where(happened => happened.Sequence > sequence).Select(happened =>
            new SessionEventResource(happened.Sequence, happened.At, happened.State, happened.Incarnation, happened.Reason, resource));
    }

    /// <summary>Tells open feeds that the routes are ordered anew: the newest event again, with the session as it is now. Null where there is none to tell.</summary>
    public static SessionEventResource? RoutesChanged(SessionView view) => view.Session is { HoldsServer: true, Events: [.., var newest] }
        ? new SessionEventResource(newest.Sequence, newest.At, newest.State, newest.Incarnation, newest.Reason, Of(view)) { IsRoutesChanged = true }
        : null;

    /// <summary>Regions of other cells, each once, without those that this cell has too.</summary>
    public static IEnumerable<RegionResource> OfPeers(IReadOnlyList<CellSnapshot> peers, FleetSystemOptions system) => peers
        .SelectMany(peer => peer.Regions.Select(region => (peer.Cell, Region: region)))
        .Where(known => system.Regions.All(own => own.Id != known.Region.Id))
        .DistinctBy(known => known.Region.Id)
        .Select(known => new RegionResource(
            known.Region.Id,
            [.. known.Region.Zones.Select(zone => new ZoneResource(zone, [], null))],
            [.. known.Region.Fleets.Select(fleet => new FleetDemandResource(fleet.Fleet, fleet.Waiting))],
            [],
            known.Region.LatencyEndpoint is { } echo ? new LatencyEndpointResource(echo.Address, echo.Port) : null)
        { Cell = known.Cell });

    /// <summary>A region.</summary>
    public static RegionResource Of(RegionOptions region, RegionStatus? status, DateTimeOffset now) => new(
        region.Id,
        [.. region.Zones.Select(zone => new ZoneResource(
            zone,
            [.. (status?.Zones ?? []).Where(capacity => capacity.Zone == zone).Select(capacity => new FleetCapacityResource(capacity.Fleet, capacity.Ready, capacity.Allocated))],
            status?.ZoneStates.FirstOrDefault(state => state.Zone == zone)?.Phase))],
        [.. (status?.Demand ?? []).Select(demand => new FleetDemandResource(demand.Fleet, demand.Waiting))],
        [.. (status?.Paths ?? []).Select(path => new PathResource(path.Kind, path.State, path.AgeAt(now) is { } age ? Math.Round(age.TotalSeconds, 1) : null, path.Protocol))],
        region.Echo is { } echo ? new LatencyEndpointResource(echo.Address, echo.Port) : null);
}
