using System.Net;
using Amazon.GlobalAccelerator;
using Amazon.Runtime;
using FleetSystem.LocalCloud.GlobalAccelerator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

/// <summary>The local Global Accelerator behind a real HTTP server, and clients of it.</summary>
internal sealed class LocalGlobalAccelerator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<IDisposable> _clients = [];

    private LocalGlobalAccelerator(WebApplication app, GlobalAcceleratorService service)
    {
        _app = app;
        Service = service;
        Client = NewClient();
    }

    public GlobalAcceleratorService Service { get; }

    public AmazonGlobalAcceleratorClient Client { get; }

    public string Url => _app.Urls.Single();

    public static async Task<LocalGlobalAccelerator> StartAsync(Action<GlobalAcceleratorOptions>? configure = null, TimeProvider? timeProvider = null)
    {
        var options = new GlobalAcceleratorOptions
        {
            ClockSkewMax = timeProvider is null ? TimeSpan.FromMinutes(5) : Timeout.InfiniteTimeSpan,
            StaticAddresses = [.. Enumerable.Range(1, 12).Select(Pair)],
        };
        configure?.Invoke(options);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var service = new GlobalAcceleratorService(options, timeProvider ?? TimeProvider.System);
        app.MapGlobalAccelerator(service);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new LocalGlobalAccelerator(app, service);
    }

    public static StaticAddressPair Pair(int n) => new(IPAddress.Parse($"127.60.{n}.1"), IPAddress.Parse($"127.61.{n}.1"));

    public AmazonGlobalAcceleratorClient NewClient(string key = "local", string secret = "local-secret", Action<AmazonGlobalAcceleratorConfig>? configure = null)
    {
        var config = new AmazonGlobalAcceleratorConfig
        {
            ServiceURL = Url,
            AuthenticationRegion = "us-west-2",
            MaxErrorRetry = 0,
        };
        configure?.Invoke(config);
        var client = new AmazonGlobalAcceleratorClient(new BasicAWSCredentials(key, secret), config);
        _clients.Add(client);
        return client;
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app.DisposeAsync();
        Service.Dispose();
    }
}
