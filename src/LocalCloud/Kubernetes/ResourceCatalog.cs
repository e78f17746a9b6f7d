namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>The kinds that an API serves, by where they are in its paths.</summary>
internal sealed class ResourceCatalog(IReadOnlyList<ResourceKind> kinds)
{
    private readonly Dictionary<(string Group, string Version, string Plural), ResourceKind> _byPath =
        kinds.ToDictionary(kind => (kind.Group, kind.Version, kind.Plural));

    public IReadOnlyList<ResourceKind> Kinds { get; } = kinds;

    public IEnumerable<(string Group, string Version)> Groups => Kinds.Select(kind => (kind.Group, kind.Version)).Distinct();

    public ResourceKind? Find(string group, string version, string plural) => _byPath.GetValueOrDefault((group, version, plural));

    /// <summary>The kind that a manifest names.</summary>
    public ResourceKind? FindKind(string? apiVersion, string? kind) =>
        Kinds.FirstOrDefault(candidate => candidate.ApiVersion == apiVersion && candidate.Kind == kind);
}
