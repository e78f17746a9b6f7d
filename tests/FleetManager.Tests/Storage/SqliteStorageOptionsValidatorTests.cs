using FleetSystem.FleetManager.Storage;

namespace FleetSystem.FleetManager.Tests.Storage;

public sealed class SqliteStorageOptionsValidatorTests
{
    private readonly SqliteStorageOptionsValidator _validator = new();

    [Fact]
    public void Validate_DefaultsWithPath_Succeeds() => Assert.True(_validator.Validate(null, new SqliteStorageOptions { Path = "state.db" }).Succeeded);

    [Fact]
    public void Validate_EveryValueWrong_NamesEveryKeyAtOnce()
    {
        var options = new SqliteStorageOptions
        {
            WriteQueueLimit = 0,
            WriteQueueTimeout = TimeSpan.Zero,
            MaxBatch = 10_001,
            MaxBatchBytes = 1,
            MaxStateBytes = 1,
            ReadConnections = 65,
            BusyTimeout = TimeSpan.FromSeconds(-1),
            ListPageSize = 0,
            SweepInterval = TimeSpan.Zero,
            SweepBatchLimit = 0,
        };

        var faults = _validator.Validate(null, options).Failures!.ToList();

        foreach (var property in typeof(SqliteStorageOptions).GetProperties())
            Assert.Contains(faults, fault => fault.StartsWith($"Storage:Sqlite:{property.Name} is ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":memory:")]
    [InlineData("file:state.db?mode=memory")]
    [InlineData("a\0b")]
    public void Validate_PathThatKeepsNothing_Fails(string path) => Assert.True(_validator.Validate(null, new SqliteStorageOptions { Path = path }).Failed);
}
