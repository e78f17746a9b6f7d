using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// Strategic merge patch for core objects: lists whose items have a key are merged by it. Knows the lists of Nodes and Pods that
/// clients patch; other lists are replaced.
/// </summary>
internal static class StrategicMergePatch
{
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["conditions"] = "type",
        ["taints"] = "key",
        ["addresses"] = "type",
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["env"] = "name",
        ["volumes"] = "name",
        ["ownerReferences"] = "uid",
    };

    public static void Apply(JsonObject target, JsonObject patch)
    {
        if (patch.Text("$patch") == "replace") target.Clear();
        foreach (var (key, value) in patch)
        {
            if (key.StartsWith('$')) continue;
            if (value is null) target.Remove(key);
            else if (value is JsonObject child) Apply(target.Ensure(key), child);
            else if (value is JsonArray items && MergeKeys.TryGetValue(key, out var mergeKey)) Merge(target, key, items, mergeKey);
            else if (value is JsonArray finalizers && key == "finalizers") Union(target, key, finalizers);
            else target[key] = value.DeepClone();
        }
    }

    private static void Merge(JsonObject target, string key, JsonArray items, string mergeKey)
    {
        if (items.OfType<JsonObject>().Any(item => item.Text("$patch") == "replace"))
        {
            target[key] = new JsonArray([.. items.OfType<JsonObject>().Where(item => item["$patch"] is null).Select(item => item.DeepClone())]);
            return;
        }

        if (target[key] is not JsonArray existing) target[key] = existing = [];
        foreach (var item in items.OfType<JsonObject>())
        {
            var id = item[mergeKey];
            var match = existing.OfType<JsonObject>().FirstOrDefault(other => JsonNode.DeepEquals(other[mergeKey], id));
            if (item.Text("$patch") == "delete")
            {
                if (match is not null) existing.Remove(match);
            }
            else if (match is not null)
            {
                Apply(match, item);
            }
            else
            {
                existing.Add(item.DeepClone());
            }
        }
    }

    private static void Union(JsonObject target, string key, JsonArray items)
    {
        if (target[key] is not JsonArray existing) target[key] = existing = [];
        foreach (var item in items)
        {
            if (!existing.Any(other => JsonNode.DeepEquals(other, item))) existing.Add(item?.DeepClone());
        }
    }
}
