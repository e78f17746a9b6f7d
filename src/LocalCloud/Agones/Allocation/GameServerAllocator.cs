using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Allocation;

/// <summary>
/// Claims servers. As Agones', it does not look at nodes: a server on a dead node is handed out like any other.
/// </summary>
internal sealed class GameServerAllocator(ObjectStore store, AllocationIndex index, TimeProvider time)
{
    /// <summary>The server claimed, or null when none of the selectors finds one.</summary>
    public StoredObject? Allocate(AllocationRequest request)
    {
        foreach (var selector in request.Selectors)
        {
            while (index.Take(request, selector) is { } candidate)
            {
                if (TryClaim(request, selector, candidate) is { } claimed) return claimed;
            }
        }

        return null;
    }

    private StoredObject? TryClaim(AllocationRequest request, GameServerSelector selector, StoredObject candidate)
    {
        var claimed = false;
        // A server may have changed since it was chosen: what counts is the version that is written over.
        var stored = store.Update(AgonesKinds.GameServer, candidate.Key, body =>
        {
            claimed = false;
            if (store.Get(AgonesKinds.GameServer, candidate.Key) is not { } current || !selector.Matches(current)) return false;
            Claim(request, body);
            claimed = true;
            return true;
        });
        if (claimed && stored is not null) return stored;
        index.Return(stored);
        return null;
    }

    private void Claim(AllocationRequest request, JsonObject body)
    {
        var metadata = body.Child("metadata")!;
        foreach (var (key, value) in request.Labels.Strings()) metadata.Ensure("labels")[key] = value;
        var annotations = metadata.Ensure("annotations");
        foreach (var (key, value) in request.Annotations.Strings()) annotations[key] = value;
        annotations[AgonesNames.LastAllocatedAnnotation] = Rfc3339.Fraction(time.GetUtcNow());
        var status = body.Child("status")!;
        status["state"] = GameServerState.Allocated;
        CapacityActions.Apply(request, status);
    }
}
