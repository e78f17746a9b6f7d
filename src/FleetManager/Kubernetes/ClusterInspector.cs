using System.Net.Http.Headers;
using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Reading;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetManager.Kubernetes.Watching;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetManager.Kubernetes;

/// <summary>What can be learnt of a cluster without changing anything in it.</summary>
/// <param name="Version">Kubernetes' version.</param>
/// <param name="Missing">Rules that FleetSystem needs and does not have.</param>
/// <param name="RightsAreKnown">False when the API server could not list all rules: then missing ones may be there all the same.</param>
/// <param name="Fleets">Names of the Agones Fleets in the namespace; null when they could not be listed.</param>
/// <param name="FleetsFault">Why not; empty when they could.</param>
internal sealed record ClusterInspection(string Version, IReadOnlyList<RbacRule> Missing, bool RightsAreKnown, IReadOnlyList<string>? Fleets, string FleetsFault);

/// <summary>Looks at a cluster as an operator would: is it there, what may we do in it, and which fleets has it.</summary>
internal sealed class ClusterInspector(KubernetesAdapterOptions options, TimeProvider time)
{
    private const int LongestAnswer = 1024 * 1024;

    /// <summary>Looks at a cluster.</summary>
    /// <exception cref="NothingSentException">The kubeconfig or the credentials are at fault.</exception>
    /// <exception cref="ApiException">The API server refused.</exception>
    /// <exception cref="HttpRequestException">It could not be reached.</exception>
    public async Task<ClusterInspection> InspectAsync(ClusterOptions cluster, CancellationToken cancellationToken)
    {
        using var api = new KubernetesApi(cluster, options, time);
        var version = await AskAsync(api, HttpMethod.Get, ApiPaths.Version, null, json => json.GetProperty("gitVersion").GetString() ?? "", cancellationToken);
        var review = JsonSerializer.SerializeToUtf8Bytes(new { apiVersion = "authorization.k8s.io/v1", kind = "SelfSubjectRulesReview", spec = new { @namespace = cluster.Namespace } });
        var rights = await AskAsync(api, HttpMethod.Post, ApiPaths.RulesReview, review, GrantedRules.Read, cancellationToken);
        var missing = RbacRule.All.Select(rights.Without).OfType<RbacRule>().ToList();
        try
        {
            var fleets = await new PagedList<FleetModel.Clusters.AgonesFleetSnapshot>(new FleetResource(cluster.Namespace, new StringPool(256)), api, options).ReadAsync(options.ListTimeout, time, cancellationToken);
            return new(version, missing, rights.IsComplete, [.. fleets.Select(fleet => fleet.Name)], "");
        }
        catch (ApiException fault)
        {
            return new(version, missing, rights.IsComplete, null, fault.Failure.StatusCode == 404 ? "it does not know Agones' kinds: install Agones" : fault.Message);
        }
    }

    private static async Task<T> AskAsync<T>(KubernetesApi api, HttpMethod method, string path, byte[]? content, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        using var body = content is null ? null : new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await api.SendOkAsync(method, path, body, cancellationToken);
        using var answer = await PooledBody.ReadAsync(response.Content, LongestAnswer, cancellationToken);
        using var json = JsonDocument.Parse(answer.Span.ToArray());
        return read(json.RootElement);
    }
}
