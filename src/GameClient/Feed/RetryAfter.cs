using System;
using System.Net.Http;

namespace FleetSystem.GameClient;

/// <summary>What the service asks to wait.</summary>
internal static class RetryAfter
{
    /// <summary>The answer's Retry-After in seconds, at least <paramref name="atLeast"/>, at most <paramref name="atMost"/>.</summary>
    public static TimeSpan Of(HttpResponseMessage answer, TimeSpan atLeast, TimeSpan atMost)
    {
        var asked = answer.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
        var pause = asked > atLeast ? asked : atLeast;
        return pause < atMost ? pause : atMost;
    }
}
