using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace FleetSystem.FleetManager.Storage;

/// <summary>A fixed number of reading connections. They see the last commit and wait for no writer.</summary>
internal sealed class SqliteReaderPool
{
    private readonly SqliteDatabase _database;
    private readonly Channel<SqliteStateReader> _idle;
    private readonly int _size;

    public SqliteReaderPool(SqliteDatabase database, int size)
    {
        _database = database;
        _size = size;
        _idle = Channel.CreateBounded<SqliteStateReader>(size);
        for (var i = 0; i < size; i++)
            _idle.Writer.TryWrite(new SqliteStateReader(database.OpenReader()));
    }

    public async ValueTask<TResult> ReadAsync<TArgument, TResult>(Func<SqliteStateReader, TArgument, TResult> read, TArgument argument, CancellationToken cancellationToken)
    {
        var reader = await TakeAsync(cancellationToken);
        try
        {
            // On the caller's thread: a row that the operating system caches takes less time than changing threads.
            return read(reader, argument);
        }
        catch (SqliteException e)
        {
            throw new SqliteStorageException($"The grain storage {_database.Path} could not be read: {e.Message.TrimEnd('.')}. Check its disk, and its file with SQLite's integrity_check.", e);
        }
        finally
        {
            _idle.Writer.TryWrite(reader);
        }
    }

    /// <summary>Waits for reads that run and closes every connection.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _size; i++)
            (await _idle.Reader.ReadAsync(cancellationToken)).Dispose();
        _idle.Writer.Complete();
    }

    private async ValueTask<SqliteStateReader> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _idle.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new SqliteStorageException($"The grain storage {_database.Path} is closed: the silo is stopping.");
        }
    }
}

/// <summary>A stored state as read.</summary>
internal sealed record StoredState(GrainStateETag ETag, int Format, byte[] Payload);

/// <summary>One reading connection with its prepared statements, used by one reader at a time.</summary>
internal sealed class SqliteStateReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _list;

    public SqliteStateReader(SqliteConnection connection)
    {
        _connection = connection;
        _read = connection.CreateCommand();
        _read.CommandText = "SELECT id, version, format, payload FROM grain_state WHERE state_name = $name AND grain_id = $grain";
        _read.Parameters.Add("$name", SqliteType.Text);
        _read.Parameters.Add("$grain", SqliteType.Text);
        _list = connection.CreateCommand();
        _list.CommandText = "SELECT grain_id, id, version FROM grain_state WHERE state_name = $name AND grain_id > $after AND expires_at IS NULL ORDER BY grain_id LIMIT $limit";
        _list.Parameters.Add("$name", SqliteType.Text);
        _list.Parameters.Add("$after", SqliteType.Text);
        _list.Parameters.Add("$limit", SqliteType.Integer);
    }

    public StoredState? Read(string stateName, string grainId)
    {
        _read.Parameters[0].Value = stateName;
        _read.Parameters[1].Value = grainId;
        using var row = _read.ExecuteReader();
        return row.Read() ? new StoredState(new GrainStateETag(row.GetInt64(0), row.GetInt64(1)), row.GetInt32(2), row.GetFieldValue<byte[]>(3)) : null;
    }

    /// <summary>The next grains in order of their ids. A page at a time, because an open read keeps the write-ahead log from being reused.</summary>
    public List<(string GrainId, GrainStateETag ETag)> List(string stateName, string after, int limit)
    {
        _list.Parameters[0].Value = stateName;
        _list.Parameters[1].Value = after;
        _list.Parameters[2].Value = limit;
        var page = new List<(string, GrainStateETag)>(limit);
        using var row = _list.ExecuteReader();
        while (row.Read())
            page.Add((row.GetString(0), new GrainStateETag(row.GetInt64(1), row.GetInt64(2))));
        return page;
    }

    public void Dispose()
    {
        _read.Dispose();
        _list.Dispose();
        _connection.Dispose();
    }
}
