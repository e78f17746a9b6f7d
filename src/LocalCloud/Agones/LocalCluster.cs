using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones.Allocation;
using FleetSystem.LocalCloud.Agones.Autoscaling;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>What a local cluster is made of.</summary>
internal sealed class LocalClusterOptions
{
    /// <summary>Name of the cluster, and of its context in kubeconfig files.</summary>
    public required string Name { get; init; }

    /// <summary>Region of its nodes, for example <c>ap-northeast-2</c>.</summary>
    public required string Region { get; init; }

    /// <summary>Nodes that exist from the start; see <see cref="LocalNode.ForZones"/>.</summary>
    public required IReadOnlyList<LocalNode> Nodes { get; init; }

    /// <summary>Where the Kubernetes API listens. The default value is any free port of 127.0.0.1.</summary>
    public IPEndPoint ListenEndpoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Bearer token of the API; null lets everyone in.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Serves the API over TLS, with an authority of its own that the kubeconfig names. The default value is false; kubectl needs true when
    /// there is a token, which it shows over TLS only.
    /// </summary>
    public bool Tls { get; init; }

    /// <summary>How long an allocation waits for its batch. The default value is 20 milliseconds; zero turns it off.</summary>
    public TimeSpan AllocationDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs the pods that are not simulated; without one their start is refused.</summary>
    public IPodRuntime? PodRuntime { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Seed of names, uids and choices.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Ports that game server processes get on each address. The default value is 7000 to 8000.</summary>
    public HostPortRange Ports { get; init; } = HostPortRange.Default;

    /// <summary>Ports that servers without a process get on each address. The default value is 1024 to 65535.</summary>
    public HostPortRange SimulatedPorts { get; init; } = HostPortRange.Simulated;

    public NodeTimings NodeTimings { get; init; } = new();

    public ObjectStoreOptions Store { get; init; } = new();

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>A Kubernetes cluster with Agones in this process: store, API, controllers and nodes.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private readonly LocalClusterOptions _options;
    private readonly ControlLoop _loop;
    private readonly SimulatedPodRuntime _simulated;
    private readonly Kubelet _kubelet;
    private readonly FleetAutoscalerController _autoscalers;
    private readonly ApiServer _server;
    private readonly ApiCertificate? _certificate;

    public LocalCluster(LocalClusterOptions options)
    {
        _options = options;
        var time = options.TimeProvider;
        var logger = options.LoggerFactory.CreateLogger<LocalCluster>();
        var ids = new IdSource(options.Seed);
        Store = new ObjectStore(time, ids, options.Store);
        var index = new GameServerIndex(Store);
        var watches = new GameServerWatches(Store);
        var placement = new Placement(Store, options.Ports, options.SimulatedPorts);
        _loop = new ControlLoop(time, logger);
        _simulated = new SimulatedPodRuntime(time);
        _kubelet = new Kubelet(Store, options.PodRuntime ?? new NoPodRuntime(), _simulated, watches, _loop, time, logger);
        var nodes = new NodeController(Store, placement, _loop, time, options.NodeTimings);
        _autoscalers = new FleetAutoscalerController(Store, _loop, new AutoscalerWebhook(time, ids), time, logger);
        _ = new ControlPlane(Store, _loop, index, placement, _kubelet, nodes, _autoscalers, time);
        _certificate = options.Tls ? ApiCertificate.Create(options.Name, options.ListenEndpoint.Address) : null;
        var allocator = new GameServerAllocator(Store, new AllocationIndex(Store, index, ids), time);
        var allocations = new AllocationApi(allocator, time, options.AllocationDelay);
        _server = new ApiServer(Store, AgonesKinds.Catalog, [allocations.Extension, RulesReviewApi.Extension], options.ListenEndpoint, options.Token, _certificate, time, logger);
        Faults = new ClusterFaults(Store, _server, _kubelet, nodes);
    }

    public string Name => _options.Name;

    public string Region => _options.Region;

    public string? Token => _options.Token;

    public ObjectStore Store { get; }

    /// <summary>What can be broken.</summary>
    public ClusterFaults Faults { get; }

    /// <summary>Called for each request that reaches the API.</summary>
    public Action<ApiRequest>? OnRequest
    {
        get => _server.OnRequest;
        set => _server.OnRequest = value;
    }

    /// <summary>URL of the Kubernetes API, known once the cluster has started.</summary>
    public string Endpoint => $"{(_certificate is null ? "http" : "https")}://{_server.Endpoint}";

    /// <summary>Certificate of the authority behind the API's own, in PEM; null without TLS.</summary>
    public string? AuthorityPem => _certificate?.AuthorityPem;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var name in (ReadOnlySpan<string>)["default", "kube-system", "agones-system"])
        {
            Store.Create(CoreKinds.Namespace, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name } },
                ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
                ["status"] = new JsonObject { ["phase"] = "Active" },
            });
        }

        foreach (var node in _options.Nodes) AddNode(node);
        await _server.StartAsync(cancellationToken);
    }

    /// <summary>Registers a node while the cluster runs.</summary>
    public void AddNode(LocalNode node) => Store.Create(CoreKinds.Node, NodeObjects.Create(node, _options.TimeProvider.GetUtcNow()));

    /// <summary>Creates what a YAML manifest describes, or merges it into what exists, as <c>kubectl apply</c> does.</summary>
    /// <returns>The objects as stored.</returns>
    /// <exception cref="ApiException">An object is refused; those before it are stored.</exception>
    public IReadOnlyList<JsonObject> Apply(string yaml) => [.. Manifest.Parse(yaml).Select(Apply)];

    /// <summary>Creates an object through the API's own rules, or merges it into the one that exists.</summary>
    public JsonObject Apply(JsonObject manifest)
    {
        var kind = AgonesKinds.Catalog.FindKind(manifest.Text("apiVersion"), manifest.Text("kind"))
            ?? throw ApiException.BadRequest($"no matches for kind \"{manifest.Text("kind")}\" in version \"{manifest.Text("apiVersion")}\"");
        var body = manifest.Copy();
        var metadata = body.Ensure("metadata");
        var @namespace = kind.Namespaced ? metadata.Text("namespace") ?? "default" : null;
        var name = metadata.Text("name") ?? "";
        return name.Length == 0
            ? _server.Operations.Create(kind, @namespace, body).ToJson()
            : _server.Operations.Apply(kind, @namespace, name, body).Stored.ToJson();
    }

    /// <summary>The operating-system process of a GameServer, or null when it has none.</summary>
    public int? ProcessIdOf(string gameServer, string @namespace = "default") =>
        _kubelet.ProcessIdOf(AgonesKinds.GameServer.Key(@namespace, gameServer));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _loop.DisposeAsync();
        await _autoscalers.DisposeAsync();
        await _kubelet.DisposeAsync();
        _simulated.Dispose();
        _certificate?.Dispose();
    }

    private sealed class NoPodRuntime : IPodRuntime
    {
        public Task<IPod> StartAsync(PodStart start, CancellationToken cancellationToken) => throw new PodStartException(
            $"this cluster has no runtime for image \"{start.Image}\": set PodRuntime, or use the image \"{PodTemplate.SimulatedImage}\" on simulated nodes");
    }
}
