using FleetSystem.FleetModel.Routing;
using Route = FleetSystem.FleetModel.Routing.Route;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>
/// Tells a session's open feeds when its routes are ordered anew. It follows only while there are any, and waits a time of its own after each
/// change, so that a region's sessions do not all speak at once. The session's grain owns it, and it acts in the grain's turns.
/// </summary>
/// <param name="edge">The ways in.</param>
/// <param name="routes">The session's routes as they stand.</param>
/// <param name="changed">Called when they are others.</param>
/// <param name="jitterMax">Longest wait after a change.</param>
/// <param name="random">Draws the waits.</param>
/// <param name="time">The clock.</param>
internal sealed class RouteFollower(
    IEdge edge, Func<IReadOnlyList<Route>> routes, Action changed, TimeSpan jitterMax, Random random, TimeProvider time) : IDisposable
{
    private int _feeds;
    private CancellationTokenSource? _following;

    /// <summary>Follows for one more feed, until what is returned is disposed of.</summary>
    public IDisposable Follow()
    {
        if (_feeds++ == 0)
        {
            _following = new CancellationTokenSource();
            _ = FollowAsync(_following.Token);
        }

        return new Feed(this);
    }

    public void Dispose()
    {
        _following?.Cancel();
        _following?.Dispose();
        _following = null;
    }

    private async Task FollowAsync(CancellationToken ending)
    {
        var known = edge.Version;
        var told = routes();
        while (true)
        {
            await edge.ChangedAsync(known, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await Task.Delay(jitterMax * random.NextDouble(), time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (ending.IsCancellationRequested) return;
            known = edge.Version;
            var now = routes();
            if (RoutePlanner.IsSame(now, told)) continue;
            told = now;
            changed();
        }
    }

    private void Leave()
    {
        if (--_feeds == 0) Dispose();
    }

    private sealed class Feed(RouteFollower follower) : IDisposable
    {
        private RouteFollower? _follower = follower;

        public void Dispose()
        {
            _follower?.Leave();
            _follower = null;
        }
    }
}
