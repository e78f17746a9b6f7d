using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Sdk;

/// <summary>One GameServer object as its SDK sidecar sees it: read, change under optimistic concurrency, watch.</summary>
internal interface IGameServerResource
{
    /// <summary>The newest version of the object (a private copy), or null once it has been deleted.</summary>
    JsonObject? Current { get; }

    /// <summary>
    /// Applies a change to the newest version and stores it, again on a conflict. The change may run several times; it returns false to
    /// leave the object as it is.
    /// </summary>
    /// <returns>The object after the change, or null when the object is gone.</returns>
    JsonObject? Update(Func<JsonObject, bool> change);

    /// <summary>The newest version first, then each version that follows; ends when the object is deleted.</summary>
    IAsyncEnumerable<JsonObject> WatchAsync(CancellationToken cancellationToken);
}
