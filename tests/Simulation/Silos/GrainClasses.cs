using System.Collections.Concurrent;
using System.Reflection;
using FleetSystem.FleetManager;
using Microsoft.Extensions.DependencyInjection;

namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>What the FleetManager's grain classes declare: interface, reentrancy, age, constructor.</summary>
internal sealed class GrainClass
{
    private readonly ConstructorInfo _constructor;

    public GrainClass(Type type)
    {
        Name = type.Name;
        IsReentrant = type.IsDefined(typeof(Orleans.Concurrency.ReentrantAttribute));
        CollectionAge = type.IsDefined(typeof(Orleans.KeepAliveAttribute)) ? null
            : type.GetCustomAttribute<Orleans.CollectionAgeLimitAttribute>()?.AgeLimit ?? TimeSpan.FromMinutes(15);
        _constructor = type.GetConstructors().Single();
    }

    public string Name { get; }

    public bool IsReentrant { get; }

    /// <summary>After how long without a request it is deactivated; null means never.</summary>
    public TimeSpan? CollectionAge { get; }

    /// <summary>Makes an instance as a silo does, and tells which of its arguments are states to be read.</summary>
    public object Construct(IServiceProvider services, Func<string, Type, object> stateOf) =>
        _constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. _constructor.GetParameters().Select(parameter =>
            parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state
                ? stateOf(state.StateName, parameter.ParameterType.GetGenericArguments()[0])
                : services.GetRequiredService(parameter.ParameterType))], null);
}

internal static class GrainClasses
{
    private static readonly ConcurrentDictionary<Type, (GrainType Type, GrainClass Class)> ByInterface = new();

    /// <summary>Id of a grain by its interface and key.</summary>
    public static GrainId IdOf(Type grainInterface, string key) => GrainId.Create(Find(grainInterface).Type, key);

    /// <summary>The class of a grain.</summary>
    public static GrainClass Of(GrainId grain) => ByInterface.Values.First(known => known.Type == grain.Type).Class;

    private static (GrainType Type, GrainClass Class) Find(Type grainInterface) => ByInterface.GetOrAdd(grainInterface, static key =>
    {
        var type = typeof(FleetManagerOptions).Assembly.GetTypes().Single(candidate => candidate.IsAssignableTo(typeof(Grain)) && candidate.IsAssignableTo(key));
        return (GrainType.Create(type.Name), new GrainClass(type));
    });
}
