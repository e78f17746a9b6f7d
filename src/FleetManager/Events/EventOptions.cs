using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Events;

/// <summary>What this host keeps of what it has seen change. The configuration section <c>Events</c>.</summary>
public sealed class EventOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Events";

    /// <summary>Most events of each kind; the oldest of that kind go, so that a kind that is noisy takes nothing from the others. The default is 200; 10 to 5000.</summary>
    public int MaxPerKind { get; set; } = 200;

    /// <summary>What goes on again within this time is the same event still. The default is 15 seconds; 1 second to 10 minutes.</summary>
    public TimeSpan EpisodeGap { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time between two looks at the silos and the other cells. The default is 5 seconds; 0.5 seconds to 1 minute.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);
}

internal sealed class EventOptionsValidator : IValidateOptions<EventOptions>
{
    public ValidateOptionsResult Validate(string? name, EventOptions options)
    {
        var faults = new FaultList(EventOptions.Section);
        faults.Within(options.MaxPerKind, 10, 5000, nameof(options.MaxPerKind));
        faults.Within(options.EpisodeGap, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(options.EpisodeGap));
        faults.Within(options.Interval, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1), nameof(options.Interval));
        return faults.ToResult();
    }
}
