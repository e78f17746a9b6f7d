namespace FleetSystem.LocalCloud.Sdk;

/// <summary>Changes to a list that are not written yet.</summary>
internal sealed class PendingList
{
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly List<string> _added = [];

    public long? Capacity { get; set; }

    public void Add(string value) => _added.Add(value);

    public void Remove(string value)
    {
        if (!_added.Remove(value))
            _removed.Add(value);
    }

    /// <summary>The list with the changes, cut off at its capacity.</summary>
    public (List<string> Values, long Capacity) ApplyTo(IEnumerable<string> values, long capacity)
    {
        var most = Capacity ?? capacity;
        var result = values.Where(value => !_removed.Contains(value)).Concat(_added).Distinct(StringComparer.Ordinal).ToList();
        if (result.Count > most)
            result.RemoveRange((int)most, result.Count - (int)most);
        return (result, most);
    }
}
