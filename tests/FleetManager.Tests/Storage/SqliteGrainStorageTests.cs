using FleetSystem.FleetManager.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Storage;

public sealed class SqliteGrainStorageTests : IAsyncDisposable
{
    private readonly SqliteTestStore _store = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Open_PathIsAFolder_SaysSo()
    {
        Directory.CreateDirectory(_store.Path);

        var e = await Assert.ThrowsAsync<OrleansConfigurationException>(() => _store.OpenAsync());

        Assert.Contains(_store.Path, e.Message, StringComparison.Ordinal);
        Assert.Contains("it is a folder", e.Message, StringComparison.Ordinal);
        Assert.Contains("Storage:Sqlite:Path", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FolderCannotBeCreated_SaysSo()
    {
        await File.WriteAllTextAsync(_store.Path, "", Cancelled);

        var e = await Assert.ThrowsAsync<OrleansConfigurationException>(() => _store.OpenAsync(options => options.Path = _store.Path + "/below/state.db"));

        Assert.Contains(_store.Path + "/below/state.db", e.Message, StringComparison.Ordinal);
        Assert.Contains("Check that its folder exists", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FolderAbsent_IsCreated()
    {
        var path = Path.Combine(Path.GetDirectoryName(_store.Path)!, "a", "b", "state.db");

        await _store.OpenAsync(options => options.Path = path);

        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task Open_NoDatabase_IsRefusedAndLeftAsItIs()
    {
        var content = string.Concat(Enumerable.Repeat("these are a user's notes\n", 400));
        await File.WriteAllTextAsync(_store.Path, content, Cancelled);

        var e = await Assert.ThrowsAsync<OrleansConfigurationException>(() => _store.OpenAsync());

        Assert.Contains("no intact SQLite database", e.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(_store.Path, Cancelled));
    }

    [Fact]
    public async Task Open_AnotherProgramsDatabase_IsRefused()
    {
        _store.Execute("CREATE TABLE notes (text TEXT)");

        var e = await Assert.ThrowsAsync<OrleansConfigurationException>(() => _store.OpenAsync());

        Assert.Contains("another program", e.Message, StringComparison.Ordinal);
        _store.Execute("SELECT * FROM notes");
        Assert.Equal(1, Count("SELECT count(*) FROM sqlite_master"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Open_AnotherSchemaVersion_IsRefusedAndLeftAsItIs(int version)
    {
        await _store.OpenAsync();
        await _store.CloseAsync();
        _store.Execute($"UPDATE schema_version SET version = {version}");

        var e = await Assert.ThrowsAsync<OrleansConfigurationException>(() => _store.OpenAsync());

        Assert.Contains($"version {version} and this program needs version 1", e.Message, StringComparison.Ordinal);
        Assert.Equal(version, Count("SELECT version FROM schema_version"));
    }

    [Fact]
    public async Task Open_HeldByAnotherProcess_SaysSo()
    {
        await _store.OpenAsync();
        await _store.CloseAsync();
        using var other = _store.Connect();
        SqliteDatabase.Execute(other, "BEGIN IMMEDIATE");

        var e = await Assert.ThrowsAsync<OrleansConfigurationException>(() => _store.OpenAsync(options => options.BusyTimeout = TimeSpan.Zero));

        Assert.Contains("Another process holds it", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenWriter_EveryCommit_IsSynchronizedToDisk()
    {
        // A lost power supply cannot be had in a test: these two settings are what SQLite's guarantee against it rests on.
        using var connection = new SqliteDatabase(_store.Path, TimeSpan.Zero).OpenWriter();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT synchronous FROM pragma_synchronous) || ' ' || (SELECT journal_mode FROM pragma_journal_mode)";

        Assert.Equal("2 wal", command.ExecuteScalar());
    }

    [Fact]
    public async Task Open_Twice_BothProcessesStoreInOneFile()
    {
        var first = await _store.OpenAsync();
        var second = await _store.OpenAsync();

        var state = await WriteAsync(first, "shared", "first");
        state.State = new TestState { Text = "second" };
        await second.WriteStateAsync("session", Grain("shared"), state);
        await Assert.ThrowsAsync<Orleans.Storage.InconsistentStateException>(() => WriteAsync(first, "shared", "third"));

        await first.CloseAsync(Cancelled);
        Assert.Equal("second", (await ReadAsync(second, "shared")).State.Text);
    }

    [Fact]
    public async Task WriteState_AfterClose_IsRefused()
    {
        var storage = await _store.OpenAsync();
        await _store.CloseAsync();

        var e = await Assert.ThrowsAsync<SqliteStorageException>(() => WriteAsync(storage, "late", "x"));

        Assert.Contains("not open", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_WritesQueued_CommitsThem()
    {
        var storage = await _store.OpenAsync();
        var writes = Enumerable.Range(0, 500).Select(i => WriteAsync(storage, $"queued-{i}", "x")).ToList();

        await _store.CloseAsync();
        await Task.WhenAll(writes);

        Assert.Equal(500, Count("SELECT count(*) FROM grain_state"));
        Assert.False(File.Exists(_store.Path + "-wal"));
    }

    [Fact]
    public async Task WriteState_LargerThanTheLimit_IsRefusedWithBothSizes()
    {
        var storage = await _store.OpenAsync(options => options.MaxStateBytes = 1_000);

        var e = await Assert.ThrowsAsync<SqliteStorageException>(() => WriteAsync(storage, "big", new string('x', 1_000)));

        Assert.Contains("the limit is 1000", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, Count("SELECT count(*) FROM grain_state"));
    }

    [Fact]
    public async Task ReadState_WrittenByAnOlderType_FillsDefaultsAndSkipsUnknown()
    {
        var storage = await _store.OpenAsync();
        await WriteAsync(storage, "old", "x");
        _store.Execute("""UPDATE grain_state SET payload = CAST('{"number":7,"removedSince":{"a":[1]},"phase":"allocated"}' AS BLOB)""");

        var read = await ReadAsync(storage, "old");

        Assert.Equal(7, read.State.Number);
        Assert.Equal(TestPhase.Allocated, read.State.Phase);
        Assert.Equal("", read.State.Text);
    }

    [Theory]
    [InlineData("format = 2", "format 2")]
    [InlineData("payload = CAST('{\"number\":' AS BLOB)", "cannot be read")]
    [InlineData("payload = CAST('{\"phase\":\"Unheard\"}' AS BLOB)", "cannot be read")]
    public async Task ReadState_NotReadable_NamesGrainAndReason(string damage, string reason)
    {
        var storage = await _store.OpenAsync();
        await WriteAsync(storage, "damaged", "x");
        _store.Execute($"UPDATE grain_state SET {damage}");

        var e = await Assert.ThrowsAsync<SqliteStorageException>(() => ReadAsync(storage, "damaged"));

        Assert.Contains("session/damaged", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_ExpiredStates_AreDeletedAndOthersKept()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var expired = new MeasurementRecorder<long>(_store.Meters, "fleet.storage.expired");
        var storage = await _store.OpenAsync(options => (options.SweepInterval, options.SweepBatchLimit) = (TimeSpan.FromSeconds(10), 2), time);
        var soon = time.GetUtcNow() + TimeSpan.FromSeconds(10);
        for (var i = 0; i < 5; i++)
            await WriteAsync(storage, $"ended-{i}", new TestState { ExpiresAt = soon });
        await WriteAsync(storage, "later", new TestState { ExpiresAt = soon + TimeSpan.FromMilliseconds(1) });
        await WriteAsync(storage, "kept", new TestState());
        var revived = await WriteAsync(storage, "revived", new TestState { ExpiresAt = soon });
        revived.State = new TestState();
        await storage.WriteStateAsync("session", Grain("revived"), revived);

        time.Advance(TimeSpan.FromSeconds(10));

        foreach (var batch in new long[] { 2, 2, 1 })
            Assert.Equal(batch, await expired.NextAsync(Cancelled));
        Assert.False((await ReadAsync(storage, "ended-0")).RecordExists);
        Assert.True((await ReadAsync(storage, "later")).RecordExists);
        Assert.True((await ReadAsync(storage, "kept")).RecordExists);
        Assert.True((await ReadAsync(storage, "revived")).RecordExists);

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await expired.NextAsync(Cancelled));
    }

    private static GrainId Grain(string key) => GrainId.Create("session", key);

    private static Task<TestGrainState> WriteAsync(SqliteGrainStorage storage, string key, string text) => WriteAsync(storage, key, new TestState { Text = text });

    private static async Task<TestGrainState> WriteAsync(SqliteGrainStorage storage, string key, TestState value)
    {
        var state = new TestGrainState(value);
        await storage.WriteStateAsync("session", Grain(key), state);
        return state;
    }

    private static async Task<TestGrainState> ReadAsync(SqliteGrainStorage storage, string key)
    {
        var state = new TestGrainState();
        await storage.ReadStateAsync("session", Grain(key), state);
        return state;
    }

    private long Count(string sql)
    {
        using var connection = _store.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
