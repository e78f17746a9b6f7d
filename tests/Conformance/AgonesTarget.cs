using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Nodes;
using k8s;

namespace FleetSystem.Conformance.Tests;

/// <summary>The cluster that the cases run against: the one that AGONES_KUBECONFIG names, or a local one.</summary>
public sealed class AgonesTarget : IAsyncLifetime
{
    private const string LocalToken = "conformance";

    private LocalCluster? _local;
    private k8s.Kubernetes _client = null!;

    /// <summary>Namespace to work in.</summary>
    public string Namespace { get; private set; } = "default";

    /// <summary>Image of the game servers.</summary>
    public string Image { get; private set; } = "simulated";

    /// <summary>How long something may take to come about.</summary>
    public TimeSpan Patience { get; private set; } = TimeSpan.FromSeconds(30);

    public string GameServers => $"/apis/agones.dev/v1/namespaces/{Namespace}/gameservers";

    public string Fleets => $"/apis/agones.dev/v1/namespaces/{Namespace}/fleets";

    public string FleetAutoscalers => $"/apis/autoscaling.agones.dev/v1/namespaces/{Namespace}/fleetautoscalers";

    public string Allocations => $"/apis/allocation.agones.dev/v1/namespaces/{Namespace}/gameserverallocations";

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("AGONES_KUBECONFIG") is { Length: > 0 } file)
        {
            Namespace = Environment.GetEnvironmentVariable("AGONES_NAMESPACE") is { Length: > 0 } name ? name : "default";
            Image = Environment.GetEnvironmentVariable("AGONES_IMAGE") is { Length: > 0 } image
                ? image : throw new InvalidOperationException("AGONES_KUBECONFIG is set and AGONES_IMAGE is not: name a game server image that the cluster can pull.");
            Patience = TimeSpan.FromMinutes(3);
            _client = new k8s.Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(new FileInfo(file)));
            return;
        }

        _local = new LocalCluster(new LocalClusterOptions
        {
            Name = "conformance",
            Region = "ap-northeast-2",
            Nodes = LocalNode.ForZones("ap-northeast-2", ["ap-northeast-2a", "ap-northeast-2b"], 2, (zone, node) => new IPAddress([127, 0, (byte)(60 + zone), (byte)(1 + node)]), simulated: true),
            Token = LocalToken,
        });
        await _local.StartAsync(TestContext.Current.CancellationToken);
        using var kubeConfig = new MemoryStream(Encoding.UTF8.GetBytes(KubeConfig.Compose([_local])));
        _client = new k8s.Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(kubeConfig));
    }

    /// <summary>Sends a request and returns when the head of the answer is there.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, string? contentType, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        if (_client.Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        return await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Sends JSON and reads the whole answer.</summary>
    public async Task<(int Status, JsonNode? Body)> CallAsync(HttpMethod method, string path, JsonNode? body = null, string contentType = "application/json")
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var answer = await SendAsync(method, path, body?.ToJsonString(), contentType, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text) : JsonValue.Create(text));
    }

    public Task<(int Status, JsonNode? Body)> GetAsync(string path) => CallAsync(HttpMethod.Get, path);

    public Task<(int Status, JsonNode? Body)> MergeAsync(string path, string patch) => CallAsync(HttpMethod.Patch, path, JsonNode.Parse(patch), "application/merge-patch+json");

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_local is not null) await _local.DisposeAsync();
    }
}
