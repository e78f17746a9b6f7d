using FleetSystem.FleetModel.Routing;
using Route = FleetSystem.FleetModel.Routing.Route;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>
/// Tells a session's open feeds when its players' connections are others: routes ordered anew, or join tokens that are to be renewed. It follows only
/// while there are any feeds, and waits a time of its own after each change, so that a region's sessions do not all speak at once. The session's grain
/// owns it, and it acts in the grain's turns.
/// </summary>
/// <param name="edge">The ways in.</param>
/// <param name="routes">The session's routes as they stand.</param>
/// <param name="renewIn">Time until join tokens are to be renewed, or null while none is.</param>
/// <param name="changed">Called when there is something to tell.</param>
/// <param name="jitterMax">Longest wait after a change.</param>
/// <param name="random">Draws the waits.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionFollower(
    IEdge edge, Func<IReadOnlyList<Route>> routes, Func<TimeSpan?> renewIn, Action changed, TimeSpan jitterMax, Random random, TimeProvider time) : IDisposable
{
    // How often it is looked whether there are tokens by now; and no turn is spent on renewing ever again what cannot be renewed.
    private static readonly TimeSpan RenewalCheckInterval = TimeSpan.FromSeconds(10);

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
            await NewsAsync(known, ending);
            await Task.Delay(jitterMax * random.NextDouble(), time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (ending.IsCancellationRequested) return;
            known = edge.Version;
            var now = routes();
            if (RoutePlanner.IsSame(now, told) && renewIn() is not { Ticks: <= 0 }) continue;
            told = now;
            changed();
        }
    }

    /// <summary>Waits until the edge has changed, or join tokens may be due.</summary>
    private async Task NewsAsync(long known, CancellationToken ending)
    {
        using var due = new CancellationTokenSource(renewIn() is { } left && left > RenewalCheckInterval ? left : RenewalCheckInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, ending);
        await edge.ChangedAsync(known, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private void Leave()
    {
        if (--_feeds == 0) Dispose();
    }

    private sealed class Feed(ConnectionFollower follower) : IDisposable
    {
        private ConnectionFollower? _follower = follower;

        public void Dispose()
        {
            _follower?.Leave();
            _follower = null;
        }
    }
}
