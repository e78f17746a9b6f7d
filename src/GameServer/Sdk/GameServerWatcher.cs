using Grpc.Core;
using Microsoft.Extensions.Logging;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.GameServer.Sdk;

/// <summary>Follows the GameServer this process is; a broken stream is opened again, and starts with the newest state.</summary>
internal sealed class GameServerWatcher(IAgonesSdk sdk, TimeProvider time, ILogger logger)
{
    public async Task RunAsync(Action<AgonesGameServer> observe, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var gameServer in sdk.WatchAsync(cancellationToken).ConfigureAwait(false))
                {
                    backoff.Reset();
                    observe(gameServer);
                }
            }
            catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
            {
                logger.CallFailed("WatchGameServer", exception.Status.Detail);
            }

            await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
