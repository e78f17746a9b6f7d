using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FleetSystem.FleetManager.Kubernetes.Reading;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetManager.Kubernetes.Watching;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Kubernetes;

/// <summary>One cluster over the Kubernetes API. Nothing is called before the first use.</summary>
internal sealed partial class AgonesCluster(
    ClusterOptions cluster,
    IEnumerable<FleetOptions> fleets,
    KubernetesAdapterOptions options,
    TimeProvider time,
    int seed,
    ILogger<AgonesCluster> logger) : IAgonesCluster
{
    private const int LongestAnswer = 4 * 1024 * 1024;

    private readonly KubernetesApi _api = new(cluster, options, time);
    private readonly PortNames _portNames = new(fleets);
    private readonly bool _packs = fleets.Any(fleet => fleet.Packing is not null);
    private readonly CancellationTokenSource _disposed = new();
    private int _watches;
    private int _closed;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ClusterChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        var channel = Channel.CreateBounded<ClusterChange>(new BoundedChannelOptions(options.ChannelCapacity) { SingleReader = true });
        var (first, token) = (unchecked(seed + (3 * Interlocked.Increment(ref _watches))), stop.Token);

        // On the thread pool, whoever calls: in a grain the parsing would otherwise run on the grain's own scheduler.
        var informers = Task.WhenAll(
            Run(new NodeResource(new StringPool(options.InternedStrings)), first),
            Run(new FleetResource(cluster.Namespace, new StringPool(options.InternedStrings)), first + 1),
            Run(GameServers(), first + 2));
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(token)) yield return change;
        }
        finally
        {
            await stop.CancelAsync();
            await informers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Task Run<T>(WatchedResource<T> resource, int jitterSeed)
            where T : class
        {
            var informer = new Informer<T>(cluster.Id, resource, _api, options, time, new Random(jitterSeed), logger, channel.Writer);
            return Task.Run(() => informer.RunAsync(token), CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async Task<AllocationAnswer> AllocateAsync(AllocationOrder order, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(options.AllocationTimeout, time, cancellationToken);
        try
        {
            using var response = await _api.SendAsync(
                HttpMethod.Post,
                ApiPaths.Allocations(cluster.Namespace),
                Content(AllocationRequest.Write(order, cluster.Namespace), "application/json"),
                deadline.Token);
            if (response.IsSuccessStatusCode)
            {
                using var body = await PooledBody.ReadAsync(response.Content, LongestAnswer, deadline.Token);
                return AllocationResult.FromSuccess(body.Span, _portNames);
            }

            var failure = await _api.ReadFailureAsync(response, deadline.Token);
            if (failure.StatusCode == 403) LogMissingRule(cluster.Id, RbacRule.Allocate, failure.Message);
            return AllocationResult.FromFailure(failure);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return AllocationResult.FromException(exception, deadline.HasPassed, options.AllocationTimeout);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<GameServerSnapshot>> FindBySessionAsync(string session, CancellationToken cancellationToken)
    {
        if (session.Length == 0 || !LabelSyntax.IsValue(session))
            throw new ArgumentException($"'{session}' cannot be the value of label {AgonesKeys.Session}.", nameof(session));
        return CallAsync("find servers by session", RbacRule.ReadGameServers, options.FindTimeout, FindAsync, cancellationToken);

        async Task<IReadOnlyList<GameServerSnapshot>> FindAsync(Deadline deadline)
        {
            var alone = await ListAsync($"{AgonesKeys.Session}={session}", deadline);

            // Kubernetes knows no "or" over keys of labels.
            return _packs ? [.. alone, .. await ListAsync(AgonesKeys.SharedSession(session), deadline)] : alone;
        }

        Task<IReadOnlyList<GameServerSnapshot>> ListAsync(string selector, Deadline deadline) =>
            new PagedList<GameServerSnapshot>(GameServers(256), _api, options, selector).ReadAsync(deadline);
    }

    /// <inheritdoc/>
    public Task<ServerDetail?> ReadAsync(string gameServer, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(gameServer);
        return CallAsync<ServerDetail?>(
            "read a server",
            RbacRule.GetGameServers,
            options.RequestTimeout,
            async deadline =>
            {
                using var response = await _api.SendAsync(HttpMethod.Get, ApiPaths.GameServer(cluster.Namespace, gameServer), null, deadline.Token);
                if (!response.IsSuccessStatusCode)
                {
                    var failure = await _api.ReadFailureAsync(response, deadline.Token);
                    return failure.SaysNotFound(gameServer) ? null : throw new ApiException(failure);
                }

                using var body = await PooledBody.ReadAsync(response.Content, LongestAnswer, deadline.Token);
                return ServerDetailReader.Read(body.Span, _portNames);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AllocationAnswer.Allocated>> FindByLabelAsync(string key, string value, CancellationToken cancellationToken)
    {
        if (LabelSyntax.KeyFault(key) is not null || value.Length == 0 || !LabelSyntax.IsValue(value))
            throw new ArgumentException($"'{key}={value}' selects no label.", nameof(key));
        return CallAsync(
            "find servers by label",
            RbacRule.ReadGameServers,
            options.FindTimeout,
            deadline => new PagedList<AllocationAnswer.Allocated>(
                new ClaimedServerResource(cluster.Namespace, new StringPool(256), _portNames), _api, options, $"{key}={value}").ReadAsync(deadline),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> ChangeAsync(ServerDetail read, ServerChange change, CancellationToken cancellationToken) => change switch
    {
        ServerChange.Deletion => CallAsync(
            "delete a server",
            RbacRule.DeleteGameServers,
            options.RequestTimeout,
            deadline => ChangeAsync(
                HttpMethod.Delete, read.Server.Name, Content(GameServerRequests.Delete(read.Server.Uid, read.ResourceVersion), "application/json"), conflictIsFalse: true, deadline),
            cancellationToken),
        ServerChange.Edit edit => CallAsync(
            "change a server",
            RbacRule.PatchGameServers,
            options.RequestTimeout,
            deadline => ChangeAsync(
                HttpMethod.Patch, read.Server.Name, Content(GameServerRequests.Edit(edit, read), "application/merge-patch+json"), conflictIsFalse: true, deadline),
            cancellationToken),
        _ => throw new ArgumentException($"No such change: {change}.", nameof(change)),
    };

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancellationToken) => CallAsync(
        "be probed",
        RbacRule.ReadGameServers,
        options.RequestTimeout,
        async deadline =>
        {
            // One object, read from etcd like an allocation's: an API server that answers from its cache alone proves less.
            using var response = await _api.SendOkAsync(HttpMethod.Get, ApiPaths.List(ApiPaths.GameServers(cluster.Namespace), 1, null, null), null, deadline.Token);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AllocationPolicySnapshot>> ListAllocationPoliciesAsync(CancellationToken cancellationToken) => CallAsync(
        "list its GameServerAllocationPolicies",
        RbacRule.ListAllocationPolicies,
        options.ListTimeout,
        deadline => new PagedList<AllocationPolicySnapshot>(new AllocationPolicyResource(cluster.Namespace), _api, options).ReadAsync(deadline),
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> LabelAsync(string gameServer, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken) => CallAsync(
        "label a server",
        RbacRule.PatchGameServers,
        options.RequestTimeout,
        deadline => ChangeAsync(
            HttpMethod.Patch, gameServer, Content(GameServerRequests.Labels(labels), "application/merge-patch+json"), conflictIsFalse: false, deadline),
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string gameServer, string uid, CancellationToken cancellationToken) => CallAsync(
        "delete a server",
        RbacRule.DeleteGameServers,
        options.RequestTimeout,
        deadline => ChangeAsync(
            HttpMethod.Delete, gameServer, Content(GameServerRequests.Delete(uid), "application/json"), conflictIsFalse: uid.Length > 0, deadline),
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<FleetSize>> ReadFleetSizesAsync(CancellationToken cancellationToken) => CallAsync(
        "tell its Fleets' sizes",
        RbacRule.ReadFleets,
        options.RequestTimeout,
        async deadline =>
        {
            var (fleets, autoscalers) = (new PagedList<FleetSize>(new FleetSizeResource(cluster.Namespace), _api, options).ReadAsync(deadline), ReadAutoscalersAsync(deadline));
            await Task.WhenAll(fleets, autoscalers);
            var (known, fault) = await autoscalers;
            var byFleet = known.ToLookup(autoscaler => autoscaler.AgonesFleet, StringComparer.Ordinal);
            return (IReadOnlyList<FleetSize>)[.. (await fleets).Select(fleet => fleet with { Autoscalers = [.. byFleet[fleet.AgonesFleet]], AutoscalersFault = fault })];
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<FleetSizeAnswer> ChangeFleetSizeAsync(FleetSizePatch patch, CancellationToken cancellationToken)
    {
        var (path, name, rule) = patch switch
        {
            FleetSizePatch.Scale(var fleet, _, _) => (ApiPaths.FleetScale(cluster.Namespace, fleet), fleet, RbacRule.ScaleFleets),
            FleetSizePatch.SetBuffer(var autoscaler, _, _) => (ApiPaths.FleetAutoscaler(cluster.Namespace, autoscaler), autoscaler, RbacRule.PatchFleetAutoscalers),
            _ => throw new ArgumentException($"Not a change of the cluster: {patch}.", nameof(patch)),
        };
        using var deadline = new Deadline(options.RequestTimeout, time, cancellationToken);
        try
        {
            using var response = await _api.SendAsync(HttpMethod.Patch, path, Content(FleetSizeRequests.Patch(patch), "application/merge-patch+json"), deadline.Token);
            if (response.IsSuccessStatusCode) return new FleetSizeAnswer.Written();
            var failure = await _api.ReadFailureAsync(response, deadline.Token);
            if (failure.StatusCode != 403) return FleetSizeRequests.FromFailure(failure, name);
            LogMissingRule(cluster.Id, rule, failure.Message);
            return new FleetSizeAnswer.Refused($"{failure}. Grant FleetSystem's service account {rule}.", Transient: false);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return FleetSizeRequests.FromException(exception, deadline.HasPassed, options.RequestTimeout);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        await _disposed.CancelAsync();
        _disposed.Dispose();
        _api.Dispose();
    }

    /// <summary>The namespace's FleetAutoscalers, or why they are not told: sizes can be seen without that right, and not be changed.</summary>
    private async Task<(IReadOnlyList<FleetAutoscalerSnapshot> Known, string Fault)> ReadAutoscalersAsync(Deadline deadline)
    {
        try
        {
            return (await new PagedList<FleetAutoscalerSnapshot>(new FleetAutoscalerResource(cluster.Namespace), _api, options).ReadAsync(deadline), "");
        }
        catch (ApiException refused) when (refused.Failure.StatusCode == 403)
        {
            return ([], $"the cluster does not let FleetSystem list FleetAutoscalers. Grant its service account {RbacRule.ListFleetAutoscalers}");
        }
    }

    private GameServerResource GameServers(int? strings = null) =>
        new(cluster.Namespace, new StringPool(strings ?? options.InternedStrings), _portNames);

    private async Task<bool> ChangeAsync(HttpMethod method, string gameServer, HttpContent content, bool conflictIsFalse, Deadline deadline)
    {
        ArgumentException.ThrowIfNullOrEmpty(gameServer);
        using var response = await _api.SendAsync(method, ApiPaths.GameServer(cluster.Namespace, gameServer), content, deadline.Token);
        if (response.IsSuccessStatusCode) return true;
        var failure = await _api.ReadFailureAsync(response, deadline.Token);
        if (failure.SaysNotFound(gameServer) || (conflictIsFalse && failure.StatusCode == 409)) return false;
        throw new ApiException(failure);
    }

    /// <summary>Runs a call under a deadline and turns every failure but the caller's cancellation into the port's exception.</summary>
    private async Task<T> CallAsync<T>(
        string what, RbacRule rule, TimeSpan timeout, Func<Deadline, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(timeout, time, cancellationToken);
        try
        {
            return await call(deadline);
        }
        catch (Exception exception) when (exception is not ArgumentException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is ApiException { Failure: { StatusCode: 403 } refusal }) LogMissingRule(cluster.Id, rule, refusal.Message);
            var why = deadline.HasPassed ? $"no answer within {timeout.TotalSeconds:0.###} s" : TransportFailure.Describe(exception);
            throw new ClusterUnreachableException($"Cluster {cluster.Id} could not {what}: {why}", exception);
        }
    }

    private static ReadOnlyMemoryContent Content(ReadOnlyMemory<byte> json, string mediaType) =>
        new(json) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    [LoggerMessage(10, LogLevel.Error, "Cluster {ClusterId}: not allowed; grant the service account {Rule}. The API server says: {Reason}")]
    private partial void LogMissingRule(string clusterId, RbacRule rule, string reason);
}
