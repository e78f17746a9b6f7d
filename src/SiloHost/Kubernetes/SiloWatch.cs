using System.Threading.Channels;
using FleetSystem.FleetModel.Silos;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting.Kubernetes;

namespace FleetSystem.SiloHost.Kubernetes;

/// <summary>
/// Declares silos dead when their pod or node is gone, at the event that says so. Orleans' own agent sees to the start, and watches for pods that
/// are deleted; of nodes it knows nothing, nor of pods that have ended.
/// </summary>
internal sealed partial class SiloWatch(
    IKubernetes api,
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    SiloNamespace where,
    IOptions<ClusterOptions> cluster,
    TimeProvider time,
    ILogger<SiloWatch> log) : BackgroundService
{
    // A connection that died without a word costs no more than this; silos still probe each other meanwhile.
    private const int WatchSeconds = 60;
    private static readonly TimeSpan ListTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SiloPresence _presence = new();
    private readonly Lock _lock = new();

    // One look is enough for any number of changes.
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private string Selector =>
        $"{KubernetesHostingOptions.ServiceIdLabel}={cluster.Value.ServiceId},{KubernetesHostingOptions.ClusterIdLabel}={cluster.Value.ClusterId}";

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        FollowAsync("pods", FollowPodsAsync, stoppingToken),
        FollowAsync("nodes", FollowNodesAsync, stoppingToken),
        JudgeAsync(stoppingToken));

    /// <summary>Lists and watches again and again, whatever happens.</summary>
    private async Task FollowAsync(string what, Func<CancellationToken, Task> follow, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await follow(stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                LogInterrupted(log, what, fault.Message);
            }

            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowPodsAsync(CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(ListTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        var list = await api.CoreV1.ListNamespacedPodAsync(where.Name, labelSelector: Selector, cancellationToken: either.Token);
        Change(() => _presence.ListPods(list.Items.Select(Read)));
        var changes = api.CoreV1.WatchListNamespacedPodAsync(
            where.Name, labelSelector: Selector, resourceVersion: list.Metadata.ResourceVersion, timeoutSeconds: WatchSeconds, cancellationToken: stopping);
        await foreach (var (type, pod) in changes)
        {
            if (type is WatchEventType.Added or WatchEventType.Modified) Change(() => _presence.SeePod(Read(pod)));
            else if (type == WatchEventType.Deleted) Change(() => _presence.LosePod(pod.Metadata.Name));
        }
    }

    private async Task FollowNodesAsync(CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(ListTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        var list = await api.CoreV1.ListNodeAsync(cancellationToken: either.Token);
        Change(() => _presence.ListNodes(list.Items.Select(node => node.Metadata.Name)));
        var changes = api.CoreV1.WatchListNodeAsync(resourceVersion: list.Metadata.ResourceVersion, timeoutSeconds: WatchSeconds, cancellationToken: stopping);
        await foreach (var (type, node) in changes)
        {
            if (type == WatchEventType.Added) Change(() => _presence.SeeNode(node.Metadata.Name));
            else if (type == WatchEventType.Deleted) Change(() => _presence.LoseNode(node.Metadata.Name));
        }
    }

    private void Change(Action change)
    {
        lock (_lock) change();
        _changes.Writer.TryWrite(true);
    }

    /// <summary>Acts on what the watches found; what could not be written is tried again.</summary>
    private async Task JudgeAsync(CancellationToken stopping)
    {
        while (await _changes.Reader.WaitToReadAsync(stopping))
        {
            _changes.Reader.TryRead(out _);
            if (await DeclareAsync()) continue;
            await Task.Delay(Pause, time, stopping);
            _changes.Writer.TryWrite(true);
        }
    }

    private async Task<bool> DeclareAsync()
    {
        var members = membership.CurrentSnapshot.Members.Values.Where(member => member.Status != SiloStatus.Dead && member.Name != self.Name).ToList();
        IReadOnlyList<GoneSilo> gone;
        lock (_lock) gone = _presence.FindGone([.. members.Select(member => new SiloMember(member.Name, member.SiloAddress.Endpoint.Address.ToString()))]);
        var all = true;
        foreach (var silo in gone)
        {
            foreach (var member in members.Where(member => member.Name == silo.Name))
            {
                try
                {
                    LogGone(log, member.SiloAddress, silo.Name, silo.Reason);
                    all &= await membership.TryKill(member.SiloAddress);
                }
                catch (Exception fault)
                {
                    LogKillFailed(log, member.SiloAddress, silo.Name, fault);
                    all = false;
                }
            }
        }

        return all;
    }

    private static SiloPod Read(V1Pod pod) =>
        new(pod.Metadata.Name, pod.Spec?.NodeName ?? "", pod.Status?.PodIP ?? "", pod.Status?.Phase is "Failed" or "Succeeded");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {SiloAddress} {SiloName} {Reason}: it is declared dead")]
    private static partial void LogGone(ILogger logger, SiloAddress siloAddress, string siloName, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {SiloAddress} {SiloName} could not be declared dead; trying again")]
    private static partial void LogKillFailed(ILogger logger, SiloAddress siloAddress, string siloName, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watch over the silos' {Resource} was interrupted and goes on: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string resource, string reason);
}

/// <summary>The namespace whose pods are the cell's silos.</summary>
internal sealed record SiloNamespace(string Name);
