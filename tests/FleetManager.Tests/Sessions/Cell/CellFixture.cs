namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>
/// One silo for the tests of a class; they run one after the other, because they share its clock. A class has its own, because every step of
/// the clock costs as much as there are regions in use.
/// </summary>
public sealed class CellFixture : IAsyncLifetime
{
    internal TestCell Cell { get; } = new(regions: 48);

    public async ValueTask InitializeAsync() => await Cell.StartAsync();

    public ValueTask DisposeAsync() => Cell.DisposeAsync();
}
