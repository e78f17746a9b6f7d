using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FleetSystem.GameServer.Sdk;

/// <summary>Tells the sidecar at every interval that the server is healthy; a broken stream is opened again.</summary>
internal sealed class HealthReporter(IAgonesSdk sdk, TimeSpan interval, TimeProvider time, ILogger logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var stream = sdk.OpenHealth(cancellationToken);
                while (true)
                {
                    await stream.SendAsync(cancellationToken).ConfigureAwait(false);
                    backoff.Reset();
                    await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is RpcException or InvalidOperationException && !cancellationToken.IsCancellationRequested)
            {
                // gRPC answers a write on a call that has ended with InvalidOperationException.
                logger.CallFailed("Health", (exception as RpcException)?.Status.Detail ?? exception.Message);
            }

            await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
