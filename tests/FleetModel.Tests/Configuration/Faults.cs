using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Tests.Configuration;

/// <summary>What options tell of their faults.</summary>
internal static class Faults
{
    /// <summary>The faults, with keys below the options' own.</summary>
    public static IReadOnlyList<(string Key, string Fault)> Of(Action<FaultList, string> check)
    {
        const string Key = "K";
        var faults = new FaultList("S");
        check(faults, Key);
        Assert.All(faults.Faults, fault => Assert.StartsWith(Key + ":", fault.Key, StringComparison.Ordinal));
        return [.. faults.Faults.Select(fault => (fault.Key[(Key.Length + 1)..], fault.Fault))];
    }
}
