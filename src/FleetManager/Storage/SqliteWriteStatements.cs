using Microsoft.Data.Sqlite;

namespace FleetSystem.FleetManager.Storage;

/// <summary>The writer's prepared statements. Used by one thread, inside a transaction that the writer holds.</summary>
internal sealed class SqliteWriteStatements : IDisposable
{
    private readonly SqliteCommand _begin, _commit, _rollback, _insert, _update, _delete, _find, _sweep;

    public SqliteWriteStatements(SqliteConnection connection)
    {
        _begin = Prepare(connection, "BEGIN IMMEDIATE");
        _commit = Prepare(connection, "COMMIT");
        _rollback = Prepare(connection, "ROLLBACK");
        _insert = Prepare(
            connection,
            "INSERT INTO grain_state (version, state_name, grain_id, format, expires_at, payload) VALUES (1, $name, $grain, $format, $expires, $payload) ON CONFLICT DO NOTHING RETURNING id",
            "$name", "$grain", "$format", "$expires", "$payload");
        _update = Prepare(
            connection,
            "UPDATE grain_state SET version = version + 1, format = $format, expires_at = $expires, payload = $payload WHERE id = $id AND version = $version AND state_name = $name AND grain_id = $grain",
            "$format", "$expires", "$payload", "$id", "$version", "$name", "$grain");
        _delete = Prepare(
            connection,
            "DELETE FROM grain_state WHERE id = $id AND version = $version AND state_name = $name AND grain_id = $grain",
            "$id", "$version", "$name", "$grain");
        _find = Prepare(connection, "SELECT id, version FROM grain_state WHERE state_name = $name AND grain_id = $grain", "$name", "$grain");
        _sweep = Prepare(
            connection,
            "DELETE FROM grain_state WHERE id IN (SELECT id FROM grain_state WHERE expires_at IS NOT NULL AND expires_at <= $now ORDER BY expires_at LIMIT $limit)",
            "$now", "$limit");
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    public void Rollback() => _rollback.ExecuteNonQuery();

    /// <summary>Inserts a state that must not exist yet; null when it exists.</summary>
    public GrainStateETag? Insert(in GrainStateRow row)
    {
        Bind(_insert, row.StateName, row.GrainId, (long)GrainStateJson.Format, row.ExpiresAt ?? (object)DBNull.Value, row.Payload);
        return _insert.ExecuteScalar() is long id ? new GrainStateETag(id, 1) : null;
    }

    /// <summary>Replaces the state that has this ETag; null when there is none.</summary>
    public GrainStateETag? Update(in GrainStateRow row, GrainStateETag expected)
    {
        Bind(_update, (long)GrainStateJson.Format, row.ExpiresAt ?? (object)DBNull.Value, row.Payload, expected.Row, expected.Version, row.StateName, row.GrainId);
        return _update.ExecuteNonQuery() == 1 ? expected with { Version = expected.Version + 1 } : null;
    }

    /// <summary>Deletes the state that has this ETag; false when there is none.</summary>
    public bool Delete(string stateName, string grainId, GrainStateETag expected)
    {
        Bind(_delete, expected.Row, expected.Version, stateName, grainId);
        return _delete.ExecuteNonQuery() == 1;
    }

    public GrainStateETag? Find(string stateName, string grainId)
    {
        Bind(_find, stateName, grainId);
        using var reader = _find.ExecuteReader();
        return reader.Read() ? new GrainStateETag(reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    /// <summary>Deletes states that expired by then, the oldest first, and returns how many.</summary>
    public int Sweep(long nowMilliseconds, int limit)
    {
        Bind(_sweep, nowMilliseconds, (long)limit);
        return _sweep.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_begin, _commit, _rollback, _insert, _update, _delete, _find, _sweep])
            command.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        return command;
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }
}
