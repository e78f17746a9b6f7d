using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.GameServer.Sdk;

/// <summary>The sidecar next to the game server. Every call but the two streams has a deadline; failures are RpcExceptions.</summary>
internal interface IAgonesSdk
{
    Task ReadyAsync(CancellationToken cancellationToken);

    Task ShutdownAsync(CancellationToken cancellationToken);

    /// <summary>Sets the annotation <c>agones.dev/sdk-{key}</c>.</summary>
    Task SetAnnotationAsync(string key, string value, CancellationToken cancellationToken);

    /// <summary>Opens a stream of Health messages.</summary>
    IHealthStream OpenHealth(CancellationToken cancellationToken);

    /// <summary>The GameServer as it is, then as it becomes.</summary>
    IAsyncEnumerable<AgonesGameServer> WatchAsync(CancellationToken cancellationToken);

    Task AddListValueAsync(string list, string value, CancellationToken cancellationToken);

    Task RemoveListValueAsync(string list, string value, CancellationToken cancellationToken);

    Task SetCounterAsync(string counter, long count, CancellationToken cancellationToken);

    /// <summary>Moves a counter by a difference, as the sidecar finds it when it writes.</summary>
    Task ChangeCounterAsync(string counter, long difference, CancellationToken cancellationToken);
}

/// <summary>One open stream of Health messages.</summary>
internal interface IHealthStream : IDisposable
{
    Task SendAsync(CancellationToken cancellationToken);
}
