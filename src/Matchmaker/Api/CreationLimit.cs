using System.Threading.RateLimiting;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>
/// Bounds how many creations are under way at once, of each fleet and region that is asked for: when a region answers slowly its requests pile
/// up here and are refused, and those of others find this host as free as before.
/// </summary>
internal sealed class CreationLimit(IOptions<MatchmakerOptions> options) : IDisposable
{
    // Fleets and regions are known ones, so there are as many partitions as the configuration has pairs.
    private readonly PartitionedRateLimiter<SessionRequest> _limiter = PartitionedRateLimiter.Create<SessionRequest, (string, string?)>(request =>
        RateLimitPartition.GetConcurrencyLimiter(
            (request.Fleet, request.Region),
            _ => new ConcurrencyLimiterOptions { PermitLimit = options.Value.MaxCreations, QueueLimit = 0 }));

    /// <summary>Takes a place for a checked request; not acquired when there is none. Disposing of it gives it back.</summary>
    public RateLimitLease Enter(SessionRequest request) => _limiter.AttemptAcquire(request);

    public void Dispose() => _limiter.Dispose();
}
