using Microsoft.Extensions.Options;

namespace FleetSystem.FleetModel.Configuration;

/// <summary>Gathers the faults of a configuration section, so that all are told at once, each with the key of its setting.</summary>
/// <param name="section">Name of the section.</param>
public sealed class FaultList(string section)
{
    private readonly List<(string Key, string Fault)> _faults = [];

    /// <summary>The faults so far: the key below the section, and what is wrong.</summary>
    public IReadOnlyList<(string Key, string Fault)> Faults => _faults;

    /// <summary>Adds a fault.</summary>
    /// <param name="key">Key below the section.</param>
    /// <param name="fault">What is wrong and what to do, as the rest of a sentence that begins with the key.</param>
    public void Add(string key, string fault) => _faults.Add((key, fault));

    /// <summary>Adds a fault unless something holds.</summary>
    public void Check(bool holds, string key, string fault)
    {
        if (!holds) Add(key, fault);
    }

    /// <summary>Adds a fault unless a value is within its bounds, both included.</summary>
    public void Within<T>(T value, T least, T most, string key)
        where T : IComparable<T> => Check(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, key, $"is {value}: {least} to {most} is possible");

    /// <summary>The result for the options framework.</summary>
    public ValidateOptionsResult ToResult() => _faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_faults.Select(fault => $"{section}:{fault.Key} {fault.Fault}."));
}
