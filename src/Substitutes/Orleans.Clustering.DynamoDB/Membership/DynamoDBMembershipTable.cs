using System.Globalization;
using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using static Orleans.Clustering.DynamoDB.MembershipSchema;

namespace Orleans.Clustering.DynamoDB;

/// <summary>The cluster's membership in a DynamoDB table that silos on the official package can share.</summary>
internal sealed partial class DynamoDBMembershipTable(
    IOptions<DynamoDBClusteringOptions> options, IOptions<ClusterOptions> cluster, TimeProvider time, ILogger<DynamoDBMembershipTable> log) : IMembershipTable, IDisposable
{
    // Each repetition means that somebody wrote in between; so many in a row mean that something else is wrong.
    private const int ReadAttempts = 16;

    private readonly string _clusterId = cluster.Value.ClusterId;
    private readonly MembershipStore _store = new(
        DynamoDBClients.Create(options.Value),
        new(options.Value.TableName, options.Value.CreateIfNotExists, options.Value.UseProvisionedThroughput, options.Value.ReadCapacityUnits, options.Value.WriteCapacityUnits),
        time);

    public void Dispose() => _store.Dispose();

    public Task InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, CancellationToken.None);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    public async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken)
    {
        await _store.OpenAsync(cancellationToken);
        if (tryInitTableVersion) await _store.EnsureVersionAsync(_clusterId, cancellationToken);
    }

    public async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        await _store.DeleteAsync(await _store.QueryAsync(clusterId, cancellationToken), cancellationToken);

    public async Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken)
    {
        var rows = await _store.QueryAsync(_clusterId, cancellationToken);

        // Dead is a silo's last status: no condition is needed that it still holds.
        var defunct = rows.Where(row => row[SiloIdentity].S != VersionRow
            && NumberOf(row, StatusAttribute) == (int)SiloStatus.Dead
            && TryRead(row) is { } entry && SiloRow.LastSignOf(entry) < beforeDate.UtcDateTime);
        await _store.DeleteAsync(defunct, cancellationToken);
    }

    public async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken)
    {
        var (silo, version) = await _store.ReadAsync(_clusterId, key, cancellationToken);
        return DataOf(silo is null ? [] : [silo], version);
    }

    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < ReadAttempts; attempt++)
        {
            var version = await _store.ReadVersionAsync(_clusterId, cancellationToken)
                ?? throw new KeyNotFoundException($"The membership table '{options.Value.TableName}' has no version row for cluster '{_clusterId}'.");
            var rows = await _store.QueryAsync(_clusterId, cancellationToken);

            // The version row is among them, so a write between any two pages shows.
            if (rows.All(row => NumberOf(row, VersionAttribute) <= NumberOf(version, VersionAttribute)))
                return DataOf(rows.Where(row => row[SiloIdentity].S != VersionRow), version);
            LogReadAgain(log, options.Value.TableName);
        }

        throw new OrleansException($"The membership table '{options.Value.TableName}' changed during each of {ReadAttempts} reads.");
    }

    public async Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        TryParse(tableVersion.VersionEtag, out var versionETag)
        && await _store.TryInsertAsync(_clusterId, entry, tableVersion.Version, versionETag, cancellationToken);

    public async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        TryParse(etag, out var rowETag)
        && TryParse(tableVersion.VersionEtag, out var versionETag)
        && await _store.TryUpdateAsync(_clusterId, entry, rowETag, tableVersion.Version, versionETag, cancellationToken);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) => _store.UpdateIAmAliveAsync(_clusterId, entry, cancellationToken);

    private MembershipTableData DataOf(IEnumerable<Dictionary<string, AttributeValue>> silos, Dictionary<string, AttributeValue>? version)
    {
        var entries = new List<Tuple<MembershipEntry, string>>();
        foreach (var row in silos)
        {
            if (TryRead(row) is { } entry) entries.Add(Tuple.Create(entry, Text(NumberOf(row, ETag))));
        }

        return new MembershipTableData(entries, version is null ? new TableVersion(0, "0") : new TableVersion(NumberOf(version, VersionAttribute), Text(NumberOf(version, ETag))));
    }

    /// <summary>Null for a row that cannot be read: one broken row must not keep every silo out.</summary>
    private MembershipEntry? TryRead(Dictionary<string, AttributeValue> row)
    {
        try
        {
            return SiloRow.Read(row);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            LogUnreadable(log, row[SiloIdentity].S, options.Value.TableName, fault);
            return null;
        }
    }

    private static bool TryParse(string? etag, out int number) => int.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Membership table {Table} changed while it was read; reading again")]
    private static partial void LogReadAgain(ILogger logger, string table);

    [LoggerMessage(Level = LogLevel.Error, Message = "Row {SiloIdentity} of membership table {Table} cannot be read and is left out")]
    private static partial void LogUnreadable(ILogger logger, string siloIdentity, string table, Exception fault);
}
