using System.Text.Json;
using FleetSystem.FleetManager.Auditing;
using FleetSystem.FleetManager.Matchmaking;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

public sealed class RuleSetGrainTests : IAsyncLifetime
{
    private QueueCell _queues = null!;

    private TestCell Cell => _queues.Cell;

    private IRuleSetGrain Grain => Cell.Grains.GetGrain<IRuleSetGrain>(QueueCell.Queue);

    public async ValueTask InitializeAsync() => _queues = await QueueCell.StartAsync();

    public ValueTask DisposeAsync() => _queues.DisposeAsync();

    [Fact]
    public async Task GetSince_NobodySetOne_IsTheConfigurationsAndNothingToWhoHasIt()
    {
        var version = await Cell.Wait(Grain.GetSince(""));

        Assert.Equal((QueueCell.Configured, null, null), (version!.Text, version.By, version.Since));
        Assert.Null(await Cell.Wait(Grain.GetSince(version.Version)));
    }

    [Fact]
    public async Task Set_GoodRuleSet_HoldsAndIsAuditedInOneWriteAndOutlivesARestart()
    {
        var writes = 0;
        Cell.Store.OnWrite = (state, _) =>
        {
            if (state == RuleSetState.Name) Interlocked.Increment(ref writes);
            return Task.FromResult(WriteFault.None);
        };
        var wider = QueueCell.RuleSet(2, "넓은");

        var reply = await Cell.Wait(Grain.Set(wider, "ada", "more room"));
        await Cell.KillAsync();
        await Cell.StartAsync();

        Assert.Empty(reply.Faults);
        Assert.Equal(1, writes);
        var now = await Cell.Wait(Grain.GetSince(""));
        Assert.Equal((wider, "ada", reply.Now.Version), (now!.Text, now.By, now.Version));
        var entry = Assert.Single((await Cell.Wait(Grain.ReadAudit(long.MaxValue, 10))).Entries);
        Assert.Equal((AuditKind.RuleSet, QueueCell.Queue, "ada", "more room"), (entry.Kind, entry.Subject, entry.By, entry.Reason));
        Assert.Equal(now.Version, JsonDocument.Parse(entry.After).RootElement.GetProperty("version").GetString());
        Assert.True(JsonDocument.Parse(entry.Before!).RootElement.GetProperty("isConfigured").GetBoolean());
    }

    [Theory]
    [InlineData("""{ "ruleLanguageVersion": "1.0" }""", "$")]
    [InlineData("""{ "ruleLanguageVersion": "1.0", "teams": [{ "name": "all", "minPlayers": 1, "maxPlayers": 2 }], "rules": [{ "name": "R", "type": "distanc" }] }""", "$.rules[0]")]
    [InlineData("no JSON", "$")]
    public async Task Set_FaultyRuleSet_TellsWhereAndChangesNothing(string text, string path)
    {
        var reply = await Cell.Wait(Grain.Set(text, "ada", "a try"));

        Assert.Contains(reply.Faults, fault => fault.Path.StartsWith(path, StringComparison.Ordinal));
        Assert.Equal(QueueCell.Configured, reply.Now.Text);
        Assert.Equal(QueueCell.Configured, (await Cell.Wait(Grain.GetSince("")))!.Text);
        Assert.Empty((await Cell.Wait(Grain.ReadAudit(long.MaxValue, 10))).Entries);
    }

    [Fact]
    public async Task Set_MoreThanTheStoreTakes_TellsSoAndChangesNothing()
    {
        var random = new Random(3);
        var noise = new string([.. Enumerable.Range(0, 600_000).Select(_ => (char)random.Next('a', 'z' + 1))]);

        var reply = await Cell.Wait(Grain.Set($$"""{ /* {{noise}} */ {{QueueCell.RuleSet(1)[1..]}}""", "ada", "r"));

        Assert.Contains("compressed", Assert.Single(reply.Faults).Message, StringComparison.Ordinal);
        Assert.Equal(QueueCell.Configured, (await Cell.Wait(Grain.GetSince("")))!.Text);
    }

    [Theory]
    [InlineData("NotStored")]
    [InlineData("Stored")]
    public async Task Set_StoreFails_HoldsWhatIsStored(string outcome)
    {
        var fault = Enum.Parse<WriteFault>(outcome);
        Cell.Store.OnWrite = (state, _) => Task.FromResult(state == RuleSetState.Name ? fault : WriteFault.None);
        await Assert.ThrowsAsync<QueueUnavailableException>(() => Cell.Wait(Grain.Set(QueueCell.RuleSet(2), "ada", "r")));
        Cell.Store.OnWrite = (_, _) => Task.FromResult(WriteFault.None);

        var now = await Cell.Wait(Grain.GetSince(""));

        Assert.Equal(fault == WriteFault.Stored ? QueueCell.RuleSet(2) : QueueCell.Configured, now!.Text);
        Assert.Equal(fault == WriteFault.Stored ? 1 : 0, (await Cell.Wait(Grain.ReadAudit(long.MaxValue, 10))).Entries.Count);
    }

    [Fact]
    public async Task Reset_AfterManyChanges_IsTheConfigurationsAndTheLogHasAllOfThem()
    {
        const int Changes = (2 * AuditLog.PageEntries) + 10;
        for (var change = 0; change < Changes; change++) await Cell.Wait(Grain.Set(QueueCell.RuleSet(2, $"{change}"), "ada", "again"));

        var reply = await Cell.Wait(Grain.Reset("bob", "enough"));

        Assert.Equal((QueueCell.Configured, null), (reply.Now.Text, reply.Now.By));
        Assert.Equal(QueueCell.Configured, (await Cell.Wait(Grain.GetSince("")))!.Text);
        var log = await Cell.Wait(Grain.ReadAudit(long.MaxValue, 1_000));
        Assert.Equal(Enumerable.Range(1, Changes + 1).Reverse().Select(number => (long)number), log.Entries.Select(entry => entry.Sequence));
        Assert.Equal("bob", log.Entries[0].By);
    }
}
