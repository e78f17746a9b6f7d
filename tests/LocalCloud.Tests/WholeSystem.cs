namespace FleetSystem.LocalCloud.Tests;

/// <summary>Tests that start the whole system: one at a time, since they share loopback addresses and the machine's two cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeSystem
{
    public const string Name = "whole system";
}
