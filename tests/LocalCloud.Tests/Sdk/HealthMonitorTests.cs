using FleetSystem.LocalCloud.Sdk;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.Sdk;

public sealed class HealthMonitorTests
{
    private static readonly HealthSettings Settings = new(Disabled: false, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), FailureThreshold: 3);

    private readonly FakeTimeProvider _time = new();
    private int _unhealthy;

    [Fact]
    public async Task Look_NeverHeard_UnhealthyAfterDelayAndThreshold()
    {
        await using var monitor = Start(Settings);

        Pass(seconds: 19);
        Assert.Equal(0, _unhealthy);
        Pass(seconds: 1);
        Assert.Equal(1, _unhealthy);
    }

    [Fact]
    public async Task Heard_BetweenFailures_StartsTheCountAnew()
    {
        await using var monitor = Start(Settings);
        Pass(seconds: 16);
        monitor.Heard();
        Pass(seconds: 18);
        Assert.Equal(0, _unhealthy);
        Pass(seconds: 1);
        Assert.Equal(1, _unhealthy);
    }

    [Fact]
    public async Task Heard_EveryPeriod_StaysHealthy()
    {
        await using var monitor = Start(Settings);
        for (var i = 0; i < 100; i++)
        {
            Pass(seconds: 5);
            monitor.Heard();
        }

        Assert.Equal(0, _unhealthy);
    }

    [Fact]
    public async Task Look_Disabled_NeverUnhealthy()
    {
        await using var monitor = Start(Settings with { Disabled = true });
        Pass(seconds: 1000);
        Assert.Equal(0, _unhealthy);
    }

    private HealthMonitor Start(HealthSettings settings) => new(settings, _time, () => _unhealthy++);

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            _time.Advance(TimeSpan.FromSeconds(1));
    }
}
