
namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>A grain's way to its state in the store.</summary>
internal abstract class GrainState
{
    public abstract Task ReadStateAsync();

    public static GrainState Of(Type state, SimulatedStore store, string name, GrainId grain) =>
        (GrainState)Activator.CreateInstance(typeof(Of<>).MakeGenericType(state), store, name, grain)!;
}

internal sealed class Of<T>(SimulatedStore store, string name, GrainId grain) : GrainState, IPersistentState<T>
    where T : class, new()
{
    public T State { get; set; } = new();

    public string? Etag { get; private set; }

    public bool RecordExists => Etag is not null;

    public override async Task ReadStateAsync()
    {
        var (state, etag) = await store.ReadAsync<T>(name, grain);
        (State, Etag) = (state ?? new T(), etag);
    }

    public async Task WriteStateAsync() => Etag = await store.WriteAsync(name, grain, State, Etag);

    public Task ClearStateAsync() => throw new NotSupportedException();
}
