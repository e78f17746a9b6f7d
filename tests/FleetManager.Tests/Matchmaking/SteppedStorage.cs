using FleetSystem.FleetManager.Tests.Sessions.Cell;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

/// <summary>
/// A store whose operations wait until they are let through, one after the other, in an order that a seed chooses: so all orders in which activations that do not know
/// of each other can meet come up. An operation may fail before or after it was served.
/// </summary>
internal sealed class SteppedStorage(Random random, double faults) : IGrainStorage
{
    private readonly TestGrainStorage _rows = new();
    private readonly List<(Func<Task> Serve, TaskCompletionSource Answer)> _waiting = [];

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Probability that an operation fails.</summary>
    public double Faults { get; set; } = faults;

    /// <summary>Lets one of the operations through that wait; its caller runs on until its next one.</summary>
    public void Step()
    {
        var index = random.Next(_waiting.Count);
        var (serve, answer) = _waiting[index];
        _waiting.RemoveAt(index);
        var fault = random.NextDouble();
        try
        {
            if (fault < Faults / 2) throw new IOException("Not served.");

            // The rows are in memory: it is done when this returns.
            serve().GetAwaiter().GetResult();
            if (fault < Faults) throw new IOException("Served, and the answer was lost.");
        }
        catch (Exception failure) when (failure is IOException or InconsistentStateException)
        {
            answer.SetException(failure);
            return;
        }

        answer.SetResult();
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WaitAsync(() => _rows.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WaitAsync(() => _rows.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WaitAsync(() => _rows.ClearStateAsync(stateName, grainId, grainState));

    private Task WaitAsync(Func<Task> serve)
    {
        // Continuations run at once, on the thread that steps: one order of steps is one run.
        var answer = new TaskCompletionSource();
        _waiting.Add((serve, answer));
        return answer.Task;
    }
}
