namespace FleetSystem.LocalCloud.Hosting;

/// <summary>
/// Lifetime of a host within this process. The default one takes Ctrl-C for itself: every host would stop on its own, in no order, and the
/// process would never hear of it.
/// </summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Registers <see cref="EmbeddedLifetime"/>.</summary>
internal static class EmbeddedLifetimeExtensions
{
    /// <summary>Leaves signals to the process.</summary>
    public static IServiceCollection AddEmbeddedLifetime(this IServiceCollection services) => services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
}
