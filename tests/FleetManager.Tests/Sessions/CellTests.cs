using FleetSystem.FleetManager.Tests.Sessions.Cell;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>One silo for all tests that need one; they run one after the other, because they share its clock.</summary>
[CollectionDefinition(Name)]
public sealed class CellTests : ICollectionFixture<CellTests.Fixture>
{
    public const string Name = "cell";

    public sealed class Fixture : IAsyncLifetime
    {
        internal TestCell Cell { get; } = new(regions: 224);

        public async ValueTask InitializeAsync() => await Cell.StartAsync();

        public ValueTask DisposeAsync() => Cell.DisposeAsync();
    }
}
