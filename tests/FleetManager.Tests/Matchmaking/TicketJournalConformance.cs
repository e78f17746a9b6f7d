using FleetSystem.FleetManager.Matchmaking;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

/// <summary>What a journal must do over every grain storage.</summary>
public abstract class TicketJournalConformance : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<JournalMetrics>().BuildServiceProvider();
    private IGrainStorage _storage = null!;

    public async ValueTask InitializeAsync() => _storage = await OpenStorageAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IGrainStorage> OpenStorageAsync();

    [Fact]
    public async Task Append_WholeSegment_IsReadByTheNextOpener()
    {
        var journal = NewActivation();
        var opening = await journal.OpenAsync();
        var written = JournalSegments.Whole();
        await journal.AppendAsync(opening.Epoch, opening.Next, written);

        var (next, segments) = await ReopenAsync();

        var read = Assert.Single(segments);
        Assert.Equal(opening.Next, read.Number);
        Assert.Equivalent(written, read.Segment, strict: true);
        Assert.True(next.Next > read.Number);
    }

    [Fact]
    public async Task Append_SegmentOfTheLargestSize_IsTakenAndALargerRefused()
    {
        var journal = NewActivation();
        var opening = await journal.OpenAsync();
        var frame = SegmentSize.Of(JournalSegments.Named("large", 1)) - 1;

        await journal.AppendAsync(opening.Epoch, opening.Next, JournalSegments.Named("large", SegmentSize.Most - frame));
        await Assert.ThrowsAsync<SegmentTooLargeException>(() => journal.AppendAsync(opening.Epoch, opening.Next + 1, JournalSegments.Named("large", SegmentSize.Most - frame + 1)));

        Assert.Equal(["large"], await NamesAfterReopeningAsync());
    }

    [Fact]
    public async Task Append_SameAgain_ChangesNothingAndAnotherUnderItsNumberIsRefused()
    {
        var journal = NewActivation();
        var opening = await journal.OpenAsync();
        await journal.AppendAsync(opening.Epoch, opening.Next, JournalSegments.Named("a"));
        await journal.AppendAsync(opening.Epoch, opening.Next + 1, JournalSegments.Whole());

        foreach (var activation in new[] { journal, NewActivation() })
        {
            await activation.AppendAsync(opening.Epoch, opening.Next + 1, JournalSegments.Whole());
            await Assert.ThrowsAsync<ArgumentException>(() => activation.AppendAsync(opening.Epoch, opening.Next + 1, JournalSegments.Named("b")));
        }

        var segments = (await ReopenAsync()).Segments;
        Assert.Equal([opening.Next, opening.Next + 1], segments.Select(segment => segment.Number));
        Assert.Equivalent(JournalSegments.Whole(), segments[1].Segment, strict: true);
    }

    [Fact]
    public async Task Append_NumberThatIsNeitherNextNorLast_IsRefused()
    {
        var journal = NewActivation();
        var opening = await journal.OpenAsync();
        await journal.AppendAsync(opening.Epoch, opening.Next, JournalSegments.Named("a"));
        await journal.AppendAsync(opening.Epoch, opening.Next + 1, JournalSegments.Named("b"));

        foreach (var number in new[] { opening.Next - 1, opening.Next, opening.Next + 3 })
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => journal.AppendAsync(opening.Epoch, number, JournalSegments.Named("x")));

        Assert.Equal(["a", "b"], await NamesAfterReopeningAsync());
    }

    [Fact]
    public async Task Append_NewActivationWithoutOpening_GoesOn()
    {
        var opening = await NewActivation().OpenAsync();
        for (var i = 0; i < 20; i++) await NewActivation().AppendAsync(opening.Epoch, opening.Next + i, JournalSegments.Named($"{i}"));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), await NamesAfterReopeningAsync());
    }

    [Fact]
    public async Task EveryCall_OfAnEpochThatIsOver_IsClosedWhicheverActivationItReaches()
    {
        var first = NewActivation();
        var opening = await first.OpenAsync();
        await first.AppendAsync(opening.Epoch, opening.Next, JournalSegments.Named("a"));
        var second = NewActivation();
        var later = await second.OpenAsync();
        await second.AppendAsync(later.Epoch, later.Next, JournalSegments.Named("b"));

        foreach (var journal in new[] { first, second, NewActivation() })
        {
            await Assert.ThrowsAsync<JournalClosedException>(() => journal.AppendAsync(opening.Epoch, opening.Next + 1, JournalSegments.Named("ghost")));
            await Assert.ThrowsAsync<JournalClosedException>(() => journal.AppendAsync(opening.Epoch, opening.Next, JournalSegments.Named("ghost")));
            await Assert.ThrowsAsync<JournalClosedException>(() => journal.TrimAsync(opening.Epoch, opening.Next + 1));
            await Assert.ThrowsAsync<JournalClosedException>(() => journal.ReadAsync(opening.Epoch, 0));
        }

        await second.AppendAsync(later.Epoch, later.Next + 1, JournalSegments.Named("c"));
        Assert.Equal(["a", "b", "c"], await NamesAfterReopeningAsync());
    }

    [Fact]
    public async Task Read_ManyLargeSegments_ComeInBoundedAnswersAndAllOfThem()
    {
        var journal = NewActivation();
        var opening = await journal.OpenAsync();
        for (var i = 0; i < 80; i++) await journal.AppendAsync(opening.Epoch, opening.Next + i, JournalSegments.Named($"{i}", i < 10 ? 300_000 : 0));

        var (names, from) = (new List<string>(), opening.First);
        while (await journal.ReadAsync(opening.Epoch, from) is { Count: > 0 } answer)
        {
            Assert.InRange(answer.Count, 1, TicketJournal.MaxReadSegments + 3);
            Assert.InRange(answer.Sum(segment => SegmentSize.Of(segment.Segment)), 1, TicketJournal.MaxReadBytes + 3 * SegmentSize.Most);
            names.AddRange(answer.Select(segment => JournalSegments.NameOf(segment.Segment)));
            from = answer[^1].Number + 1;
        }

        Assert.Equal(Enumerable.Range(0, 80).Select(i => $"{i}"), names);
    }

    [Fact]
    public async Task Trim_FromTheFront_IsNeverReadAgainAndFreesTheRoomBitByBit()
    {
        var journal = NewActivation();
        var opening = await journal.OpenAsync();
        const int Count = TicketJournal.MaxDropsPerTrim + 40;
        for (var i = 0; i < Count; i++) await journal.AppendAsync(opening.Epoch, opening.Next + i, JournalSegments.Named($"{i}"));
        var last = opening.Next + Count - 1;

        await journal.TrimAsync(opening.Epoch, last);
        var left = await RowsAsync(last);

        Assert.Equal(["103"], (await journal.ReadAsync(opening.Epoch, 0)).Select(segment => JournalSegments.NameOf(segment.Segment)));
        Assert.InRange(left, 2, Count - TicketJournal.MaxDropsPerTrim + 2);

        // What the index was told last is what another activation begins with.
        var crashed = NewActivation();
        for (var calls = 0; calls < 2; calls++) await crashed.TrimAsync(opening.Epoch, last);
        Assert.Equal(1, await RowsAsync(last));
        Assert.Equal(["103"], await NamesAfterReopeningAsync());
        await Assert.ThrowsAsync<JournalClosedException>(() => crashed.TrimAsync(opening.Epoch, last));
    }

    [Fact]
    public async Task Trim_BeyondTheEnd_IsRefused()
    {
        var journal = NewActivation();
        var opening = await journal.OpenAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => journal.TrimAsync(opening.Epoch, opening.Next + 1));

        await journal.TrimAsync(opening.Epoch, opening.Next);
        await journal.AppendAsync(opening.Epoch, opening.Next, JournalSegments.Named("a"));
        Assert.Equal(["a"], await NamesAfterReopeningAsync());
    }

    private TicketJournal NewActivation() => new("arena", _storage, _services.GetRequiredService<JournalMetrics>(), NullLogger<TicketJournal>.Instance);

    private async Task<(JournalOpening Opening, IReadOnlyList<NumberedSegment> Segments)> ReopenAsync()
    {
        var journal = NewActivation();
        var opening = await journal.OpenAsync();
        return (opening, await journal.ReadAsync(opening.Epoch, opening.First));
    }

    private async Task<IEnumerable<string>> NamesAfterReopeningAsync() => (await ReopenAsync()).Segments.Select(segment => JournalSegments.NameOf(segment.Segment));

    private async Task<int> RowsAsync(long last)
    {
        var rows = 0;
        for (var number = 0L; number <= last; number++)
        {
            var row = new StoredRow<SegmentStamp>(new SegmentStamp());
            await _storage.ReadStateAsync(TicketSegmentState.Name, GrainId.Create("ticketsegment", $"arena/{number}"), row);
            if (row.RecordExists) rows++;
        }

        return rows;
    }
}
