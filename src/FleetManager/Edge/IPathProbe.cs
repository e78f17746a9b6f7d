using System.Net;

namespace FleetSystem.FleetManager.Edge;

/// <summary>Where probes go.</summary>
/// <param name="EndPoint">Address and port of the path.</param>
/// <param name="Suffix">Bytes after the probe: the echo's routing token, empty where none is needed.</param>
internal sealed record ProbeTarget(IPEndPoint EndPoint, byte[] Suffix);

/// <summary>
/// Probes one address of a path. Probes are sent at their own pace, whether the earlier ones have been answered or not: a path that is cut is
/// noticed no later because each loss is waited for.
/// </summary>
internal interface IPathProbe : IAsyncDisposable
{
    /// <summary>Sends the next probe, and says whether the one whose time is over was answered; null while there is none.</summary>
    ValueTask<bool?> NextAsync(CancellationToken cancellationToken);
}
