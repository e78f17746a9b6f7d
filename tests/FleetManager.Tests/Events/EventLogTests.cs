using FleetSystem.FleetManager.Events;
using Microsoft.Extensions.Options;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;
using Severity = FleetSystem.FleetManager.Dashboard.Views.Severity;

namespace FleetSystem.FleetManager.Tests.Events;

public sealed class EventLogTests
{
    private readonly EventLog _log = new(Options.Create(new EventOptions { MaxPerKind = 10, EpisodeGap = TimeSpan.FromSeconds(15) }));

    [Fact]
    public void Append_ANoisyKind_LosesItsOwnOldestAndNoOthers()
    {
        _log.Append([Event(EventKind.Silo, 0)]);
        _log.Append(Enumerable.Range(1, 50).Select(second => Event(EventKind.Route, second)));

        Assert.Equal(11, _log.Read().Count);
        Assert.Equal(Now.AddSeconds(41), _log.Read(EventKind.Route)[^1].At);
        Assert.Single(_log.Read(EventKind.Silo));
    }

    [Fact]
    public void Append_WhatGoesOn_OneEventUntilItHasPaused()
    {
        _log.Append([Lost(0), Lost(10), Lost(20), Lost(36)]);

        Assert.Equal([(Now.AddSeconds(36), 1, null), (Now, 3, (DateTimeOffset?)Now.AddSeconds(20))], _log.Read().Select(happened => (happened.At, happened.Count, happened.Until)));
    }

    [Fact]
    public void Append_AnotherRegionOrSubject_IsAnotherEpisode()
    {
        _log.Append([Lost(0), Lost(1) with { Region = "tokyo" }, Lost(1) with { Subject = "duel" }]);

        Assert.Equal(3, _log.Read().Count);
    }

    [Fact]
    public void Read_SeenLate_ByWhenItHappened()
    {
        _log.Append([Event(EventKind.Silo, 5), Event(EventKind.Route, 2) with { Region = "tokyo" }]);

        Assert.Equal([EventKind.Silo, EventKind.Route], _log.Read().Select(happened => happened.Kind));
        Assert.Equal([EventKind.Route], _log.Read(region: "tokyo").Select(happened => happened.Kind));
    }

    private static FleetEvent Event(EventKind kind, int second) => new(Now.AddSeconds(second), kind, Severity.Notice, "seoul", "x", "something");

    private static FleetEvent Lost(int second) => new(Now.AddSeconds(second), EventKind.Session, Severity.Warning, "seoul", "arena", count => $"{count} lost") { Episode = "lost", Count = 1 };
}
