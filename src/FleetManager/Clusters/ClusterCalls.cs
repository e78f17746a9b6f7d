using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// The calls that a claim is made of, each with its deadline and within the cluster's circuit, whoever the claim is for: posting, looking for
/// a tag, giving back, pausing between tries.
/// </summary>
internal sealed partial class ClusterCalls(
    string cluster, IAgonesCluster agones, ClusterState state, ClusterBreaker breaker, FleetManagerOptions options, TimeProvider time, ILogger<ClusterCalls> log)
{
    /// <summary>Pause before the first repetition; twice as long each time.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Random _jitter = new(options.Seed);

    /// <summary>Posts an allocation, or null when the circuit lets no claim through.</summary>
    /// <param name="order">What is asked.</param>
    /// <param name="until">Until when the answer is waited for.</param>
    /// <param name="isCallersDeadline">Whether that is the caller's hurry rather than our own limit: then it says nothing of the cluster.</param>
    /// <param name="stopping">Cancelled at the end of the activation.</param>
    public async Task<AllocationAnswer?> PostAsync(AllocationOrder order, DateTimeOffset until, bool isCallersDeadline, CancellationToken stopping)
    {
        if (breaker.TryEnter() is not { } pass) return null;
        using var late = new CancellationTokenSource(Left(until), time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(late.Token, breaker.Opened, stopping);
        AllocationAnswer answer;
        try
        {
            answer = await agones.AllocateAsync(order, any.Token);
        }
        catch (OperationCanceledException)
        {
            answer = new AllocationAnswer.Unknown($"cluster {cluster} did not answer in time");
        }
        catch
        {
            breaker.Leave(pass, CallResult.Neutral, "");
            throw;
        }

        var (result, reason) = answer switch
        {
            AllocationAnswer.Refused(var why, var transient) => (transient ? CallResult.Failed : CallResult.Neutral, why),
            AllocationAnswer.Unknown(var why) when !late.IsCancellationRequested => (CallResult.Failed, why),

            // Somebody in a hurry says nothing of the cluster.
            AllocationAnswer.Unknown(var why) => (isCallersDeadline && time.GetUtcNow() - pass.At < options.Circuit.SlowCall ? CallResult.Neutral : CallResult.TimedOut, why),
            _ => (CallResult.Succeeded, ""),
        };
        breaker.Leave(pass, result, reason);
        return answer;
    }

    /// <summary>Asks the API server; tried until it gives an answer, time is up or the circuit is open.</summary>
    /// <returns>The answer, or null and why there is none.</returns>
    public async Task<(T? Answer, string Reason)> ReadAsync<T>(Func<CancellationToken, Task<T>> read, TimeSpan timeout, CancellationToken stopping)
        where T : class
    {
        var deadline = time.GetUtcNow() + timeout;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (breaker.IsOpen) return (null, breaker.Refusal);
            string reason;
            using var late = new CancellationTokenSource(Left(deadline), time);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(late.Token, breaker.Opened, stopping);
            try
            {
                var answer = await read(any.Token);
                breaker.ReadAnswered();
                return (answer, "");
            }
            catch (ClusterUnreachableException fault)
            {
                reason = fault.Message;
                breaker.ReadFailed(timedOut: false, reason);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                if (breaker.IsOpen) continue;
                reason = "no answer in time";
                breaker.ReadFailed(timedOut: true, $"cluster {cluster} did not answer a read within {timeout.TotalSeconds:0.###} s");
            }

            if (time.GetUtcNow() + pause >= deadline) return (null, reason);
            await PauseAsync(pause, stopping);
        }
    }

    /// <summary>Deletes a server that was claimed and is not handed out, or false when it could not be.</summary>
    /// <param name="gameServer">Its name.</param>
    /// <param name="uid">Its uid, or empty for what the state knows.</param>
    /// <param name="stopping">Cancelled at the end of the activation.</param>
    public async Task<bool> GiveBackAsync(string gameServer, string uid, CancellationToken stopping)
    {
        try
        {
            return await agones.DeleteAsync(gameServer, uid.Length > 0 ? uid : state.Find(gameServer)?.Uid ?? "", stopping);
        }
        catch (ClusterUnreachableException fault)
        {
            LogGiveBackFailed(log, gameServer, cluster, fault);
            return false;
        }
    }

    /// <summary>Waits about so long, and no longer than until the circuit opens.</summary>
    public async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(breaker.Opened, stopping);
        await Task.Delay(pause * (0.5 + _jitter.NextDouble()), time, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>The time until then; never none, so that a last try is made.</summary>
    public TimeSpan Left(DateTimeOffset deadline)
    {
        var left = deadline - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Why no claim is let through, for people.</summary>
    public string Refusal => breaker.Refusal;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} could not be given back")]
    private static partial void LogGiveBackFailed(ILogger logger, string gameServerName, string clusterId, Exception fault);
}
