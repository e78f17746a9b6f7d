using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>A kind of object that is also watched: which changes tell of it.</summary>
internal abstract class WatchedResource<T> : ListedResource<T>
    where T : class
{
    public abstract ClusterChange Listed(IReadOnlyList<T> items);

    public abstract ClusterChange Changed(T item);

    public abstract ClusterChange Deleted(T item);
}
