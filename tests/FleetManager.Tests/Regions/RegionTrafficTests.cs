using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Regions;

/// <summary>How a standard accelerator comes to what is wanted, at which pace, and what holds it up.</summary>
public sealed class RegionTrafficTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeControlPlane _api = new();
    private readonly FleetManagerOptions _options = new();

    [Fact]
    public async Task Run_NothingWanted_LookedAtAndNeverChanged()
    {
        var traffic = Make();
        await Run(traffic, TimeSpan.FromMinutes(3));
        Assert.Equal((TrafficState.Settled, 100.0, (double?)null), (traffic.Status.State, traffic.ActualDialPercent, traffic.Status.WantedDialPercent));
        Assert.Empty(_api.Changes);
        Assert.InRange(_api.Looks, 2, 5);
    }

    [Fact]
    public async Task Run_AnotherDial_ChangedOnceSeenAndSettled()
    {
        var traffic = Make();
        await Run(traffic, TimeSpan.FromSeconds(5));
        traffic.Want(0, null);
        Assert.Equal(TrafficState.Changing, traffic.Status.State);
        await Run(traffic, TimeSpan.FromSeconds(5));
        Assert.Equal((TrafficState.Settled, 0.0), (traffic.Status.State, traffic.ActualDialPercent));
        Assert.Equal([new TrafficChange(0, null)], _api.Changes);
    }

    [Fact]
    public async Task Run_ConfiguredAndSetWeights_TheSetOnesStandAboveTheConfiguredOnes()
    {
        var traffic = Make([new() { EndpointId = "nlb-a", Weight = 10 }, new() { EndpointId = "nlb-b", Weight = 20 }]);
        traffic.Want(null, new TrafficIntent(null, new Dictionary<string, int> { ["nlb-b"] = 0 }, "ops", "test", _clock.GetUtcNow()));
        await Run(traffic, TimeSpan.FromSeconds(5));
        Assert.Equal([("nlb", 128), ("nlb-a", 10), ("nlb-b", 0)], traffic.Status.Actual!.Endpoints.Select(endpoint => (endpoint.EndpointId, endpoint.Weight)));
    }

    [Fact]
    public async Task Want_ChangedAllTheTime_NoMoreChangesThanThePaceAllows()
    {
        var traffic = Make();
        for (var i = 0; i < 100; i++)
        {
            traffic.Want(i, null);
            await Run(traffic, TimeSpan.FromSeconds(0.5));
        }

        Assert.InRange(_api.Changes.Count, 2, 26);
        await Run(traffic, TimeSpan.FromSeconds(5));
        Assert.Equal(99.0, traffic.ActualDialPercent);
    }

    [Fact]
    public async Task Run_InProgress_NothingIsSentUntilItIsDeployed()
    {
        var traffic = Make();
        _api.IsDeployed = false;
        traffic.Want(50, null);
        await Run(traffic, TimeSpan.FromMinutes(5));
        Assert.Equal(TrafficState.WaitingForDeployment, traffic.Status.State);
        Assert.Empty(_api.Changes);
        _api.IsDeployed = true;
        await Run(traffic, TimeSpan.FromSeconds(5));
        Assert.Equal((TrafficState.Settled, 50.0), (traffic.Status.State, traffic.ActualDialPercent));
    }

    [Fact]
    public async Task Run_ApiRefusesBecauseOfATransaction_WaitedForAndNotAFault()
    {
        var traffic = Make();
        _api.Refusal = new AcceleratorUnavailableException("a transaction is in progress", null) { IsInProgress = true };
        traffic.Want(50, null);
        await Run(traffic, TimeSpan.FromSeconds(5));
        Assert.Equal(TrafficState.WaitingForDeployment, traffic.Status.State);
        _api.Refusal = null;
        await Run(traffic, TimeSpan.FromMinutes(2));
        Assert.Equal((TrafficState.Settled, 50.0, (string?)null), (traffic.Status.State, traffic.ActualDialPercent, traffic.Status.LastError));
    }

    [Fact]
    public async Task Run_ApiAway_TriedAgainMoreAndMoreSeldomAndTold()
    {
        var traffic = Make();
        _api.IsAway = true;
        traffic.Want(0, null);
        await Run(traffic, TimeSpan.FromMinutes(10));
        Assert.Equal(TrafficState.Failing, traffic.Status.State);
        Assert.Contains("away", traffic.Status.LastError, StringComparison.Ordinal);
        Assert.InRange(_api.Looks, 10, 30);

        // A new wish does not hurry it.
        var looks = _api.Looks;
        traffic.Want(10, null);
        await Run(traffic, TimeSpan.FromSeconds(1));
        Assert.InRange(_api.Looks, looks, looks + 1);
        _api.IsAway = false;
        await Run(traffic, TimeSpan.FromMinutes(2));
        Assert.Equal((TrafficState.Settled, 10.0), (traffic.Status.State, traffic.ActualDialPercent));
    }

    [Fact]
    public async Task Run_SomebodyElseTurnedTheDial_TurnedBackToWhatIsWanted()
    {
        var traffic = Make();
        traffic.Want(80, null);
        await Run(traffic, TimeSpan.FromSeconds(5));
        _api.Groups["r"] = _api.Groups["r"] with { DialPercent = 5 };
        await Run(traffic, TimeSpan.FromMinutes(2));
        Assert.Equal(80, _api.Groups["r"].DialPercent);
    }

    private RegionTraffic Make(IList<StandardEndpointOptions>? endpoints = null)
    {
        var traffic = new RegionTraffic("r", new StandardAcceleratorOptions { Arn = "arn:aws:globalaccelerator::1:accelerator/s", Endpoints = endpoints ?? [] }, _options, _api, _clock, NullLogger<RegionTraffic>.Instance);
        traffic.Want(null, null);
        return traffic;
    }

    private async Task Run(RegionTraffic traffic, TimeSpan span)
    {
        for (var end = _clock.GetUtcNow() + span; _clock.GetUtcNow() < end; _clock.Advance(RegionTraffic.Interval)) await traffic.RunAsync(TestContext.Current.CancellationToken);
    }
}
