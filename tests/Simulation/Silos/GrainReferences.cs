using System.Reflection;

namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>The grain factory of silos and clients: what it gives out turns every call into a request that the cell carries.</summary>
internal sealed class GrainReferences(SimulatedCell cell, Silo? sender) : IGrainFactory
{
    private readonly Dictionary<(Type Interface, string Key), object> _known = [];

    public T GetGrain<T>(string primaryKey, string? grainClassNamePrefix = null)
        where T : IGrainWithStringKey
    {
        if (!_known.TryGetValue((typeof(T), primaryKey), out var reference))
            _known[(typeof(T), primaryKey)] = reference = GrainReferenceProxy.For<T>(cell, sender, GrainClasses.IdOf(typeof(T), primaryKey))!;
        return (T)reference;
    }

    public T GetGrain<T>(Guid primaryKey, string? grainClassNamePrefix = null)
        where T : IGrainWithGuidKey => throw NotSimulated();

    public T GetGrain<T>(long primaryKey, string? grainClassNamePrefix = null)
        where T : IGrainWithIntegerKey => throw NotSimulated();

    public T GetGrain<T>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where T : IGrainWithGuidCompoundKey => throw NotSimulated();

    public T GetGrain<T>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where T : IGrainWithIntegerCompoundKey => throw NotSimulated();

    public T CreateObjectReference<T>(IGrainObserver obj)
        where T : IGrainObserver => throw NotSimulated();

    public void DeleteObjectReference<T>(IGrainObserver obj)
        where T : IGrainObserver => throw NotSimulated();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw NotSimulated();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw NotSimulated();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw NotSimulated();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw NotSimulated();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw NotSimulated();

    public T GetGrain<T>(GrainId grainId)
        where T : IAddressable => throw NotSimulated();

    public IAddressable GetGrain(GrainId grainId) => throw NotSimulated();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw NotSimulated();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw NotSimulated();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw NotSimulated();

    private static NotSupportedException NotSimulated() => new("The simulation knows grains with a string key only: teach it the others.");
}

/// <summary>Stands for a grain at its caller.</summary>
internal class GrainReferenceProxy : DispatchProxy
{
    private SimulatedCell _cell = null!;
    private Silo? _sender;
    private GrainId _target;

    public static T For<T>(SimulatedCell cell, Silo? sender, GrainId target)
    {
        var reference = Create<T, GrainReferenceProxy>();
        var proxy = (GrainReferenceProxy)(object)reference!;
        (proxy._cell, proxy._sender, proxy._target) = (cell, sender, target);
        return reference;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var type = targetMethod!.ReturnType;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>))
            return Activator.CreateInstance(typeof(GrainStream<>).MakeGenericType(type.GetGenericArguments()), _cell, _sender, _target, targetMethod, args);
        var call = GrainCall.To(_target, targetMethod, args ?? []);
        _cell.Send(call, _sender);
        return call.Reply.Task;
    }
}

/// <summary>
/// A stream that a grain answers with. As in Orleans each step is a request, the stream lives at one activation, and that activation's end is
/// an exception to the reader.
/// </summary>
internal sealed class GrainStream<T>(SimulatedCell cell, Silo? sender, GrainId target, MethodInfo method, object?[] arguments) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Reader(cell, sender, target, method, arguments);

    private sealed class Reader(SimulatedCell cell, Silo? sender, GrainId target, MethodInfo method, object?[] arguments) : IAsyncEnumerator<T>
    {
        // Beyond every run: the steps of a stream poll, they do not time out.
        private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

        private Activation? _activation;
        private IAsyncEnumerator<T>? _remote;

        public T Current { get; private set; } = default!;

        public async ValueTask<bool> MoveNextAsync()
        {
            var reply = new Reply.Of<(bool More, T Value)>();
            cell.Send(new GrainCall(target, $"{method.Name}.MoveNext", Patience, Step, reply) { HoldsGrain = false }, sender);
            var (more, value) = await reply.Answer;
            Current = value;
            return more;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task<(bool, T)> Step(Activation activation)
        {
            if ((_activation ??= activation) != activation) throw new EnumerationAbortedException("The grain has been activated anew meanwhile.");
            if (_remote is null)
            {
                var own = arguments.ToArray();
                if (own[^1] is CancellationToken) own[^1] = activation.Ended;
                _remote = ((IAsyncEnumerable<T>)GrainCall.Invoke(method, activation, own)).GetAsyncEnumerator(CancellationToken.None);
            }

            try
            {
                return await _remote.MoveNextAsync() ? (true, _remote.Current) : (false, default!);
            }
            catch (OperationCanceledException) when (activation.Ended.IsCancellationRequested)
            {
                throw new EnumerationAbortedException("The grain was deactivated.");
            }
        }
    }
}
