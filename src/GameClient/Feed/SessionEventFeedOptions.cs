using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>How a <see cref="SessionEventFeed"/> is kept up.</summary>
public sealed class SessionEventFeedOptions
{
    /// <summary>Pause before the first new try; it doubles. The default value is 250 ms. Value must be between 50 ms and 10 seconds.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bound of the doubling, and of what the service asks to wait. The default value is 10 seconds. Value must be between <see cref="RetryAfter"/> and 5 minutes.</summary>
    public TimeSpan RetryAfterMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A stream without a byte for this long is taken for dead; the service sends a heartbeat each 15 seconds unless configured otherwise. The default value is
    /// 45 seconds. Value must be between 2 seconds and 10 minutes.
    /// </summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Time for the service to answer a request. The default value is 10 seconds. Value must be between 1 second and 1 minute.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gives the player's token, which the service knows him by; asked before each stream, because tokens expire. The default value is null: the client that the feed is given sends
    /// what the service wants.
    /// </summary>
    public Func<CancellationToken, Task<string>>? PlayerToken { get; set; }

    internal void Validate()
    {
        var faults = new List<string>();
        Within(RetryAfter, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10), nameof(RetryAfter));
        Within(RetryAfterMax, RetryAfter, TimeSpan.FromMinutes(5), nameof(RetryAfterMax));
        Within(SilenceTimeout, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), nameof(SilenceTimeout));
        Within(AnswerTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(AnswerTimeout));
        if (faults.Count > 0) throw new ArgumentException($"{nameof(SessionEventFeedOptions)}: {string.Join("; ", faults)}.");

        void Within(TimeSpan value, TimeSpan min, TimeSpan max, string name)
        {
            if (value < min || value > max) faults.Add($"{name} must be {min} to {max}");
        }
    }

    internal SessionEventFeedOptions Copy() => (SessionEventFeedOptions)MemberwiseClone();
}
