using System;

namespace FleetSystem.GameClient;

/// <summary>How often a <see cref="RouteReporter"/> reports.</summary>
public sealed class RouteReporterOptions
{
    /// <summary>
    /// Least time between two reports; up to half as much is added at random, so that players who lost the same path do not report all at once. The default value is
    /// 2 seconds. Value must be between 1 second and 1 minute.
    /// </summary>
    public TimeSpan IntervalMin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Most time between two reports, where nothing changes. The default value is 30 seconds. Value must be between <see cref="IntervalMin"/> and 10 minutes.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for the service to answer. The default value is 5 seconds. Value must be between 500 ms and 30 seconds.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Pause after an answer that says that the service takes no reports, and bound of all others. The default value is 10 minutes. Value must be between 1 minute and 1 hour.</summary>
    public TimeSpan PauseMax { get; set; } = TimeSpan.FromMinutes(10);

    internal void Validate()
    {
        Within(IntervalMin, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(IntervalMin));
        Within(Interval, IntervalMin, TimeSpan.FromMinutes(10), nameof(Interval));
        Within(AnswerTimeout, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), nameof(AnswerTimeout));
        Within(PauseMax, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), nameof(PauseMax));

        static void Within(TimeSpan value, TimeSpan min, TimeSpan max, string name)
        {
            if (value < min || value > max) throw new ArgumentException($"{nameof(RouteReporterOptions)}: {name} must be {min} to {max}.");
        }
    }

    internal RouteReporterOptions Copy() => (RouteReporterOptions)MemberwiseClone();
}
