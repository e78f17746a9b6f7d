using FleetSystem.Tests.DynamoDB;
using static FleetSystem.Clustering.Tests.MembershipCluster;

namespace FleetSystem.Clustering.Tests;

/// <summary>What Orleans asks of a membership table, case by case.</summary>
public sealed class MembershipTableTests(DynamoDBLocalFixture dynamo)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Initialize_ByManySilosAtOnce_MakesOneTableAndOneVersion()
    {
        await using var cluster = await StartAsync();
        var tables = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => cluster.OpenAsync()));

        foreach (var table in tables)
        {
            var data = await table.ReadAllAsync(Cancelled);
            Assert.Equal((0, "0"), (data.Version.Version, data.Version.VersionEtag));
            Assert.Empty(data.Members);
        }
    }

    [Fact]
    public async Task Initialize_Again_KeepsWhatIsThere()
    {
        await using var cluster = await StartAsync();
        var first = await cluster.OpenAsync();
        Assert.True(await InsertAsync(first, Entry(1)));

        var data = await (await cluster.OpenAsync()).ReadAllAsync(Cancelled);

        Assert.Equal(1, data.Version.Version);
        Assert.Single(data.Members);
    }

    [Fact]
    public async Task InsertRow_New_IsReadBackWithEveryMember()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        var entry = Entry(1, SiloStatus.Joining);
        entry.AddSuspector(Silo(2), entry.StartTime.AddSeconds(1));
        entry.AddSuspector(Silo(3), entry.StartTime.AddMilliseconds(2_345));

        Assert.True(await InsertAsync(table, entry));

        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal((1, "1"), (data.Version.Version, data.Version.VersionEtag));
        var (read, etag) = Assert.Single(data.Members);
        Assert.Equal("0", etag);
        AssertSame(entry, read);
    }

    [Fact]
    public async Task InsertRow_SiloThatIsThere_IsRefusedAndChangesNothing()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        await InsertAsync(table, Entry(1));
        var again = Entry(1);
        again.HostName = "other";

        Assert.False(await InsertAsync(table, again));

        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal(1, data.Version.Version);
        Assert.Equal("host", data.Members[0].Item1.HostName);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("no etag of this table")]
    public async Task InsertRow_AnotherVersionETag_IsRefusedAndChangesNothing(string etag)
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        await InsertAsync(table, Entry(1));

        Assert.False(await table.InsertRowAsync(Entry(2), new TableVersion(2, etag), Cancelled));

        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal((1, "1"), (data.Version.Version, data.Version.VersionEtag));
        Assert.Single(data.Members);
    }

    [Fact]
    public async Task UpdateRow_CurrentETags_ReplacesTheRowAndMovesBothETagsOn()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        var entry = Entry(1, SiloStatus.Joining);
        entry.AddSuspector(Silo(2), entry.StartTime);
        await InsertAsync(table, entry);
        var before = await table.ReadAllAsync(Cancelled);
        var changed = Entry(1, SiloStatus.Active, proxyPort: 0);
        changed.HostName = "";
        changed.IAmAliveTime = changed.StartTime.AddMinutes(5);

        Assert.True(await table.UpdateRowAsync(changed, before.Members[0].Item2, before.Version.Next(), Cancelled));

        // Also gone is what the new entry does not have: host name and suspicions.
        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal((2, "2"), (data.Version.Version, data.Version.VersionEtag));
        var (read, etag) = Assert.Single(data.Members);
        Assert.Equal("1", etag);
        AssertSame(changed, read);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("0", "0")]
    [InlineData("0", "2")]
    [InlineData("nonsense", "1")]
    [InlineData("0", "nonsense")]
    public async Task UpdateRow_AnotherETag_IsRefusedAndChangesNothing(string rowETag, string versionETag)
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        await InsertAsync(table, Entry(1, SiloStatus.Joining));

        Assert.False(await table.UpdateRowAsync(Entry(1, SiloStatus.Dead), rowETag, new TableVersion(2, versionETag), Cancelled));

        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal((1, "1"), (data.Version.Version, data.Version.VersionEtag));
        Assert.Equal((SiloStatus.Joining, "0"), (data.Members[0].Item1.Status, data.Members[0].Item2));
    }

    [Fact]
    public async Task UpdateRow_NoSuchSilo_IsRefusedAndCreatesNothing()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();

        Assert.False(await table.UpdateRowAsync(Entry(1), "0", (await table.ReadAllAsync(Cancelled)).Version.Next(), Cancelled));

        Assert.Empty((await table.ReadAllAsync(Cancelled)).Members);
    }

    [Fact]
    public async Task UpdateIAmAlive_Silo_ChangesItsTimeAlone()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        await InsertAsync(table, Entry(1));
        var before = await table.ReadAllAsync(Cancelled);
        var alive = Entry(1, SiloStatus.Dead);
        alive.IAmAliveTime = alive.StartTime.AddMinutes(1);

        await table.UpdateIAmAliveAsync(alive, Cancelled);

        var data = await table.ReadAllAsync(Cancelled);
        var expected = Entry(1);
        expected.IAmAliveTime = alive.IAmAliveTime;
        Assert.Equal((before.Version, before.Members[0].Item2), (data.Version, data.Members[0].Item2));
        AssertSame(expected, data.Members[0].Item1);

        // What was read before the sign of life can still be written.
        Assert.True(await table.UpdateRowAsync(Entry(1, SiloStatus.ShuttingDown), before.Members[0].Item2, before.Version.Next(), Cancelled));
    }

    [Fact]
    public async Task UpdateIAmAlive_NoSuchSilo_CreatesNothing()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => table.UpdateIAmAliveAsync(Entry(1), Cancelled));

        Assert.Empty((await table.ReadAllAsync(Cancelled)).Members);
    }

    [Fact]
    public async Task ReadRow_OneOfMany_GivesItWithTheVersion()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        for (var number = 1; number <= 3; number++) await InsertAsync(table, Entry(number));

        var data = await table.ReadRowAsync(Silo(2), Cancelled);

        Assert.Equal((3, "3"), (data.Version.Version, data.Version.VersionEtag));
        AssertSame(Entry(2), Assert.Single(data.Members).Item1);
    }

    [Fact]
    public async Task ReadRow_NoSuchSilo_GivesTheVersionAlone()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        await InsertAsync(table, Entry(1));

        var data = await table.ReadRowAsync(Silo(2), Cancelled);

        Assert.Equal(1, data.Version.Version);
        Assert.Empty(data.Members);
    }

    [Fact]
    public async Task ReadAll_MoreThanAPage_GivesEveryRow()
    {
        // DynamoDB ends a page at 1 MB.
        const int Rows = 140;
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        for (var number = 1; number <= Rows; number++)
        {
            var entry = Entry(number);
            entry.HostName = new string('h', 10_000);
            Assert.True(await table.InsertRowAsync(entry, new TableVersion(number, $"{number - 1}"), Cancelled));
        }

        var data = await table.ReadAllAsync(Cancelled);

        Assert.Equal(Rows, data.Version.Version);
        Assert.Equal(Rows, data.Members.Select(member => member.Item1.SiloAddress).Distinct().Count());
    }

    [Fact]
    public async Task Write_TwoSilosWithTheSameVersion_OneWins()
    {
        await using var cluster = await StartAsync();
        var (first, second) = (await cluster.OpenAsync(), await cluster.OpenAsync());

        for (var round = 1; round <= 20; round++)
        {
            var version = (await first.ReadAllAsync(Cancelled)).Version.Next();
            var won = await Task.WhenAll(first.InsertRowAsync(Entry(2 * round), version, Cancelled), second.InsertRowAsync(Entry((2 * round) + 1), version, Cancelled));
            Assert.Single(won, outcome => outcome);
            Assert.Equal(round, (await second.ReadAllAsync(Cancelled)).Version.Version);
        }
    }

    [Fact]
    public async Task Write_ManySilosWithRepetition_EachWriteMovesTheVersionByOne()
    {
        const int Silos = 4, Updates = 5;
        await using var cluster = await StartAsync();
        var watched = await cluster.OpenAsync();
        using var done = new CancellationTokenSource();
        var watching = WatchAsync(watched, done.Token);

        await Task.WhenAll(Enumerable.Range(1, Silos).Select(async number =>
        {
            var table = await cluster.OpenAsync();
            while (!await InsertAsync(table, Entry(number, SiloStatus.Joining))) Cancelled.ThrowIfCancellationRequested();
            for (var update = 0; update < Updates;)
            {
                var data = await table.ReadRowAsync(Silo(number), Cancelled);
                if (await table.UpdateRowAsync(data.Members[0].Item1, data.Members[0].Item2, data.Version.Next(), Cancelled)) update++;
                Cancelled.ThrowIfCancellationRequested();
            }
        }));
        await done.CancelAsync();
        await watching;

        var last = await watched.ReadAllAsync(Cancelled);
        Assert.Equal(Silos * (Updates + 1), last.Version.Version);
        Assert.All(last.Members, member => Assert.Equal($"{Updates}", member.Item2));

        // No reader may see a version together with rows of another: the writes so far are the version.
        static async Task WatchAsync(IMembershipTable table, CancellationToken done)
        {
            while (!done.IsCancellationRequested)
            {
                var data = await table.ReadAllAsync(Cancelled);
                Assert.Equal(data.Version.Version, data.Members.Sum(member => int.Parse(member.Item2, System.Globalization.CultureInfo.InvariantCulture) + 1));
            }
        }
    }

    [Fact]
    public async Task Clusters_InOneTable_AreApart()
    {
        var name = dynamo.NewTableName();
        await using var blue = new MembershipCluster(await dynamo.EndpointAsync(), name, "blue");
        await using var green = new MembershipCluster(await dynamo.EndpointAsync(), name, "green");
        var (blueTable, greenTable) = (await blue.OpenAsync(), await green.OpenAsync());
        await InsertAsync(blueTable, Entry(1));
        await InsertAsync(greenTable, Entry(1));
        await InsertAsync(greenTable, Entry(2));

        Assert.Equal(1, (await blueTable.ReadAllAsync(Cancelled)).Version.Version);
        await blueTable.DeleteMembershipTableEntriesAsync("blue", Cancelled);

        Assert.Equal(2, (await greenTable.ReadAllAsync(Cancelled)).Members.Count);
        Assert.Empty((await blueTable.ReadRowAsync(Silo(1), Cancelled)).Members);
    }

    [Fact]
    public async Task CleanupDefunctSiloEntries_Limit_DeletesTheDeadThatAreOlder()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        var limit = Entry(0).StartTime.AddHours(1);
        await InsertAsync(table, Entry(1, SiloStatus.Dead));
        await InsertAsync(table, Entry(2, SiloStatus.Active));
        await InsertAsync(table, Entry(3, SiloStatus.ShuttingDown));
        var later = Entry(4, SiloStatus.Dead);
        later.IAmAliveTime = limit;
        await InsertAsync(table, later);
        var declaredLately = Entry(5, SiloStatus.Dead);
        declaredLately.AddSuspector(Silo(2), limit.AddMinutes(1));
        await InsertAsync(table, declaredLately);

        await table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(limit, TimeSpan.Zero), Cancelled);

        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal([2, 3, 4, 5], data.Members.Select(member => member.Item1.SiloAddress.Endpoint.Port - 11_000).Order());
        Assert.Equal(5, data.Version.Version);
    }

    [Fact]
    public async Task DeleteMembershipTableEntries_MoreThanABatch_DeletesAll()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        for (var number = 1; number <= 60; number++) Assert.True(await table.InsertRowAsync(Entry(number), new TableVersion(number, $"{number - 1}"), Cancelled));

        await table.DeleteMembershipTableEntriesAsync("cluster", Cancelled);
        await table.InitializeMembershipTableAsync(true, Cancelled);

        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal(0, data.Version.Version);
        Assert.Empty(data.Members);
    }

    [Fact]
    public async Task GetGateways_SilosOfEveryKind_GivesTheActiveOnesWithAGateway()
    {
        await using var cluster = await StartAsync();
        var table = await cluster.OpenAsync();
        await InsertAsync(table, Entry(1, proxyPort: 30001));
        await InsertAsync(table, Entry(2, proxyPort: 0));
        await InsertAsync(table, Entry(3, SiloStatus.Dead, proxyPort: 30003));
        await InsertAsync(table, Entry(4, SiloStatus.Joining, proxyPort: 30004));
        await InsertAsync(table, Entry(5, proxyPort: 30005));

        var gateways = await cluster.GatewaysAsync();

        Assert.Equal([new Uri("gwy.tcp://127.0.0.1:30001/152345678"), new Uri("gwy.tcp://127.0.0.1:30005/152345678")], gateways.OrderBy(uri => uri.Port));
    }

    private static void AssertSame(MembershipEntry expected, MembershipEntry actual)
    {
        Assert.Equal(
            (expected.SiloAddress, expected.HostName ?? "", expected.SiloName, expected.Status, expected.ProxyPort, expected.StartTime, expected.IAmAliveTime),
            (actual.SiloAddress, actual.HostName ?? "", actual.SiloName, actual.Status, actual.ProxyPort, actual.StartTime, actual.IAmAliveTime));
        Assert.Equal(expected.SuspectTimes ?? [], actual.SuspectTimes ?? []);
    }

    private async Task<MembershipCluster> StartAsync([System.Runtime.CompilerServices.CallerMemberName] string test = "") => new(await dynamo.EndpointAsync(), dynamo.NewTableName(test));
}
