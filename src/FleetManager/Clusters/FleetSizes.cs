using System.Text.Json;
using FleetSystem.FleetManager.Fleets;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// The sizes of a cluster's Agones Fleets: read when somebody looks, and changed as operators want. The circuit is not asked, and learns nothing: that claims go elsewhere must not keep an operator
/// from making room, and a right that only this needs must not keep players out. Belongs to the cluster's grain and runs on its scheduler alone.
/// </summary>
internal sealed partial class FleetSizes(
    string cluster, string region, IAgonesCluster agones, IGrainFactory grains, IReadOnlyList<FleetOptions> fleets, int mostReplicas, ClusterMetrics metrics, Random jitter, TimeProvider time, ILogger<FleetSizes> log)
{
    // However many look, the API server is asked so often.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    // Others write to a Fleet with every allocation; what the wish rests on does not change by these.
    private const int MaxTries = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private Task<FleetSizeList>? _reading;

    /// <summary>The sizes, a second old at most.</summary>
    public Task<FleetSizeList> ReadAsync(CancellationToken stopping)
    {
        if (_reading is not { } last || (last.IsCompleted && (!last.IsCompletedSuccessfully || time.GetUtcNow() - last.Result.At >= Freshness))) _reading = last = LookAsync(stopping);
        return last;
    }

    /// <summary>Makes what an operator wants so. It is in the audit log before it is done, and once more when it did not come about.</summary>
    public async Task<FleetSizeOutcome> SetAsync(FleetSizeWish wish, CancellationToken stopping)
    {
        var outcome = await CarryOutAsync(wish, stopping);
        _reading = null;
        metrics.SizeChange(cluster, wish.AgonesFleet, outcome.Result);
        return outcome;
    }

    private async Task<FleetSizeOutcome> CarryOutAsync(FleetSizeWish wish, CancellationToken stopping)
    {
        // Whether the cluster answers or not.
        if (FleetSizePlanner.Check(wish, mostReplicas) is { Count: > 0 } faults) return new FleetSizeOutcome { Result = FleetSizeResult.Invalid, Faults = faults };
        var until = time.GetUtcNow() + Patience;
        var (isTold, pause) = (false, FirstPause);
        for (var tries = 1; ; tries++)
        {
            if (tries > MaxTries) return new FleetSizeOutcome { Result = FleetSizeResult.Unavailable, Reason = $"Others said what they want of Agones Fleet {wish.AgonesFleet} {MaxTries} times in a row." };
            var (size, answered) = await FindAsync(wish.AgonesFleet, stopping);
            var plan = size is null ? null : FleetSizePlanner.Plan(size, wish, mostReplicas);
            if (plan is not FleetSizePlan.Change change) return await EndAsync(wish, size, answered ?? Told(plan!, size!), isTold);
            if (change.Patch is FleetSizePatch.SetBounds bounds)
            {
                if (await KeepAsync(wish, size!, change, bounds) is { } kept) return kept;
                continue;
            }

            if (!isTold)
            {
                if (await TellAsync(wish, size!, change.After) is { } untold) return new FleetSizeOutcome { Result = FleetSizeResult.Unavailable, Size = size, Reason = untold };
                isTold = true;
                LogWanted(log, wish.AgonesFleet, cluster, FleetSizePlanner.Describe(change.After), FleetSizePlanner.Describe(size!), wish.By, wish.Reason);
            }

            switch (await agones.ChangeFleetSizeAsync(change.Patch, stopping))
            {
                case FleetSizeAnswer.Written:
                    return new FleetSizeOutcome { Result = FleetSizeResult.Changed, Size = change.After, Notes = change.Notes };
                case FleetSizeAnswer.Refused(var reason, var isTransient):
                    return await EndAsync(wish, size, new FleetSizeOutcome { Result = isTransient ? FleetSizeResult.Unavailable : FleetSizeResult.NotChangeable, Size = size, Reason = $"cluster {cluster} did not take it: {reason}" }, isTold);
                case FleetSizeAnswer.Unknown(var reason):
                    return await ResolveAsync(wish, change, reason, stopping);
                case FleetSizeAnswer.Outdated when tries >= MaxTries || time.GetUtcNow() >= until:
                    return await EndAsync(wish, size, new FleetSizeOutcome { Result = FleetSizeResult.Unavailable, Size = size, Reason = $"Agones Fleet {wish.AgonesFleet} of cluster {cluster} was written by others {tries} times in a row." }, isTold);
                default:
                    await Task.Delay(pause * (0.5 + jitter.NextDouble()), time, stopping);
                    pause *= 2;
                    break;
            }
        }
    }

    /// <summary>Lets FleetManager answer by other bounds: kept by the region, with the entry of the audit log.</summary>
    /// <returns>Null when somebody else was faster.</returns>
    private async Task<FleetSizeOutcome?> KeepAsync(FleetSizeWish wish, FleetSize size, FleetSizePlan.Change change, FleetSizePatch.SetBounds bounds)
    {
        // What equals the configuration goes with the configuration from then on.
        var configured = Configured(wish.AgonesFleet);
        var wanted = new FleetBounds(cluster, wish.AgonesFleet, bounds.Policy == configured ? null : bounds.Policy, wish.By, wish.Reason, default);
        var note = NoteOf(wish, size, change.After);
        try
        {
            if (!await grains.GetGrain<IRegionOperations>(region).SetFleetBounds(wanted, bounds.Before == configured ? null : bounds.Before, note)) return null;
            LogWanted(log, wish.AgonesFleet, cluster, FleetSizePlanner.Describe(change.After), FleetSizePlanner.Describe(size), wish.By, wish.Reason);
            return new FleetSizeOutcome { Result = FleetSizeResult.Changed, Size = change.After, Notes = change.Notes };
        }
        catch (Exception fault)
        {
            LogNotRecorded(log, wish.AgonesFleet, cluster, fault);
            return new FleetSizeOutcome { Result = FleetSizeResult.Unknown, Size = size, Reason = $"Region {region} did not say whether it keeps the change. Look again before you repeat it." };
        }
    }

    /// <summary>What FleetManager answers by, as configured; null for an Agones Fleet of none of our fleets.</summary>
    private BufferPolicy? Configured(string agonesFleet) => fleets.FirstOrDefault(fleet => fleet.NamesInAgones.Contains(agonesFleet))?.Autoscaler is { } options
        ? new BufferPolicy(options.MinReplicas, options.MaxReplicas, new BufferSize(options.BufferSize, IsPercent: false))
        : null;

    /// <summary>The sizes; of those whose FleetAutoscaler asks FleetManager with what it answers by.</summary>
    private async Task<IReadOnlyList<FleetSize>> ReadSizesAsync(CancellationToken stopping)
    {
        var read = await agones.ReadFleetSizesAsync(stopping);
        var path = AutoscaleWebhook.PathOf(cluster);
        if (!read.Any(size => size.Autoscalers.Any(AsksUs))) return read;
        IReadOnlyList<FleetBounds> kept;
        try
        {
            kept = await grains.GetGrain<IRegionOperations>(region).ListFleetBounds();
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException)
        {
            throw new ClusterUnreachableException($"Region {region} did not say what FleetManager answers the FleetAutoscalers of cluster {cluster} by: {fault.Message}", fault);
        }

        return [.. read.Select(size => size with
        {
            Autoscalers = [.. size.Autoscalers.Select(autoscaler => AsksUs(autoscaler)
                ? autoscaler with { AsksFleetManager = true, Buffer = kept.FirstOrDefault(one => one.Cluster == cluster && one.AgonesFleet == size.AgonesFleet)?.Policy ?? Configured(size.AgonesFleet) }
                : autoscaler)],
        })];

        bool AsksUs(FleetAutoscalerSnapshot autoscaler) => autoscaler.WebhookPath == path && Configured(autoscaler.AgonesFleet) is not null;
    }

    /// <summary>After a write without an answer: it may show by now. Where it does not, it may still come.</summary>
    private async Task<FleetSizeOutcome> ResolveAsync(FleetSizeWish wish, FleetSizePlan.Change change, string reason, CancellationToken stopping)
    {
        var (now, _) = await FindAsync(wish.AgonesFleet, stopping);
        if (now is not null && now.Version == change.After.Version) return new FleetSizeOutcome { Result = FleetSizeResult.Changed, Size = now, Notes = change.Notes };
        var seen = now is null ? "Nor can the size be read" : $"It is still as before ({FleetSizePlanner.Describe(now)}), and may yet change";
        return await EndAsync(wish, now, new FleetSizeOutcome { Result = FleetSizeResult.Unknown, Size = now, Reason = $"Cluster {cluster} did not say whether it took the change: {reason}. {seen}. Look again before you repeat it." }, isTold: true);
    }

    private static FleetSizeOutcome Told(FleetSizePlan plan, FleetSize size) => plan switch
    {
        FleetSizePlan.Nothing(var notes) => new() { Result = FleetSizeResult.Unchanged, Size = size, Notes = notes },
        FleetSizePlan.Invalid(var faults) => new() { Result = FleetSizeResult.Invalid, Size = size, Faults = faults },
        FleetSizePlan.Refusal(var result, var reason) => new() { Result = result, Size = size, Reason = reason },
        _ => throw new InvalidOperationException($"No such plan: {plan}."),
    };

    /// <summary>An end without a change. One that the audit log was told of is told of too.</summary>
    private async Task<FleetSizeOutcome> EndAsync(FleetSizeWish wish, FleetSize? size, FleetSizeOutcome outcome, bool isTold)
    {
        if (!isTold) return outcome;
        LogNotDone(log, wish.AgonesFleet, cluster, wish.By, outcome.Result, outcome.Reason);
        try
        {
            var after = JsonSerializer.Serialize(new { cluster, wish.AgonesFleet, Outcome = JsonNamingPolicy.CamelCase.ConvertName(outcome.Result.ToString()), Detail = outcome.Reason, Now = size is null ? null : Shown(size) }, Json);
            await grains.GetGrain<IRegionOperations>(region).Record(new AuditNote(AuditKind.FleetSize, Subject(wish), wish.By, wish.Reason, null, after));
        }
        catch (Exception fault)
        {
            LogNotRecorded(log, wish.AgonesFleet, cluster, fault);
        }

        return outcome;
    }

    /// <summary>Puts what is about to be done into the audit log.</summary>
    /// <returns>Why that could not be; null when it is there.</returns>
    private async Task<string?> TellAsync(FleetSizeWish wish, FleetSize before, FleetSize after)
    {
        try
        {
            await grains.GetGrain<IRegionOperations>(region).Record(NoteOf(wish, before, after));
            return null;
        }
        catch (Exception fault)
        {
            LogNotRecorded(log, wish.AgonesFleet, cluster, fault);
            return $"Nothing was changed, because the audit log of region {region} did not take it.";
        }
    }

    private AuditNote NoteOf(FleetSizeWish wish, FleetSize before, FleetSize after) =>
        new(AuditKind.FleetSize, Subject(wish), wish.By, wish.Reason, JsonSerializer.Serialize(Shown(before), Json), JsonSerializer.Serialize(Shown(after), Json));

    private object Shown(FleetSize size) => size.Autoscalers is [{ Buffer: { } policy } autoscaler]
        ? new { cluster, size.AgonesFleet, Autoscaler = autoscaler.Name, policy.MinReplicas, policy.MaxReplicas, BufferSize = policy.BufferSize.ToString() }
        : new { cluster, size.AgonesFleet, size.Replicas };

    private string Subject(FleetSizeWish wish) => $"{cluster}/{wish.AgonesFleet}";

    /// <summary>One Fleet as it is, or the outcome when it cannot be told.</summary>
    private async Task<(FleetSize? Size, FleetSizeOutcome? Outcome)> FindAsync(string agonesFleet, CancellationToken stopping)
    {
        try
        {
            var size = (await ReadSizesAsync(stopping)).FirstOrDefault(known => known.AgonesFleet == agonesFleet);
            return (size, size is null ? new FleetSizeOutcome { Result = FleetSizeResult.NotFound, Reason = $"Cluster {cluster} has no Agones Fleet '{agonesFleet}'." } : null);
        }
        catch (ClusterUnreachableException fault)
        {
            return (null, new FleetSizeOutcome { Result = FleetSizeResult.Unavailable, Reason = fault.Message });
        }
    }

    private async Task<FleetSizeList> LookAsync(CancellationToken stopping)
    {
        try
        {
            return new FleetSizeList(await ReadSizesAsync(stopping), "", time.GetUtcNow());
        }
        catch (ClusterUnreachableException fault)
        {
            return new FleetSizeList(null, fault.Message, time.GetUtcNow());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agones Fleet {AgonesFleet} of cluster {ClusterId} shall have another size: {Wanted} (before: {Before}), as {By} wants: {Reason}")]
    private static partial void LogWanted(ILogger logger, string agonesFleet, string clusterId, string wanted, string before, string by, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The size of Agones Fleet {AgonesFleet} of cluster {ClusterId} was not changed as {By} wanted ({Result}): {Reason}")]
    private static partial void LogNotDone(ILogger logger, string agonesFleet, string clusterId, string by, FleetSizeResult result, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What was done about the size of Agones Fleet {AgonesFleet} of cluster {ClusterId} could not be kept for the audit log")]
    private static partial void LogNotRecorded(ILogger logger, string agonesFleet, string clusterId, Exception fault);
}
