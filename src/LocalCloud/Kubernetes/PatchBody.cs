using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>A patch by its media type.</summary>
internal static class PatchBody
{
    public const string Json = "application/json-patch+json";
    public const string Merge = "application/merge-patch+json";
    public const string Strategic = "application/strategic-merge-patch+json";
    public const string Apply = "application/apply-patch+yaml";

    /// <exception cref="ApiException">415 for a media type that the kind does not take, 400 for a body of the wrong shape.</exception>
    public static Func<JsonObject, JsonObject> Read(ResourceKind kind, string? mediaType, JsonNode? body)
    {
        switch (mediaType)
        {
            case Json when body is JsonArray operations:
                return target => JsonPatch.Apply(target, operations) as JsonObject
                    ?? throw ApiException.BadRequest("the patch leaves no object");
            case Merge when body is JsonObject patch:
                return target =>
                {
                    MergePatch.Apply(target, patch);
                    return target;
                };
            case Strategic when !kind.Custom && body is JsonObject patch:
                return target =>
                {
                    StrategicMergePatch.Apply(target, patch);
                    return target;
                };
            case Json or Merge:
            case Strategic when !kind.Custom:
                throw ApiException.BadRequest("error decoding patch: json: cannot unmarshal the body into the type of this patch");
            default:
                throw ApiException.UnsupportedMediaType(kind.Custom ? [Json, Merge, Apply] : [Json, Merge, Strategic, Apply]);
        }
    }
}
