using System.Globalization;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetModel.Placement;

/// <summary>
/// Several sessions on one server: how a place is claimed, and what is written to a server when one is given back. A place is claimed together
/// with the session's tag by the allocation, and given back together with it in one write, so that count and tags agree.
/// </summary>
public static class SessionPacking
{
    /// <summary>
    /// The allocation of a claim. With a place, Allocated servers with room come first, the fullest of them at the head, and then Ready ones: in the
    /// preferred zone, then in all others; zone by zone where sessions are spread over them. The planner's order of zones and its exclusions stay
    /// as they are within each of these.
    /// </summary>
    /// <param name="claim">What is asked for.</param>
    /// <param name="selectors">Selectors of Ready servers, in the order of preference.</param>
    public static AllocationOrder Order(ServerClaim claim, IReadOnlyList<ServerSelector> selectors)
    {
        var incarnation = claim.Incarnation.ToString(CultureInfo.InvariantCulture);
        if (claim.Place is not { } place)
        {
            var alone = new Dictionary<string, string> { [AgonesKeys.Session] = claim.Session, [AgonesKeys.Incarnation] = incarnation };
            return new AllocationOrder(selectors, alone, claim.Annotations) { Scheduling = claim.Scheduling };
        }

        // One that still bears this session, lost or of unknown outcome, is never claimed for it again: its label would be written over, and
        // its place counted twice.
        var notItself = LabelRequirement.DoesNotExist(AgonesKeys.SharedSession(claim.Session));
        var order = new AllocationOrder(
            [.. selectors.Index().GroupBy(entry => RankOf(claim, entry.Item, entry.Index), entry => WithRoom(entry.Item, place))
                .OrderBy(group => group.Key)
                .SelectMany(group => group.Select(selector => selector with { State = GameServerState.Allocated, MatchExpressions = [.. selector.MatchExpressions, notItself] }).Concat(group))],
            new Dictionary<string, string> { [AgonesKeys.SharedSession(claim.Session)] = incarnation },
            claim.Annotations)
        {
            Scheduling = claim.Scheduling,
            Priorities = [new CapacityPriority(place.Type, place.Name)],
        };
        return place.Type == CapacityType.Counter
            ? order with { Counters = new Dictionary<string, CounterAction> { [place.Name] = new(CounterDirection.Increment, 1) } }
            : order with { Lists = new Dictionary<string, ListAction> { [place.Name] = new([claim.Session], []) } };
    }

    /// <summary>
    /// What is written to a server when a session gives its place back: the session's labels and annotations go, and its place with them unless
    /// the game server has given that back itself. The last session takes the server with it, if the fleet wants that.
    /// </summary>
    /// <returns>The change, or null when the server does not bear the session.</returns>
    public static ServerChange? Release(ServerDetail server, string session, int incarnation, PackingOptions? packing)
    {
        if (server.Server.Sessions.Find(session, incarnation) is not { } tag) return null;
        if (!tag.Shared || (server.Server.Sessions.Count == 1 && packing?.WhenEmpty != EmptyServerPolicy.Keep)) return new ServerChange.Deletion();

        var annotations = new[] { AgonesKeys.SharedExpires(session), AgonesKeys.SharedGameData(session), AgonesKeys.SharedRoutingToken(session) }
            .Where(server.Status.Annotations.ContainsKey).ToDictionary(key => key, _ => (string?)null);
        if (TokensOf(server, except: session) is var tokens && tokens != server.Status.Annotations.GetValueOrDefault(AgonesKeys.RoutingTokens, ""))
            annotations[AgonesKeys.RoutingTokens] = tokens.Length == 0 ? null : tokens;

        var edit = new ServerChange.Edit
        {
            Labels = new Dictionary<string, string?> { [AgonesKeys.SharedSession(session)] = null },
            Annotations = annotations,
        };

        // A list is a set: taking out what is not there does no harm, whoever did it before. A counter is no set.
        if (packing?.List is { } list && server.Status.Lists.TryGetValue(list, out var values) && values.Values.Contains(session))
            return edit with { Values = new Dictionary<string, IReadOnlyList<string>> { [list] = [.. values.Values.Where(value => value != session)] } };
        if (packing?.Counter is { } name && tag.State != SessionTagState.Ended && server.Status.Counters.TryGetValue(name, out var counter) && counter.Count > 0)
            return edit with { Counts = new Dictionary<string, long> { [name] = counter.Count - 1 } };
        return edit;
    }

    /// <summary>
    /// Brings the one annotation that the load balancers' proxy reads up to the routing tokens of the sessions. An allocation could only write
    /// it over, tokens of others included, so each session brings its token in an annotation of its own.
    /// </summary>
    /// <returns>The change, or null when there is nothing to do.</returns>
    public static ServerChange? JoinTokens(ServerDetail server) =>
        TokensOf(server, except: null) is var tokens && tokens != server.Status.Annotations.GetValueOrDefault(AgonesKeys.RoutingTokens, "")
            ? new ServerChange.Edit { Annotations = new Dictionary<string, string?> { [AgonesKeys.RoutingTokens] = tokens } }
            : null;

    private static int RankOf(ServerClaim claim, ServerSelector selector, int index)
    {
        if (claim.ZonePolicy == ZonePolicy.Spread) return index;
        return claim.PreferredZone is { } zone && selector.MatchLabels.GetValueOrDefault(AgonesKeys.Zone) == zone ? 0 : 1;
    }

    private static ServerSelector WithRoom(ServerSelector selector, SessionPlace place) => place.Type == CapacityType.Counter
        ? selector with { Counters = new Dictionary<string, CounterSelector> { [place.Name] = new(MinAvailable: 1) } }
        : selector with { Lists = new Dictionary<string, ListSelector> { [place.Name] = new(MinAvailable: 1) } };

    private static string TokensOf(ServerDetail server, string? except) => string.Join(
        ',',
        server.Server.Sessions.Where(tag => tag.Shared && tag.Session != except)
            .OrderBy(tag => tag.Session, StringComparer.Ordinal)
            .Select(tag => server.Status.Annotations.GetValueOrDefault(AgonesKeys.SharedRoutingToken(tag.Session), ""))
            .Where(token => token.Length > 0));
}
