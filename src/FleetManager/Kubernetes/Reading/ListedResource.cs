using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>A kind of object that is listed: where it is, and how its JSON becomes a snapshot.</summary>
internal abstract class ListedResource<T>
    where T : class
{
    /// <summary>Path of the collection, without query.</summary>
    public abstract string Path { get; }

    /// <summary>What reading it needs of RBAC.</summary>
    public abstract RbacRule Rule { get; }

    /// <summary>Plural of the kind.</summary>
    public string Plural => Rule.Resource;

    /// <summary>Reads one object; the reader stands on its first brace and ends on its last. Null for an object without a name.</summary>
    public abstract T? Read(ref Utf8JsonReader reader, ResourceVersion version);
}
