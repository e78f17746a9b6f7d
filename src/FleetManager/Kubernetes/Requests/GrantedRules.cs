using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>The rules that an API server says hold for whoever asks (SelfSubjectRulesReview). Pure.</summary>
internal sealed class GrantedRules
{
    private const string Any = "*";
    private readonly List<(HashSet<string> Groups, HashSet<string> Resources, HashSet<string> Verbs)> _rules = [];

    private GrantedRules(bool isComplete) => IsComplete = isComplete;

    /// <summary>False when an authorizer could not list its rules, such as a webhook: more may be allowed than is told.</summary>
    public bool IsComplete { get; }

    /// <summary>Reads a review.</summary>
    public static GrantedRules Read(JsonElement review)
    {
        var status = review.GetProperty("status");
        var granted = new GrantedRules(!(status.TryGetProperty("incomplete", out var incomplete) && incomplete.GetBoolean()));
        if (!status.TryGetProperty("resourceRules", out var rules) || rules.ValueKind != JsonValueKind.Array) return granted;
        foreach (var rule in rules.EnumerateArray())
        {
            // A rule for some objects by their names is none for the kind.
            if (Texts(rule, "resourceNames").Count == 0) granted._rules.Add((Texts(rule, "apiGroups"), Texts(rule, "resources"), Texts(rule, "verbs")));
        }

        return granted;
    }

    /// <summary>What is missing of a rule, or null when all of it is there.</summary>
    public RbacRule? Without(RbacRule rule)
    {
        var missing = rule.Verbs.Split(", ").Where(verb => !_rules.Exists(granted =>
            Has(granted.Groups, rule.Group) && HasResource(granted.Resources, rule.Resource) && Has(granted.Verbs, verb))).ToList();
        return missing.Count == 0 ? null : rule with { Verbs = string.Join(", ", missing) };
    }

    private static bool Has(HashSet<string> values, string value) => values.Contains(value) || values.Contains(Any);

    // RBAC knows a subresource of every resource, but no every subresource of one.
    private static bool HasResource(HashSet<string> values, string resource) =>
        Has(values, resource) || (resource.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 && values.Contains(Any + resource[slash..]));

    private static HashSet<string> Texts(JsonElement rule, string name) =>
        rule.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray().Select(value => value.GetString() ?? "")] : [];
}
