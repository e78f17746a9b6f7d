using System.Text.Json;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Fleets;

/// <summary>
/// Answers Agones' webhook autoscaler (<c>FleetAutoscaleReview</c>): how many replicas a Fleet should have for the sessions that run on it and
/// those that wait. Any answer but 200 leaves the Fleet as it is, and Agones tells so.
/// </summary>
internal sealed class AutoscaleWebhook(IGrainFactory grains, IOptions<FleetSystemOptions> system)
{
    // Where it is asked; the cluster's id follows.
    private const string Path = "agones/v1/fleetautoscale/";
    private const int MaxReviewBytes = 1024 * 1024;

    // Of a name that comes back in an answer.
    private const int MaxShown = 64;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Maps <c>POST /agones/v1/fleetautoscale/{cluster}</c>: a review does not say which cluster it comes from.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost($"/{Path}{{cluster}}", (string cluster, HttpContext context, AutoscaleWebhook webhook) => webhook.AnswerAsync(cluster, context))
            // Agones has no credentials to send, and nothing is changed.
            .AllowAnonymous();

    /// <summary>The path that a cluster's FleetAutoscalers ask, without the slash at its start.</summary>
    public static string PathOf(string cluster) => Path + Uri.EscapeDataString(cluster);

    private async Task<IResult> AnswerAsync(string clusterId, HttpContext context)
    {
        if (context.Request.ContentLength is > MaxReviewBytes) return OpsProblem.TooLarge(MaxReviewBytes);

        // Whoever sends in pieces says no length.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxReviewBytes;
        if (system.Value.Clusters.FirstOrDefault(known => known.Id == clusterId) is not { } cluster)
            return OpsProblem.NotFound(ErrorCodes.UnknownCluster, $"There is no cluster '{Shown(clusterId)}'. The path ends with the id that the cluster has in FleetSystem:Clusters.");
        if (await ReadAsync(context.Request) is not { } review || review["request"] is not JsonObject request || Text(request, "uid") is not { } uid || Text(request, "name") is not { } name)
            return OpsProblem.Invalid([new OpsFieldError("$.request", ErrorCodes.MalformedRequest, "This is no FleetAutoscaleReview: its request needs uid, name and status.")]);
        if (system.Value.Fleets.FirstOrDefault(candidate => candidate.NamesInAgones.Contains(name)) is not { } fleet || Text(request, "namespace") != cluster.Namespace)
            return OpsProblem.NotFound(ErrorCodes.UnknownFleet, $"No fleet of this cell has servers in the Agones Fleet '{Shown(name)}' of namespace '{Shown(Text(request, "namespace") ?? "")}' in cluster '{clusterId}'.");

        var takers = (await grains.GetGrain<IRegionGrain>(cluster.Region).GetClusters()).Clusters.Where(standing => standing.Weight > 0).Select(standing => standing.Cluster).ToList();
        var parts = takers.SelectMany(taker => fleet.NamesInAgones.Select(agones => (taker, agones))).ToList();
        var part = parts.IndexOf((clusterId, name));
        var waiting = await grains.GetGrain<IFleetGrain>(FleetGrainKey.Of(cluster.Region, fleet.Id)).GetDemand();
        var status = request["status"] as JsonObject;
        var bounds = (await grains.GetGrain<IRegionOperations>(cluster.Region).ListFleetBounds()).FirstOrDefault(known => known.Cluster == clusterId && known.AgonesFleet == name);
        var options = bounds?.Policy is { } wanted ? new AutoscalerOptions { BufferSize = wanted.BufferSize.Value, MinReplicas = wanted.MinReplicas, MaxReplicas = wanted.MaxReplicas } : fleet.Autoscaler;
        var replicas = ReplicaPlanner.Plan(options, Number(status, "allocatedReplicas"), waiting, Math.Max(part, 0), part < 0 ? 0 : parts.Count);
        review["response"] = new JsonObject { ["uid"] = uid, ["scale"] = replicas != Number(status, "replicas"), ["replicas"] = replicas };
        return TypedResults.Text(review.ToJsonString(), "application/json");
    }

    private static async Task<JsonObject?> ReadAsync(HttpRequest request)
    {
        try
        {
            return await JsonNode.ParseAsync(request.Body, documentOptions: Strict, cancellationToken: request.HttpContext.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shown(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "…";

    private static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int Number(JsonObject? json, string name) => json?[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;
}
