using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Access;

/// <summary>Limits how many requests a caller, and an address, may send.</summary>
public static class RateLimits
{
    /// <summary>Policy of what tries a credential out: counts each address by itself, and more strictly.</summary>
    public const string SignIns = "SignIns";

    /// <summary>Adds the limits.</summary>
    internal static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptionsMonitor<AccessOptions>>((limiter, access) =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (context, _) =>
            {
                var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var told) ? told : TimeSpan.FromSeconds(1);
                context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            limiter.AddPolicy(SignIns, context => Bucket(AddressOf(context), access.CurrentValue.RateLimits, limits => limits.SignIns));

            // The address first: who has used it up costs nothing more.
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, long>(context => OfAddress(context, access.CurrentValue.RateLimits)),
                PartitionedRateLimiter.Create<HttpContext, string>(context => OfCaller(context, access.CurrentValue.RateLimits)));
        });
        return services;
    }

    private static RateLimitPartition<long> OfAddress(HttpContext context, RateLimitOptions limits) =>
        IsBackend(context) || IsAnonymous(context) ? RateLimitPartition.GetNoLimiter(-1L) : Bucket(AddressOf(context), limits, all => all.Addresses);

    private static RateLimitPartition<string> OfCaller(HttpContext context, RateLimitOptions limits)
    {
        if (context.User.Identity?.Name is not { } name) return RateLimitPartition.GetNoLimiter("");

        // Backends are few and have names that were given to them; players are many, and so share counts rather than that there is no end to them.
        return IsBackend(context)
            ? RateLimitPartition.GetTokenBucketLimiter("backend:" + name, _ => Of(limits.Backends))
            : RateLimitPartition.GetTokenBucketLimiter(Share(name, limits).ToString(CultureInfo.InvariantCulture), _ => Of(limits.Callers));
    }

    private static RateLimitPartition<long> Bucket(object key, RateLimitOptions limits, Func<RateLimitOptions, RateOptions> rate) =>
        RateLimitPartition.GetTokenBucketLimiter(Share(key, limits), _ => Of(rate(limits)));

    // Seeded anew by the runtime in each process: nobody can find whom he would share a count with.
    private static long Share(object key, RateLimitOptions limits) => (uint)HashCode.Combine(key) % (uint)limits.MaxPartitions;

    private static TokenBucketRateLimiterOptions Of(RateOptions rate) => new()
    {
        TokenLimit = rate.Burst,
        TokensPerPeriod = rate.Requests,
        ReplenishmentPeriod = rate.Period,
        QueueLimit = 0,
    };

    private static bool IsBackend(HttpContext context) => context.User.IsInRole(nameof(AccessRole.Backend));

    private static bool IsAnonymous(HttpContext context) => context.User.Identity is { IsAuthenticated: true, Name: null };

    // Whoever has an IPv6 address has its /64.
    private static object AddressOf(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => IPAddress.None,
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4(),
        { AddressFamily: AddressFamily.InterNetworkV6 } v6 => BitConverter.ToInt64(v6.GetAddressBytes()),
        var v4 => v4,
    };
}
