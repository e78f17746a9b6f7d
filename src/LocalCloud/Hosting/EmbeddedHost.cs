namespace FleetSystem.LocalCloud.Hosting;

/// <summary>A host of the cell within this process.</summary>
internal sealed class EmbeddedHost : ICellHost
{
    private readonly WebApplication _host;

    private EmbeddedHost(WebApplication host) => _host = host;

    public int? ProcessId => null;

    /// <summary>Starts a host on its configuration file.</summary>
    public static async Task<EmbeddedHost> StartAsync(HostKind kind, string configFile, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var host = kind.Build(["--config", configFile], builder => builder.Logging.ClearProviders().Services.AddSingleton(logs).AddEmbeddedLifetime());
        try
        {
            await host.StartAsync(cancellationToken);
            return new EmbeddedHost(host);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
    }
}
