using System.Net;
using FleetSystem.SiloHost.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.SiloHost.Tests.Health;

/// <summary>A host with probes on a socket, with a silo, start conditions and a clock in the test's hands.</summary>
internal sealed class ProbedHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private ProbedHost(WebApplication app, FakeTimeProvider clock, FakeSilo silo)
    {
        (_app, Clock, Silo) = (app, clock, silo);
        _http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public FakeTimeProvider Clock { get; }

    public FakeSilo Silo { get; }

    /// <summary>A request to <c>/long</c> has begun.</summary>
    public TaskCompletionSource LongBegan { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How long the host gives its services to stop.</summary>
    public TimeSpan ShutdownTimeout => _app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;

    public HostDrain Drain => _app.Services.GetRequiredService<HostDrain>();

    public static async Task<ProbedHost> StartAsync(IReadOnlyList<IStartCondition> conditions, params (string Key, string Value)[] settings)
    {
        var (clock, silo) = (new FakeTimeProvider(), new FakeSilo());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Services.AddOptions<SiloOptions>().Bind(builder.Configuration.GetSection(SiloOptions.Section));
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton<ISiloStatusOracle>(silo);
        foreach (var condition in conditions) builder.Services.AddSingleton(condition);
        builder.Services.AddHostHealth();
        var app = builder.Build();
        app.MapHostHealth();
        ProbedHost? host = null;
        app.MapGet("/long", async (HttpContext context) =>
        {
            host!.LongBegan.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return host = new ProbedHost(app, clock, silo);
    }

    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Asks for readiness until the answer is the one awaited, moving the clock.</summary>
    public async Task UntilReadyzAsync(HttpStatusCode status, string text)
    {
        while (await GetAsync(HealthEndpoints.ReadinessPath) != (status, text))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}

internal sealed class Condition : IStartCondition
{
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    public Func<string?> Missing { get; set; } = () => null;

    public Task<string?> FindMissingAsync(CancellationToken cancellationToken) => Task.FromResult(Missing());
}

internal sealed class FakeSilo : ISiloStatusOracle
{
    public SiloStatus CurrentStatus { get; set; } = SiloStatus.Active;

    public string SiloName => "silo";

    public SiloAddress SiloAddress => SiloAddress.New(IPAddress.Loopback, 1, 1);

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => throw new NotSupportedException();

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) => throw new NotSupportedException();

    public SiloAddress[] GetActiveSilos() => throw new NotSupportedException();

    public bool TryGetSiloName(SiloAddress siloAddress, out string siloName) => throw new NotSupportedException();

    public bool IsFunctionalDirectory(SiloAddress siloAddress) => throw new NotSupportedException();

    public bool IsDeadSilo(SiloAddress silo) => throw new NotSupportedException();

    public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();

    public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();
}
