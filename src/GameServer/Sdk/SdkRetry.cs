using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FleetSystem.GameServer.Sdk;

/// <summary>Repeats a call to the sidecar until it is taken: a restart of the sidecar costs time, never a message.</summary>
internal static class SdkRetry
{
    /// <returns>Whether the sidecar took the call; false when it refused it as invalid.</returns>
    public static async Task<bool> UntilTakenAsync(
        string name, Func<CancellationToken, Task> call, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                await call(cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (IsRefusal(exception))
                {
                    logger.CallRefused(name, exception.Status.Detail);
                    return false;
                }

                logger.CallFailed(name, exception.Status.Detail);
            }

            await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Agones answers what a request got wrong with InvalidArgument, and what the GameServer's counters and lists do not allow with Unknown.</summary>
    public static bool IsRefusal(RpcException exception) =>
        exception.StatusCode is StatusCode.InvalidArgument or StatusCode.Unknown or StatusCode.Unimplemented
            or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.OutOfRange;
}
