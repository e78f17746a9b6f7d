using System.Net;
using FleetSystem.SiloHost.Health;

namespace FleetSystem.SiloHost.Tests.Health;

public sealed class HostHealthTests
{
    [Fact]
    public async Task Readyz_UntilTheSiloIsActiveAndTheConditionsHold_SaysWhatIsMissing()
    {
        var clusters = new Condition { Missing = () => "no snapshot yet of cluster blue" };
        await using var host = await ProbedHost.StartAsync([clusters]);
        host.Silo.CurrentStatus = SiloStatus.Joining;

        await host.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, "the silo is Joining\nno snapshot yet of cluster blue");
        host.Silo.CurrentStatus = SiloStatus.Active;
        await host.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, "no snapshot yet of cluster blue");
        clusters.Missing = () => null;
        await host.UntilReadyzAsync(HttpStatusCode.OK, "ok");

        // Once it has held, what becomes of it later is no reason to send this host nothing.
        clusters.Missing = () => "cluster blue is gone";
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((HttpStatusCode.OK, "ok"), await host.GetAsync(HealthEndpoints.ReadinessPath));
    }

    [Fact]
    public async Task Readyz_ConditionThatDoesNotComeTrue_IsReadyWithoutItAfterItsPatience()
    {
        var broken = new Condition { Patience = TimeSpan.FromSeconds(30), Missing = () => throw new TimeoutException("cluster green does not answer") };
        await using var host = await ProbedHost.StartAsync([broken, new Condition()]);

        await host.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, "cluster green does not answer");
        var waiting = host.Clock.GetUtcNow();
        await host.UntilReadyzAsync(HttpStatusCode.OK, "ok");
        Assert.InRange(host.Clock.GetUtcNow() - waiting, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40));
    }

    [Theory]
    [InlineData(SiloStatus.Joining, HttpStatusCode.OK)]
    [InlineData(SiloStatus.Active, HttpStatusCode.OK)]
    [InlineData(SiloStatus.ShuttingDown, HttpStatusCode.OK)]
    [InlineData(SiloStatus.Dead, HttpStatusCode.ServiceUnavailable)]
    public async Task Livez_OnlyADeclaredDeadSilo_IsToBeStartedAnew(SiloStatus silo, HttpStatusCode status)
    {
        await using var host = await ProbedHost.StartAsync([new Condition { Missing = () => "no region has answered yet" }]);
        host.Silo.CurrentStatus = silo;

        Assert.Equal(status, (await host.GetAsync(HealthEndpoints.LivenessPath)).Status);
    }

    [Fact]
    public async Task Stop_UntilTheDelayIsOver_IsNotReadyAndServesOn()
    {
        await using var host = await ProbedHost.StartAsync([], ("Silo:Drain:Delay", "00:00:10"));
        await host.UntilReadyzAsync(HttpStatusCode.OK, "ok");

        var stopping = host.StopAsync();
        await host.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, $"draining since {host.Clock.GetUtcNow():HH:mm:ss}Z");
        Assert.Equal((HttpStatusCode.OK, "ok"), await host.GetAsync(HealthEndpoints.LivenessPath));
        Assert.False(host.Drain.StreamsEnd.IsCancellationRequested);
        Assert.False(stopping.IsCompleted);

        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await stopping;
        Assert.True(host.Drain.StreamsEnd.IsCancellationRequested);
        await Assert.ThrowsAsync<HttpRequestException>(() => host.GetAsync(HealthEndpoints.LivenessPath));
    }

    [Fact]
    public async Task Stop_RequestThatDoesNotEnd_IsCutOffAtItsLimit()
    {
        await using var host = await ProbedHost.StartAsync([], ("Silo:Drain:RequestTimeout", "00:00:05"));
        var request = host.GetAsync("/long");
        await host.LongBegan.Task;

        var stopping = host.StopAsync();
        await Task.Run(() => SpinWait.SpinUntil(() => host.Drain.StreamsEnd.IsCancellationRequested), TestContext.Current.CancellationToken);
        Assert.False(request.IsCompleted);
        Assert.False(stopping.IsCompleted);
        host.Clock.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<HttpRequestException>(() => request);
        await stopping;
    }
}
