using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>JSON merge patch (RFC 7396).</summary>
internal static class MergePatch
{
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(key);
                    break;
                case JsonObject child:
                    Apply(target.Ensure(key), child);
                    break;
                default:
                    target[key] = value.DeepClone();
                    break;
            }
        }
    }
}
