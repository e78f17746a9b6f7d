using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>Bounds how many creations are under way at once in each queue: when one answers slowly its requests pile up here and are refused, and the others go on.</summary>
internal sealed class TicketLimit(IOptions<MatchmakerOptions> options) : IDisposable
{
    // Queues are known ones, so there are as many partitions as the configuration has.
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(queue =>
        RateLimitPartition.GetConcurrencyLimiter(queue, _ => new ConcurrencyLimiterOptions { PermitLimit = options.Value.MaxTicketCreations, QueueLimit = 0 }));

    /// <summary>Takes a place in a known queue; not acquired when there is none. Disposing of it gives it back.</summary>
    public RateLimitLease Enter(string queue) => _limiter.AttemptAcquire(queue);

    public void Dispose() => _limiter.Dispose();
}
