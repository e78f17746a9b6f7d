using FleetSystem.FleetManager.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Storage;

public sealed class SqliteGroupCommitWriterTests : IAsyncDisposable
{
    private readonly SqliteTestStore _store = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Write_ManyWaiting_ShareOneCommit()
    {
        using var commits = new MeasurementRecorder<int>(_store.Meters, "fleet.storage.commit.writes");
        var storage = await _store.OpenAsync();
        using var other = HoldWriteLock();

        var writes = Enumerable.Range(0, 300).Select(i => WriteAsync(storage, $"{i}")).ToList();
        ReleaseWriteLock(other);
        await Task.WhenAll(writes);

        // What the writer had taken before the others came is one commit, the rest another.
        var sizes = commits.TakeAll();
        Assert.InRange(sizes.Count, 1, 2);
        Assert.Equal(300, sizes.Sum());
    }

    [Fact]
    public async Task Write_MoreThanABatch_KeepsToItsLimit()
    {
        using var commits = new MeasurementRecorder<int>(_store.Meters, "fleet.storage.commit.writes");
        var storage = await _store.OpenAsync(options => options.MaxBatch = 10);
        using var other = HoldWriteLock();

        var writes = Enumerable.Range(0, 100).Select(i => WriteAsync(storage, $"{i}")).ToList();
        ReleaseWriteLock(other);
        await Task.WhenAll(writes);

        Assert.All(commits.TakeAll(), size => Assert.InRange(size, 1, 10));
    }

    [Fact]
    public async Task Write_LargeStates_KeepToTheBytesOfABatch()
    {
        using var commits = new MeasurementRecorder<int>(_store.Meters, "fleet.storage.commit.writes");
        var storage = await _store.OpenAsync(options => options.MaxBatchBytes = 100_000);
        using var other = HoldWriteLock();

        var writes = Enumerable.Range(0, 20).Select(i => WriteAsync(storage, $"{i}", new string('x', 60_000))).ToList();
        ReleaseWriteLock(other);
        await Task.WhenAll(writes);

        Assert.All(commits.TakeAll(), size => Assert.InRange(size, 1, 2));
    }

    [Fact]
    public async Task Write_NotYetCommitted_IsNotAcknowledged()
    {
        var storage = await _store.OpenAsync();
        // SQLite lets the transaction apply its writes and refuses its commit.
        _store.Execute("""
            CREATE TABLE absent (id INTEGER PRIMARY KEY);
            CREATE TABLE uncommittable (id INTEGER REFERENCES absent (id) DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER refuse AFTER INSERT ON grain_state WHEN NEW.grain_id LIKE '%/refused' BEGIN INSERT INTO uncommittable VALUES (1); END;
            """);
        using var other = HoldWriteLock();
        var writes = Enumerable.Range(0, 20).Select(i => WriteAsync(storage, i == 15 ? "refused" : $"{i}")).ToList();
        ReleaseWriteLock(other);

        await Assert.ThrowsAsync<SqliteStorageException>(() => writes[15]);
        foreach (var (write, i) in writes.Select((write, i) => (write, i)))
        {
            await SettledAsync(write);
            Assert.Equal(write.IsCompletedSuccessfully, (await ReadAsync(storage, i == 15 ? "refused" : $"{i}")).RecordExists);
        }

        await WriteAsync(storage, "later");
    }

    [Fact]
    public async Task Write_BatchFails_FailsEveryWriteOfItAndNoLaterOne()
    {
        var storage = await _store.OpenAsync();
        _store.Execute("CREATE TRIGGER refuse BEFORE INSERT ON grain_state WHEN NEW.grain_id LIKE '%/refused' BEGIN SELECT RAISE(ROLLBACK, 'refused by the test'); END");
        using var other = HoldWriteLock();
        // The writer is stuck with the first, so the others make one batch.
        var first = WriteAsync(storage, "first");
        List<Task<TestGrainState>> writes = [WriteAsync(storage, "a"), WriteAsync(storage, "refused"), WriteAsync(storage, "b")];
        ReleaseWriteLock(other);

        foreach (var write in writes)
        {
            var e = await Assert.ThrowsAsync<SqliteStorageException>(() => write);
            Assert.Contains("refused by the test", e.Message, StringComparison.Ordinal);
        }

        await SettledAsync(first);
        Assert.False((await ReadAsync(storage, "a")).RecordExists);
        Assert.False((await ReadAsync(storage, "b")).RecordExists);
        await WriteAsync(storage, "a");
        Assert.True((await ReadAsync(storage, "a")).RecordExists);
    }

    [Fact]
    public async Task Write_QueueFull_IsRefusedAfterItsTimeout()
    {
        var time = new FakeTimeProvider();
        var storage = await _store.OpenAsync(options => (options.WriteQueueLimit, options.MaxBatch, options.WriteQueueTimeout) = (1, 1, TimeSpan.FromSeconds(3)), time);
        using var other = HoldWriteLock();
        // One with the writer, one in the queue: the third has no room.
        var admitted = new[] { WriteAsync(storage, "1"), WriteAsync(storage, "2") };
        var refused = WriteAsync(storage, "3");

        time.Advance(TimeSpan.FromSeconds(3));

        var e = await Assert.ThrowsAsync<SqliteStorageException>(() => refused);
        Assert.Contains("WriteQueueLimit", e.Message, StringComparison.Ordinal);
        ReleaseWriteLock(other);
        foreach (var write in admitted)
            await SettledAsync(write);
        Assert.False((await ReadAsync(storage, "3")).RecordExists);
        await WriteAsync(storage, "3");
    }

    [Fact]
    public async Task Write_Cancelled_DoesNotWait()
    {
        var storage = await _store.OpenAsync();
        using var other = HoldWriteLock();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var write = storage.WriteStateAsync("session", GrainId.Create("session", "cancelled"), new TestGrainState(), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        ReleaseWriteLock(other);
    }

    [Fact]
    public async Task Write_LockHeldTooLong_FailsAndNamesTheReason()
    {
        var storage = await _store.OpenAsync(options => options.BusyTimeout = TimeSpan.Zero);
        using var other = HoldWriteLock();

        var e = await Assert.ThrowsAsync<SqliteStorageException>(() => WriteAsync(storage, "locked"));

        Assert.Contains("Another process held its write lock", e.Message, StringComparison.Ordinal);
        ReleaseWriteLock(other);
        await WriteAsync(storage, "locked");
    }

    [Fact]
    public async Task Read_WhileTheWriterIsStuck_IsAnswered()
    {
        var storage = await _store.OpenAsync();
        await WriteAsync(storage, "known");
        using var other = HoldWriteLock();
        var stuck = WriteAsync(storage, "stuck");

        Assert.True((await ReadAsync(storage, "known")).RecordExists);

        Assert.False(stuck.IsCompleted);
        ReleaseWriteLock(other);
        await stuck;
    }

    private static async Task<TestGrainState> WriteAsync(SqliteGrainStorage storage, string key, string text = "")
    {
        var state = new TestGrainState(new TestState { Text = text });
        await storage.WriteStateAsync("session", GrainId.Create("session", key), state);
        return state;
    }

    private static async Task<TestGrainState> ReadAsync(SqliteGrainStorage storage, string key)
    {
        var state = new TestGrainState();
        await storage.ReadStateAsync("session", GrainId.Create("session", key), state);
        return state;
    }

    private static async Task SettledAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (SqliteStorageException)
        {
            // Which writes shared the failing batch depends on when the writer took them.
        }
    }

    private SqliteConnection HoldWriteLock()
    {
        var connection = _store.Connect();
        SqliteDatabase.Execute(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    private static void ReleaseWriteLock(SqliteConnection connection) => SqliteDatabase.Execute(connection, "ROLLBACK");
}
