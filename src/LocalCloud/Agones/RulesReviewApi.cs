using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>
/// <c>authorization.k8s.io/v1</c>'s SelfSubjectRulesReview: what whoever asks may do. A local cluster knows one user, who may do everything.
/// </summary>
internal sealed class RulesReviewApi
{
    public static ApiExtension Extension => new("authorization.k8s.io", "v1", "selfsubjectrulesreviews", Describe, HandleAsync);

    private static JsonObject Describe() => new()
    {
        ["name"] = "selfsubjectrulesreviews",
        ["singularName"] = "selfsubjectrulesreview",
        ["namespaced"] = false,
        ["kind"] = "SelfSubjectRulesReview",
        ["verbs"] = new JsonArray("create"),
    };

    private static async Task HandleAsync(HttpContext context, ApiRequest request)
    {
        if (request.Namespace is not null || request.Name is not null || request.Verb != "create") throw ApiException.NoSuchResource();
        var body = await ApiBody.ReadAsync(context.Request);
        var scope = JsonNode.Parse(body.Span)?["spec"]?["namespace"]?.GetValue<string>() ?? "";
        await ApiResponse.WriteAsync(context.Response, 201, new JsonObject
        {
            ["kind"] = "SelfSubjectRulesReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
            ["spec"] = new JsonObject { ["namespace"] = scope },
            ["status"] = new JsonObject
            {
                ["resourceRules"] = new JsonArray(new JsonObject { ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*") }),
                ["nonResourceRules"] = new JsonArray(new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") }),
                ["incomplete"] = false,
            },
        });
    }
}
