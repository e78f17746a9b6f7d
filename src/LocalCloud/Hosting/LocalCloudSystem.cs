using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FleetSystem.LocalCloud.Access;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.DynamoDB;
using FleetSystem.LocalCloud.GlobalAccelerator;
using FleetSystem.LocalCloud.LoadBalancing;
using FleetSystem.LocalCloud.Nodes;
using FleetSystem.LocalCloud.Sdk;
using FleetSystem.LocalCloud.Tour;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>
/// The whole system on this machine: regions with their clusters, the Global Accelerator with its relay, and the cell's two silos. What the
/// silos know of all this they know from a configuration file and over sockets.
/// </summary>
internal sealed class LocalCloudSystem : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyPollInterval = TimeSpan.FromMilliseconds(100);

    private readonly LocalCloudOptions _options;
    private readonly PortPlan _ports;
    private readonly ILoggerFactory _logs;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;

    // Ended in reverse order.
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly List<LocalRegion> _regions = [];
    private readonly Dictionary<HostInstance, ICellHost> _hosts = [];
    private DynamoDBLocal? _dynamo;
    private AcceleratorRelay _relay = null!;
    private GlobalAcceleratorService _accelerators = null!;
    private bool _disposed;

    private LocalCloudSystem(LocalCloudOptions options, PortPlan ports, ILoggerFactory logs, TimeProvider time) =>
        (_options, _ports, _logs, _time, _startedAt) = (options, ports, logs, time, time.GetUtcNow());

    /// <summary>The players' API.</summary>
    public Uri ApiUrl => new($"http://127.0.0.1:{_ports.Api}");

    /// <summary>The players' API, of every Matchmaker.</summary>
    public IReadOnlyList<Uri> ApiUrls => [.. _ports.Matchmakers.Select(host => new Uri($"http://127.0.0.1:{host.Api}"))];

    /// <summary>Amazon's DynamoDB Local, in a cluster.</summary>
    public DynamoDBLocal DynamoDB => _dynamo ?? throw new LocalCloudException("There is no DynamoDB without a cluster: start with --cluster.");

    /// <summary>The players' API over gRPC.</summary>
    public Uri GrpcUrl => new($"http://127.0.0.1:{_ports.Grpc}");

    /// <summary>Where allocation is served as agones-allocator serves it, over HTTP and over gRPC.</summary>
    public (Uri Http, Uri Grpc) AllocatorUrls => (new($"http://127.0.0.1:{_ports.Allocator}"), new($"http://127.0.0.1:{_ports.AllocatorGrpc}"));

    /// <summary>The operators' API.</summary>
    public Uri OperationsUrl => new($"http://127.0.0.1:{_ports.Operations}");

    /// <summary>Credentials of callers; null where none are needed.</summary>
    public CellAccess? Access { get; private set; }

    /// <summary>The regions, in the order of the options.</summary>
    public IReadOnlyList<LocalRegion> Regions => _regions;

    /// <summary>Process ids of everything that runs now: game servers, and the hosts where they have processes of their own.</summary>
    public IReadOnlyList<int> Processes => [.. GameServerProcesses(), .. _hosts.Values.Select(host => host.ProcessId).OfType<int>()];

    /// <summary>Starts everything and returns when every server is Ready and the players' API lists it.</summary>
    public static async Task<LocalCloudSystem> StartAsync(
        LocalCloudOptions options, IProgress<string> progress, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var cloud = new LocalCloudSystem(options, PortPlan.For(options), logs, time);
        try
        {
            await cloud.StartAsync(progress, cancellationToken);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    /// <summary>Cuts the data path of a region's accelerator: datagrams vanish, as when AWS's edge fails.</summary>
    public void CutAccelerator(string region) => EachStaticAddress(region, _relay.CutDataPath);

    /// <summary>Mends the data path of a region's accelerator.</summary>
    public void RestoreAccelerator(string region) => EachStaticAddress(region, _relay.RestoreDataPath);

    /// <summary>Lets a share of the datagrams on the data path of a region's accelerator vanish, each way; 0 for none.</summary>
    public void LoseOnAccelerator(string region, double share) => EachStaticAddress(region, address => _relay.FaultsAt(address).LossRatio = share);

    /// <summary>What is wrong with the Global Accelerator API from now on, every call of it; data paths are not touched.</summary>
    public void BreakAcceleratorApi(ControlPlaneFault fault) => _accelerators.Faults.Current = fault;

    /// <summary>Kills a game server's process with SIGKILL.</summary>
    /// <returns>Its process id.</returns>
    public int KillServer(string region, string gameServer)
    {
        var id = Of(region).Cluster.ProcessIdOf(gameServer) ?? throw new LocalCloudException($"GameServer {gameServer} has no process.");
        using var process = System.Diagnostics.Process.GetProcessById(id);
        process.Kill();
        return id;
    }

    /// <summary>Kills a host's process with SIGKILL, as a crash would. Only where hosts have processes of their own.</summary>
    public Task KillHostAsync(HostKind kind, int index = 0) => Process(kind, index).KillAsync();

    /// <summary>Stops a host as a rollout does: it drains and leaves the cluster.</summary>
    public async Task StopHostAsync(HostKind kind, int index = 0) => await Process(kind, index).DisposeAsync();

    /// <summary>A host's process. Only where hosts have processes of their own.</summary>
    public ProcessHost Process(HostKind kind, int index = 0) =>
        _hosts[new(kind, index)] as ProcessHost ?? throw new LocalCloudException($"{kind.Name} runs within this process: start with --separate-hosts or --cluster.");

    /// <summary>Starts a host; also again, after it was killed. Returns when it is ready.</summary>
    public Task StartHostAsync(HostKind kind, CancellationToken cancellationToken) => StartHostAsync(kind, 0, cancellationToken);

    /// <summary>Starts one of several hosts of a kind.</summary>
    public async Task StartHostAsync(HostKind kind, int index, CancellationToken cancellationToken)
    {
        var instance = new HostInstance(kind, index);
        _hosts[instance] = Own(await StartAsync(instance, cancellationToken));
    }

    /// <summary>Process ids of the game servers that run now.</summary>
    public IReadOnlyList<int> GameServerProcesses() => [.. _regions.SelectMany(region => region.Cluster.Store.List(AgonesKinds.GameServer).Objects.Values
        .Select(server => region.Cluster.ProcessIdOf(server.Name)).OfType<int>())];

    /// <summary>Servers of a region that are Allocated, by the cluster's own objects.</summary>
    public int AllocatedServers(string region) => AllocatedNames(region).Count;

    /// <summary>Names of those servers.</summary>
    public IReadOnlyList<string> AllocatedNames(string region) => [.. Of(region).Cluster.Store.List(AgonesKinds.GameServer).Objects.Values
        .Where(server => GameServerFacts.Of(server).State == "Allocated").Select(server => server.Name)];

    /// <summary>Every socket of this run that has a fixed address.</summary>
    public IReadOnlyList<OpenedSocket> EverySocketOpened =>
    [
        .. _ports.Tcp.Select(port => new OpenedSocket(new IPEndPoint(IPAddress.Loopback, port), ProtocolType.Tcp)),
        .. _regions.SelectMany(region => new[] { region.LoadBalancer.EndPoint, region.Echo }).Select(address => new OpenedSocket(address, ProtocolType.Udp)),
        .. _regions.Select(region => new OpenedSocket(region.Echo, ProtocolType.Tcp)),
        .. _relay.OpenPorts.Select(address => new OpenedSocket(address, ProtocolType.Udp)),
        .. _relay.OpenStreamPorts.Select(address => new OpenedSocket(address, ProtocolType.Tcp)),
    ];

    /// <summary>What stands where, for people.</summary>
    public IEnumerable<(string What, string Where)> Addresses()
    {
        yield return ("Players' API", string.Join(", ", ApiUrls));
        yield return ("its OpenAPI document", $"{ApiUrl}openapi/v1.json");
        yield return ("Players' API (gRPC)", string.Join(", ", _ports.Matchmakers.Select(host => $"http://127.0.0.1:{host.Grpc}/")));
        yield return ("Agones' allocator (REST, gRPC)", $"{AllocatorUrls.Http}gameserverallocation, {AllocatorUrls.Grpc}");
        yield return ("Operators' dashboard", string.Join(", ", _ports.FleetManagers.Select(host => $"http://127.0.0.1:{host.Operations}/")));
        yield return ("Operators' API", string.Join(", ", _ports.FleetManagers.Select(host => $"http://127.0.0.1:{host.Operations}/ops/v1/regions")));
        if (_dynamo is { } dynamo) yield return ("DynamoDB Local", $"{dynamo.Endpoint}");
        yield return ("Global Accelerator API", $"http://127.0.0.1:{_ports.AcceleratorApi}/");
        foreach (var region in _regions)
        {
            var (first, second) = region.Plan.StaticAddresses;
            yield return ($"{region.Id}: Kubernetes API", region.Cluster.Endpoint);
            yield return ($"{region.Id}: accelerator", $"{first}, {second}  ports {region.Plan.ListenerPorts.From}-{region.Plan.ListenerPorts.To}");
            yield return ($"{region.Id}: NLB (UDP)", $"{region.LoadBalancer.EndPoint}");
        }

        yield return ("kubeconfig", KubeConfigFile);
    }

    /// <summary>Callers' credentials, for people: not for logs.</summary>
    public IEnumerable<(string Who, string Credential)> Credentials()
    {
        if (Access is not { } access) yield break;
        yield return ("Operator (admin)", access.OperatorKey);
        yield return ("Viewer", access.ViewerKey);
        yield return ("Game backend", access.BackendKey);
    }

    /// <summary>A command that asks for a session when it is pasted. Its key is of this start: the store outlives it, and would answer an old key with a session that is long over.</summary>
    public string ExampleCurl() =>
        $$"""
        curl -s {{ApiUrl}}v1/sessions{{(Access is { } access ? $" -H 'Authorization: Bearer {access.BackendKey}'" : "")}} -H 'Idempotency-Key: my-session-{{_startedAt.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}}' -H 'Content-Type: application/json' \
          -d '{"fleet":"{{LocalFleet.Name}}","players":[{"id":"alice"}],"preferredZone":"{{_regions[0].Zones[1 % _regions[0].Zones.Count]}}","waitFor":"playable"}'
        """;

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        while (_parts.TryPop(out var part)) await part.DisposeAsync();
        Access?.Dispose();
    }

    private string KubeConfigFile => Path.Combine(_options.DataDirectory, "kubeconfig");

    private LocalRegion Of(string region) => _regions.First(candidate => candidate.Id == region);

    private void EachStaticAddress(string region, Action<IPAddress> act)
    {
        var (first, second) = Of(region).Plan.StaticAddresses;
        act(first);
        act(second);
    }

    private async Task StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_options.DataDirectory);
        var (signingKey, joinKeys) = CellKeys.EnsureJoinKeys(_options.DataDirectory);
        var account = new GlobalAcceleratorOptions
        {
            AccessKeyId = "LOCALCLOUD",
            SecretAccessKey = CellKeys.EnsureSecret(Path.Combine(_options.DataDirectory, "aws-secret")),
            Seed = _options.Seed,
        };
        var credentials = Path.Combine(_options.DataDirectory, "aws-credentials");
        CellKeys.WriteSecret(credentials, $"{account.AccessKeyId}\n{account.SecretAccessKey}\n");
        var token = CellKeys.EnsureSecret(Path.Combine(_options.DataDirectory, "kubernetes-token"));
        if (_options.Access) Access = CellAccess.Create(_options.DataDirectory, _time);

        progress.Report("Starting the clusters and their game servers");
        var sdk = Own(await SdkServer.StartAsync(new SdkSidecarOptions(), _time, _logs, cancellationToken));
        var pods = new ProcessPodRuntime(new ProcessPodRuntimeOptions { LogDirectory = Path.Combine(_options.DataDirectory, "pods") }, sdk, _time, _logs.CreateLogger<ProcessPodRuntime>());
        var single = AddressPlan.HasSingleAddress();
        for (var index = 0; index < _options.Regions.Count; index++)
        {
            var region = Own(await LocalRegion.StartAsync(_options, index, _ports, single, token, pods, _logs, _time, cancellationToken));
            _regions.Add(region);
            region.Cluster.Apply(LocalFleet.Manifest(_options.ServersPerZone * _options.ZonesPerRegion, joinKeys, _options));
            if (_options.SimulatedServers > 0) region.Cluster.Apply(LocalFleet.SimulatedManifest(_options.SimulatedServers, _options));
        }

        await KubeConfig.WriteAsync(KubeConfigFile, [.. _regions.Select(region => region.Cluster)], cancellationToken);

        progress.Report("Setting up the accelerators");
        var (arns, standard) = await StartAcceleratorsAsync(account, cancellationToken);

        progress.Report("Starting the silos");
        var cell = _regions.Zip(arns).Select(pair => new CellConfiguration.Region(
            pair.First.Id, pair.First.Zones, pair.Second, standard, pair.First.LoadBalancer.EndPoint.Port, pair.First.Echo.Address.ToString(), pair.First.Echo.Port, pair.First.EchoToken)).ToList();
        if (_ports.DynamoDB is { } port)
            _dynamo = Own(await DynamoDBLocal.StartAsync(port, Path.Combine(_options.DataDirectory, "dynamodb"), durable: true, _time, cancellationToken));
        var instances = HostInstance.Of(_options);
        foreach (var instance in instances) CellConfiguration.Write(ConfigFile(instance), instance, _options, _ports, cell, KubeConfigFile, credentials, signingKey, Access);
        await StartHostsAsync(instances, cancellationToken);

        progress.Report("Waiting for the game servers");
        await UntilReadyAsync(progress, cancellationToken);
    }

    /// <summary>Starts the first host of each kind after each other, for the first one may keep the membership; then all others at once.</summary>
    private async Task StartHostsAsync(IReadOnlyList<HostInstance> instances, CancellationToken cancellationToken)
    {
        foreach (var instance in instances.Where(instance => instance.Index == 0)) await StartHostAsync(instance.Kind, instance.Index, cancellationToken);
        var others = instances.Where(instance => instance.Index > 0).Select(instance => (Instance: instance, Start: StartAsync(instance, cancellationToken))).ToList();
        await Task.WhenAll(others.Select(other => (Task)other.Start)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Those that started are owned before a failure of another is told.
        foreach (var (instance, start) in others.Where(other => other.Start.IsCompletedSuccessfully)) _hosts[instance] = Own(await start);
        foreach (var (_, start) in others) await start;
    }

    private async Task<ICellHost> StartAsync(HostInstance instance, CancellationToken cancellationToken) => _options.HasProcesses
        ? await ProcessHost.StartAsync(instance, ConfigFile(instance), UrlOf(instance), _options.DataDirectory, _time, cancellationToken)
        : await EmbeddedHost.StartAsync(instance.Kind, ConfigFile(instance), _logs, cancellationToken);

    private string ConfigFile(HostInstance instance) => Path.Combine(_options.DataDirectory, $"{instance.Name}.json");

    private Uri UrlOf(HostInstance instance) =>
        new($"http://127.0.0.1:{(instance.Kind == HostKind.Matchmaker ? _ports.Matchmakers[instance.Index].Api : _ports.FleetManagers[instance.Index].Operations)}");

    private async Task<(IReadOnlyList<string> CustomRouting, string Standard)> StartAcceleratorsAsync(GlobalAcceleratorOptions account, CancellationToken cancellationToken)
    {
        foreach (var region in _regions) account.StaticAddresses.Add(new StaticAddressPair(region.Plan.StaticAddresses.First, region.Plan.StaticAddresses.Second));

        // The standard accelerator's: it has no data path here.
        account.StaticAddresses.Add(new StaticAddressPair(IPAddress.Loopback, IPAddress.Loopback));
        var service = _accelerators = new GlobalAcceleratorService(account, _time);
        foreach (var region in _regions)
        {
            foreach (var (index, subnet) in region.Plan.Subnets.Index()) service.AddSubnet(new SubnetRecord(AcceleratorSetup.SubnetId(region.Id, index), region.Id, subnet));
        }

        _relay = Own(new AcceleratorRelay(service, new RelayOptions(), _time, _logs.CreateLogger<AcceleratorRelay>()));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddEmbeddedLifetime();
        builder.Services.AddSingleton(_logs).AddRouting();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{_ports.AcceleratorApi}");
        var api = Own(builder.Build());
        api.UseRouting();
        api.MapGlobalAccelerator(service);
        await api.StartAsync(cancellationToken);

        var arns = new List<string>();
        foreach (var region in _regions)
            arns.Add(await AcceleratorSetup.CreateAsync(new Uri($"http://127.0.0.1:{_ports.AcceleratorApi}/"), account, region.Id, region.Plan, region.NodeAddresses, _options.AcceleratorTraffic, cancellationToken));
        if (_relay.Failures.Count > 0) throw new LocalCloudException($"The accelerator's port {_relay.Failures.First().Key} cannot be opened: {_relay.Failures.First().Value}. Another local cloud may be running.");
        return (arns, await AcceleratorSetup.CreateStandardAsync(new Uri($"http://127.0.0.1:{_ports.AcceleratorApi}/"), account, _regions.Select(region => region.Id), cancellationToken));
    }

    private async Task UntilReadyAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(ReadyTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        foreach (var url in ApiUrls) await UntilReadyAsync(url, progress, both.Token, cancellationToken);
    }

    private async Task UntilReadyAsync(Uri url, IProgress<string> progress, CancellationToken late, CancellationToken cancellationToken)
    {
        using var api = new Bots.PlayersApi(url, Access, _time);
        using var timer = new PeriodicTimer(ReadyPollInterval, _time);
        var wanted = _regions.Count * ((_options.ServersPerZone * _options.ZonesPerRegion) + _options.SimulatedServers);
        var told = -1;
        try
        {
            while (true)
            {
                // What the players' API says counts: it has come all the way from the clusters through the silos.
                var regions = await api.RegionsAsync(late);
                var ready = regions.Regions.Sum(region => region.Zones.Sum(zone => zone.Fleets.Sum(fleet => fleet.Ready + fleet.Allocated)));
                if (ready != told) progress.Report($"Waiting for the game servers: {ready} of {wanted} Ready");
                told = ready;
                var routable = regions.Regions.All(region => region.Routes.Select(route => route.Kind).Distinct().Count() == Enum.GetValues<FleetModel.Routing.RouteKind>().Length);
                if (ready >= wanted && routable) return;
                await timer.WaitForNextTickAsync(late);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalCloudException($"Only {told} of {wanted} game servers were Ready after {ReadyTimeout.TotalSeconds:0} s. Their logs are in {Path.Combine(_options.DataDirectory, "pods")}.");
        }
    }

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }

}

/// <summary>The local cloud cannot do what is asked; the message says why and what to do.</summary>
internal sealed class LocalCloudException(string message) : Exception(message);
