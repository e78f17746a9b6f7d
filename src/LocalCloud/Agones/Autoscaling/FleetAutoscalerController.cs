using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Autoscaling;

/// <summary>Scales Fleets by their autoscalers' policies, each at its own interval.</summary>
internal sealed partial class FleetAutoscalerController(
    ObjectStore store, ControlLoop loop, AutoscalerWebhook webhook, TimeProvider time, ILogger logger) : IReconciler, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task> _asking = new(StringComparer.Ordinal);

    public void Reconcile(string key)
    {
        if (store.Get(AgonesKinds.FleetAutoscaler, key) is not { Deleting: false } autoscaler) return;
        var spec = autoscaler.ToJson().Child("spec")!;
        loop.EnqueueAfter(this, key, TimeSpan.FromSeconds(spec.Child("sync").Child("fixedInterval").Integer("seconds") ?? 30));
        var fleetKey = AgonesKinds.Fleet.Key(autoscaler.Namespace, spec.Text("fleetName")!);
        if (store.Get(AgonesKinds.Fleet, fleetKey) is not { Deleting: false } fleet)
        {
            WriteUnable(key);
            return;
        }

        var policy = spec.Child("policy");
        if (policy.Text("type") == "Buffer") Scale(key, fleet, "Buffer", BufferPolicy.Decide(policy.Child("buffer")!, ReplicaFacts.Of(fleet).Status.Allocated));
        else Ask(key, fleet, new Uri(policy.Child("webhook").Text("url")!));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        List<Task> asking;
        lock (_gate) asking = [.. _asking.Values];
        await Task.WhenAll(asking);
        _stopping.Dispose();
        webhook.Dispose();
    }

    // A webhook may take its time: the control loop does not wait for it, and it is asked one question at a time.
    private void Ask(string key, StoredObject fleet, Uri url)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || _asking.TryGetValue(key, out var asking) && !asking.IsCompleted) return;
            _asking[key] = AskAsync(key, fleet, url);
        }
    }

    private async Task AskAsync(string key, StoredObject fleet, Uri url)
    {
        await Task.Yield();
        try
        {
            var replicas = await webhook.AskAsync(url, fleet, _stopping.Token);
            Scale(key, fleet, "Webhook", new DesiredReplicas(replicas, false));
        }
        catch (AutoscalerWebhookException unreachable)
        {
            LogUnreachable(logger, key, unreachable.Message);
            WriteUnable(key);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The cluster stops.
        }
    }

    private void Scale(string key, StoredObject fleet, string policy, DesiredReplicas desired)
    {
        var scaled = false;
        store.Update(AgonesKinds.Fleet, fleet.Key, body =>
        {
            scaled = body.Child("spec").Integer("replicas") != desired.Replicas;
            body.Ensure("spec")["replicas"] = desired.Replicas;
            return scaled;
        });
        var current = store.Get(AgonesKinds.Fleet, fleet.Key) is { } newest ? ReplicaFacts.Of(newest).Status.Replicas : 0;
        store.Update(AgonesKinds.FleetAutoscaler, key, body =>
        {
            var status = new JsonObject
            {
                ["ableToScale"] = true,
                ["currentReplicas"] = current,
                ["desiredReplicas"] = desired.Replicas,
                ["lastAppliedPolicy"] = policy,
                ["scalingLimited"] = desired.Limited,
            };
            var before = body.Child("status").Text("lastScaleTime");
            if (scaled) status["lastScaleTime"] = Rfc3339.Seconds(time.GetUtcNow());
            else if (before is not null) status["lastScaleTime"] = before;
            body["status"] = status;
            return true;
        });
    }

    private void WriteUnable(string key) => store.Update(AgonesKinds.FleetAutoscaler, key, body =>
    {
        var status = body.Ensure("status");
        status["ableToScale"] = false;
        status["desiredReplicas"] = 0;
        status["currentReplicas"] ??= 0;
        status["scalingLimited"] = false;
        return true;
    });

    [LoggerMessage(LogLevel.Warning, "FleetAutoscaler {Autoscaler} gets no answer: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string autoscaler, string reason);
}
