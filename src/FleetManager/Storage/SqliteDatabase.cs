using System.Globalization;
using Microsoft.Data.Sqlite;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Opens connections to the storage's file, creates its tables in an empty file and refuses a file of another schema.</summary>
internal sealed class SqliteDatabase(string path, TimeSpan busyTimeout)
{
    public const long SchemaVersion = 1;

    // grain_state keeps its row number so that an index of ids stays small beside large states. AUTOINCREMENT: see GrainStateETag.
    private const string CreateSchema = """
        CREATE TABLE schema_version (version INTEGER NOT NULL);
        CREATE TABLE grain_state (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          version INTEGER NOT NULL,
          state_name TEXT NOT NULL,
          grain_id TEXT NOT NULL,
          format INTEGER NOT NULL,
          expires_at INTEGER,
          payload BLOB NOT NULL
        );
        CREATE UNIQUE INDEX grain_state_key ON grain_state (state_name, grain_id);
        CREATE INDEX grain_state_expiry ON grain_state (expires_at) WHERE expires_at IS NOT NULL;
        """;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Opens the one connection that writes; creates or checks the schema.</summary>
    public SqliteConnection OpenWriter()
    {
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            connection = Open();
            var mode = Scalar(connection, "PRAGMA journal_mode = WAL") as string;
            if (mode != "wal")
                throw CannotOpen($"its file system does not support SQLite's write-ahead log (the journal mode stays '{mode}')", "Use a local disk.");
            Execute(connection, "PRAGMA synchronous = FULL");
            CreateOrCheckSchema(connection);
            return connection;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw CannotOpen(Reason(e), Advice(e), e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that only reads.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Open();
        Execute(connection, "PRAGMA query_only = ON");
        return connection;
    }

    private SqliteConnection Open()
    {
        // The connections are kept by their owners. The command timeout is the client's own wait after SQLite's; SQLite's is finer.
        var settings = new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 1 };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CreateOrCheckSchema(SqliteConnection connection)
    {
        // Immediate: of two processes that meet an empty file, one creates the tables and the other waits and checks them.
        Execute(connection, "BEGIN IMMEDIATE");
        var tables = (long)Scalar(connection, "SELECT count(*) FROM sqlite_master")!;
        if (tables == 0)
        {
            Execute(connection, CreateSchema);
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO schema_version VALUES ({SchemaVersion})"));
        }
        else
        {
            CheckSchema(connection);
        }

        Execute(connection, "COMMIT");
    }

    private void CheckSchema(SqliteConnection connection)
    {
        if ((long)Scalar(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'")! == 0)
            throw CannotOpen("it is a database of another program (it has tables but no table schema_version)", "Give a path of its own.");
        var version = Scalar(connection, "SELECT max(version) FROM schema_version");
        if (version is not SchemaVersion)
            throw CannotOpen(
                $"its schema is version {version} and this program needs version {SchemaVersion}",
                "Nothing was changed in it. Run the program version that wrote it, or give the path of a new file.");
    }

    private OrleansConfigurationException CannotOpen(string reason, string advice, Exception? inner = null)
    {
        var message = $"The grain storage {Path} ({SqliteStorageOptions.SectionName}:{nameof(SqliteStorageOptions.Path)}) cannot be opened: {reason}. {advice}";
        return inner is null ? new OrleansConfigurationException(message) : new OrleansConfigurationException(message, inner);
    }

    private string Reason(Exception e) => e is SqliteException && Directory.Exists(Path) ? "it is a folder" : e.Message.TrimEnd('.');

    private static string Advice(Exception e) => (e as SqliteException)?.SqliteErrorCode switch
    {
        SqliteErrors.NotADatabase or SqliteErrors.Corrupt => "The file is no intact SQLite database and is left as it is: restore it from a copy, or give the path of a new file.",
        SqliteErrors.Busy or SqliteErrors.Locked => "Another process holds it: stop that process, or give each process a path of its own.",
        SqliteErrors.Full => "Free space on its disk.",
        _ => "Check that its folder exists or can be created, that this user may write there and that the path names a file.",
    };

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant or a number.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant or a number.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
