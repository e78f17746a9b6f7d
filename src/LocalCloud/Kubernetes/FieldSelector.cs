namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Field selectors on <c>metadata.name</c> and <c>metadata.namespace</c>, the only ones that custom resources support.</summary>
internal sealed class FieldSelector
{
    public static readonly FieldSelector Everything = new([]);

    private readonly List<(string Field, string Value, bool Equal)> _terms;

    private FieldSelector(List<(string Field, string Value, bool Equal)> terms) => _terms = terms;

    public bool IsEmpty => _terms.Count == 0;

    public bool Matches(StoredObject candidate)
    {
        foreach (var (field, value, equal) in _terms)
        {
            var actual = field == "metadata.name" ? candidate.Name : candidate.Namespace ?? "";
            if (actual == value != equal) return false;
        }

        return true;
    }

    /// <exception cref="ApiException">400 for any other field.</exception>
    public static FieldSelector Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Everything;
        var terms = new List<(string, string, bool)>();
        foreach (var term in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw ApiException.BadRequest($"invalid field selector: {term}: the selector is not of the form field=value");
            var equal = term[at - 1] != '!';
            var field = term[..(equal ? at : at - 1)];
            var value = term[(at + 1)..].TrimStart('=');
            if (field is not ("metadata.name" or "metadata.namespace")) throw ApiException.BadRequest($"field label not supported: {field}");
            terms.Add((field, value, equal));
        }

        return new FieldSelector(terms);
    }
}
