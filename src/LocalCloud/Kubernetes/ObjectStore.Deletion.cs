using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>What a deletion asks for beyond the object's name.</summary>
/// <param name="GracePeriodSeconds">Overrides the object's own grace period; 0 removes a Pod without asking its node.</param>
/// <param name="Uid">The object must have this uid.</param>
/// <param name="ResourceVersion">The object must have this version.</param>
internal readonly record struct DeletionOptions(long? GracePeriodSeconds = null, string? Uid = null, string? ResourceVersion = null);

/// <summary>What became of a deletion.</summary>
/// <param name="Object">The object as it was left or as it went.</param>
/// <param name="Removed">True when it is gone; false when finalizers or its node have the last word.</param>
internal readonly record struct Deletion(StoredObject Object, bool Removed);

internal sealed partial class ObjectStore
{
    private const long DefaultGracePeriodSeconds = 30;

    /// <summary>Deletes an object, or marks it for deletion when it has finalizers or runs on a node.</summary>
    /// <exception cref="ApiException">409 when a precondition does not hold.</exception>
    public Deletion? Delete(ResourceKind kind, string key, DeletionOptions options = default)
    {
        while (true)
        {
            if (Get(kind, key) is not { } current) return null;
            Check(current, options);
            var body = current.ToJson();
            var grace = GraceOf(current, body, options);
            if (!current.HasFinalizers && grace == 0)
            {
                if (TryRemove(current) is not { } removed) continue;
                return new Deletion(removed, true);
            }

            var marked = current.Deleting && !ShortensGrace(body, grace) ? current : TryMark(current, body, grace);
            if (marked is not null) return new Deletion(marked, false);
        }
    }

    private static void Check(StoredObject current, DeletionOptions options)
    {
        if (options.Uid is { } uid && uid != current.Uid)
        {
            throw ApiException.Conflict(current.Kind, current.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        if (options.ResourceVersion is { } version && version != $"{current.ResourceVersion}")
        {
            throw ApiException.Conflict(current.Kind, current.Name,
                $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {current.ResourceVersion}");
        }
    }

    private static long GraceOf(StoredObject current, JsonObject body, DeletionOptions options)
    {
        if (!current.Kind.GracefulDeletion) return 0;
        // A Pod that no node has taken up has nobody to wait for.
        if (body.Child("spec").Text("nodeName") is null or "") return 0;
        return options.GracePeriodSeconds ?? body.Child("spec").Integer("terminationGracePeriodSeconds") ?? DefaultGracePeriodSeconds;
    }

    private static bool ShortensGrace(JsonObject body, long grace) => grace < body.Child("metadata").Integer("deletionGracePeriodSeconds");

    private StoredObject? TryMark(StoredObject current, JsonObject body, long grace)
    {
        var metadata = body.Ensure("metadata");
        metadata["deletionTimestamp"] = Rfc3339.Seconds(_time.GetUtcNow() + TimeSpan.FromSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        return TryReplace(current, body);
    }

    /// <summary>
    /// Takes an object out, unless that has been replaced meanwhile: then null. Its last state is published under a version of its own,
    /// finalizers and all.
    /// </summary>
    private StoredObject? TryRemove(StoredObject current)
    {
        var encoder = new ObjectEncoder(current.Kind, current.ToJson());
        var collection = Of(current.Kind);
        StoredObject deleted;
        lock (_gate)
        {
            if (!ReferenceEquals(collection.Objects.GetValueOrDefault(current.Key), current)) return null;
            deleted = encoder.EncodeFinal(current, ++_version);
            collection.Objects = collection.Objects.Remove(current.Key);
            _uids.Remove(current.Uid);
            Disown(current);
            Publish(collection, new StoreEvent(StoreEventType.Deleted, deleted, current.Labels), current);
        }

        Wake(collection);
        return deleted;
    }
}
