using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Concurrency;

namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>One request to a grain, from its sending to its answer.</summary>
internal sealed class GrainCall(GrainId target, string method, TimeSpan timeout, Func<Activation, Task> body, Reply reply)
{
    // Orleans' own where an interface names no other.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly ConcurrentDictionary<MethodInfo, (TimeSpan Timeout, bool Interleaves)> Declared = new();

    public GrainId Target => target;

    public Reply Reply => reply;

    /// <summary>How long the caller waits.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Whether it may run beside the other requests of a grain that is not reentrant.</summary>
    public bool Interleaves { get; private init; }

    /// <summary>Whether the grain's end waits for it.</summary>
    public bool HoldsGrain { get; init; } = true;

    public static GrainCall To(GrainId target, MethodInfo method, object?[] arguments)
    {
        var declared = Declared.GetOrAdd(method, static key => (
            key.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout ?? DefaultTimeout,
            key.GetCustomAttribute<AlwaysInterleaveAttribute>() is not null));
        return new GrainCall(target, method.Name, declared.Timeout, activation => (Task)Invoke(method, activation, arguments), Reply.For(method.ReturnType)) { Interleaves = declared.Interleaves };
    }

    /// <summary>Runs a method of a grain as it stands.</summary>
    public static object Invoke(MethodInfo method, Activation activation, object?[] arguments) =>
        method.Invoke(activation.Instance, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    /// <summary>Runs it, in a turn of the activation.</summary>
    public Task Invoke(Activation activation) => body(activation);

    public override string ToString() => $"{target.Key}.{method}";
}

/// <summary>Where the answer to a request is waited for. The first answer counts.</summary>
internal abstract class Reply
{
    private static readonly ConcurrentDictionary<Type, Func<Reply>> Makers = new();

    public abstract Task Task { get; }

    /// <summary>A place for what a method of this return type answers.</summary>
    public static Reply For(Type returnType) => Makers.GetOrAdd(returnType, static type =>
        type == typeof(Task) ? () => new Of<bool>()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>) ? () => (Reply)Activator.CreateInstance(typeof(Of<>).MakeGenericType(type.GetGenericArguments()))!
        : throw new NotSupportedException($"The simulation does not know grain methods that return {type}: add them to {nameof(Reply)}."))();

    /// <summary>Passes on what a task has ended with.</summary>
    public abstract void Complete(Task ended);

    public abstract void Fail(Exception fault);

    internal sealed class Of<T> : Reply
    {
        // Completed outside every lane, so that whoever waits goes on in a turn of his own.
        private readonly TaskCompletionSource<T> _source = new();

        public override Task Task => _source.Task;

        public Task<T> Answer => _source.Task;

        public override void Complete(Task ended)
        {
            if (ended.IsFaulted) _source.TrySetException(ended.Exception!.InnerExceptions);
            else if (ended.IsCanceled) _source.TrySetException(new TaskCanceledException(ended));
            else _source.TrySetResult(ended is Task<T> task ? task.Result : default!);
        }

        public override void Fail(Exception fault) => _source.TrySetException(fault);
    }
}
