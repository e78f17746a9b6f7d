using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

public sealed class TicketJournalGrainTests
{
    [Fact]
    public async Task Calls_ThroughASilo_FindTheJournalAndItsExceptions()
    {
        await using var queues = await QueueCell.StartAsync();
        var cell = queues.Cell;
        var journal = cell.Grains.GetGrain<ITicketJournalGrain>(QueueCell.Queue);

        var opening = await cell.Wait(journal.Open());
        await cell.Wait(Done(journal.Append(opening.Epoch, opening.Next, JournalSegments.Whole())));
        var later = await cell.Wait(journal.Open());
        var segments = await cell.Wait(journal.Read(later.Epoch, later.First));

        Assert.Equivalent(JournalSegments.Whole(), Assert.Single(segments).Segment, strict: true);
        await Assert.ThrowsAsync<JournalClosedException>(() => cell.Wait(Done(journal.Append(opening.Epoch, opening.Next + 1, JournalSegments.Whole()))));
        await Assert.ThrowsAsync<SegmentTooLargeException>(() => cell.Wait(Done(journal.Append(later.Epoch, later.Next, JournalSegments.Named("large", 400_000)))));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => cell.Wait(Done(journal.Append(later.Epoch, later.Next + 1, JournalSegments.Whole()))));
        await cell.Wait(Done(journal.Trim(later.Epoch, later.Next)));
        Assert.Empty(await cell.Wait(journal.Read(later.Epoch, 0)));
        Assert.Contains("'casual'", (await Assert.ThrowsAnyAsync<Exception>(() => cell.Wait(cell.Grains.GetGrain<ITicketJournalGrain>("casual").Open()))).Message, StringComparison.Ordinal);
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }
}
