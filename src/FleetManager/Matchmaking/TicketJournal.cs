using System.Collections.Concurrent;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Matchmaking;

/// <summary>
/// A queue's journal over the grain storage. One call at a time. Several may be at work on the same rows, in silos that do not know of each other: every step is a
/// conditional write, and the folder's README says why a stale one can acknowledge nothing and leave nothing behind that counts.
/// </summary>
internal sealed partial class TicketJournal(string queue, IGrainStorage storage, JournalMetrics metrics, ILogger<TicketJournal> log)
{
    /// <summary>Most segments of an answer.</summary>
    public const int MaxReadSegments = 32;

    /// <summary>Bytes of segments after which an answer takes no more.</summary>
    public const int MaxReadBytes = 1_000_000;

    /// <summary>Most rows that one call deletes.</summary>
    public const int MaxDropsPerTrim = 64;

    // Rows that the store works on at once.
    private const int ReadsAtOnce = 4;
    private const int DropsAtOnce = 16;

    // Each attempt that finds the place taken means that the writer before was alive a moment ago, and it can take only as many as it has calls under way.
    private const int MaxFenceAttempts = 100;

    private readonly GrainId _indexId = GrainId.Create("ticketjournal", queue);

    // Of the rows that this one has seen, so that deleting them costs no read.
    private readonly ConcurrentDictionary<long, string> _tags = [];

    // Null when it is not known what the store holds: before the first call, and after a failure.
    private StoredRow<TicketJournalState>? _index;
    private long _next;

    public async Task<JournalOpening> OpenAsync()
    {
        Forget();
        try
        {
            // From here on nobody opened before gets anything acknowledged, for each looks at the epoch after its write.
            var index = await ReadIndexAsync();
            index.State.Epoch++;
            await WriteIndexAsync(index);

            // What earlier epochs have written is decided now: the first free number is taken, so that nothing on its way can land there or behind.
            var tail = await FenceAsync(index.State, await FindTailAsync(index.State));
            (index.State.Begin, index.State.BeginEpoch) = (tail + 1, index.State.Epoch);
            await WriteIndexAsync(index);
            (_index, _next) = (index, index.State.Begin);
            LogOpened(log, queue, index.State.Epoch, index.State.First, _next);
            return new JournalOpening(index.State.Epoch, index.State.First, _next);
        }
        catch
        {
            Forget();
            throw;
        }
    }

    public async Task<IReadOnlyList<NumberedSegment>> ReadAsync(long epoch, long from)
    {
        var index = await EnterAsync(epoch);
        await CheckEpochAsync(epoch);
        var (found, bytes) = (new List<NumberedSegment>(), 0);
        var number = Math.Max(from, index.First);
        while (number < _next && found.Count < MaxReadSegments && bytes < MaxReadBytes)
        {
            var start = number;
            var count = (int)Math.Min(ReadsAtOnce, _next - start);
            foreach (var row in await Task.WhenAll(Enumerable.Range(0, count).Select(offset => ReadRowAsync(start + offset, new TicketSegmentState()))))
            {
                if (row.State.Segment is { } segment)
                {
                    found.Add(new NumberedSegment(number, segment));
                    bytes += SegmentSize.Of(segment);
                }

                number++;
            }
        }

        return found;
    }

    public async Task AppendAsync(long epoch, long number, TicketSegment segment)
    {
        var bytes = SegmentSize.Of(segment);
        if (bytes > SegmentSize.Most)
            throw new SegmentTooLargeException($"Segment {number} of queue '{queue}' has {bytes} bytes and the limit is {SegmentSize.Most}: nothing was stored. Divide it.");
        var index = await EnterAsync(epoch);
        if (number < Math.Max(Math.Max(index.Begin, index.First), _next - 1) || number > _next)
        {
            await CheckEpochAsync(epoch);
            throw new ArgumentOutOfRangeException(nameof(number), number, $"The next segment of queue '{queue}' is {_next}: one after the other, and the last may be written again.");
        }

        var started = metrics.Start();
        try
        {
            if (number == _next) await WriteSegmentAsync(number, epoch, segment);
            else await CheckSameAsync(number, segment);

            // Whoever opens the journal raises the epoch before it looks at the rows. So it is still this one: the opener will find this row. It is another: who knows.
            await CheckEpochAsync(epoch);
        }
        catch
        {
            Forget();
            throw;
        }

        _next = Math.Max(_next, number + 1);
        metrics.Appended(queue, started, bytes);
    }

    public async Task TrimAsync(long epoch, long before)
    {
        var index = await EnterAsync(epoch);
        if (before > _next)
        {
            await CheckEpochAsync(epoch);
            throw new ArgumentOutOfRangeException(nameof(before), before, $"The next segment of queue '{queue}' is {_next}: there is nothing to drop from there on.");
        }

        if (before > index.First)
        {
            // The index first: rows that it does not count any more may go at any time, and those that it counts are all there.
            try
            {
                index.First = before;
                await WriteIndexAsync(_index!);
            }
            catch
            {
                Forget();
                await CheckEpochAsync(epoch);
                throw;
            }
        }
        else
        {
            await CheckEpochAsync(epoch);
        }

        await DropAsync(index);
    }

    /// <summary>Writes a row of this epoch. What earlier epochs left from its beginning on counts for nothing and is written over.</summary>
    private async Task WriteSegmentAsync(long number, long epoch, TicketSegment segment)
    {
        var state = new TicketSegmentState { Epoch = epoch, Segment = segment };
        try
        {
            await WriteRowAsync(number, state, over: null);
        }
        catch (InconsistentStateException)
        {
            await CheckEpochAsync(epoch);
            var row = await ReadStampAsync(number);
            if (!row.RecordExists || row.State.Epoch >= epoch) throw;
            await WriteRowAsync(number, state, over: row.ETag);
        }
    }

    /// <summary>
    /// The last segment again: it is in the store. Rows never change, or else a call that somebody gave up, and that is served late by a silo cut off from the others,
    /// could put an older segment in the place of an acknowledged one.
    /// </summary>
    private async Task CheckSameAsync(long number, TicketSegment segment)
    {
        var stored = await ReadRowAsync(number, new TicketSegmentState());
        if (!GrainStateJson.Serialize(stored.State.Segment).AsSpan().SequenceEqual(GrainStateJson.Serialize(segment)))
            throw new ArgumentException($"Segment {number} of queue '{queue}' is in the store, and is another one: it was not replaced.", nameof(segment));
    }

    /// <summary>The first number that the epoch opened last has not written. Its rows follow each other without a gap, so that a few looks find it.</summary>
    private async Task<long> FindTailAsync(TicketJournalState index)
    {
        // Everything below is written, and nothing from 'free' on is.
        var written = Math.Max(index.First, index.Begin);
        var free = written;
        for (var step = 1L; await IsWrittenAsync(free); step *= 2) (written, free) = (free + 1, free + step);
        while (written < free)
        {
            var middle = written + (free - written) / 2;
            if (await IsWrittenAsync(middle)) written = middle + 1;
            else free = middle;
        }

        return free;

        async Task<bool> IsWrittenAsync(long number) => await ReadStampAsync(number) is { RecordExists: true, State.IsFence: false } row && row.State.Epoch == index.BeginEpoch;
    }

    /// <summary>Takes the first number that is free, so that no earlier epoch can write it, or anything after it.</summary>
    private async Task<long> FenceAsync(TicketJournalState index, long tail)
    {
        var fence = new TicketSegmentState { Epoch = index.Epoch, IsFence = true };
        string? over = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await WriteRowAsync(tail, fence, over);
                return tail;
            }
            catch (InconsistentStateException) when (attempt < MaxFenceAttempts)
            {
                // A segment that was on its way has landed, or the row is another opener's fence, which is taken over.
                var row = await ReadStampAsync(tail);
                if (row.State.Epoch > index.Epoch) throw;
                var hasLanded = row is { RecordExists: true, State.IsFence: false } && row.State.Epoch == index.BeginEpoch;
                (tail, over) = hasLanded ? (tail + 1, null) : (tail, row.ETag);
            }
        }
    }

    /// <summary>Deletes rows that do not count any more: some of them, the oldest first. What fails is tried again by the next call.</summary>
    private async Task DropAsync(TicketJournalState index)
    {
        for (var dropped = 0; index.Oldest < index.First && dropped < MaxDropsPerTrim; dropped += DropsAtOnce)
        {
            var count = (int)Math.Min(DropsAtOnce, index.First - index.Oldest);
            try
            {
                await Task.WhenAll(Enumerable.Range(0, count).Select(offset => DropRowAsync(index.Oldest + offset)));
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                LogNotDropped(log, fault, queue, index.Oldest);
                return;
            }

            // Stored with the next change of the index: until then a row that is gone is at worst looked for again.
            index.Oldest += count;
        }
    }

    private async Task DropRowAsync(long number)
    {
        // Forgotten before: when this fails, it is read again.
        var row = new StoredRow<SegmentStamp>(new SegmentStamp()) { RecordExists = true };
        if (_tags.TryRemove(number, out var tag)) row.ETag = tag;
        else row = await ReadStampAsync(number);
        if (row.RecordExists) await storage.ClearStateAsync(TicketSegmentState.Name, RowId(number), row);
        _tags.TryRemove(number, out _);
    }

    private async Task<TicketJournalState> EnterAsync(long epoch)
    {
        if (_index is null || _index.State.Epoch < epoch)
        {
            Forget();
            var index = await ReadIndexAsync();
            if (index.State.Epoch == epoch && index.State.BeginEpoch == epoch) (_next, _index) = (await FindTailAsync(index.State), index);
            else throw Closed(epoch, index.State.Epoch);
        }

        return _index.State.Epoch == epoch ? _index.State : throw Closed(epoch, _index.State.Epoch);
    }

    private async Task CheckEpochAsync(long epoch)
    {
        var now = (await ReadIndexAsync()).State.Epoch;
        if (now == epoch) return;
        Forget();
        throw Closed(epoch, now);
    }

    private JournalClosedException Closed(long epoch, long now) =>
        new($"The journal of queue '{queue}' was opened again since: epoch {epoch} is over, and {now} holds. Whoever has epoch {epoch} is no longer the queue.");

    private void Forget()
    {
        _index = null;
        _tags.Clear();
    }

    private async Task<StoredRow<TicketJournalState>> ReadIndexAsync()
    {
        var row = new StoredRow<TicketJournalState>(new TicketJournalState());
        await storage.ReadStateAsync(TicketJournalState.Name, _indexId, row);
        return row;
    }

    private Task WriteIndexAsync(StoredRow<TicketJournalState> index) => storage.WriteStateAsync(TicketJournalState.Name, _indexId, index);

    private async Task<StoredRow<T>> ReadRowAsync<T>(long number, T empty)
    {
        var row = new StoredRow<T>(empty);
        await storage.ReadStateAsync(TicketSegmentState.Name, RowId(number), row);
        if (row.ETag is { } tag) _tags[number] = tag;
        else _tags.TryRemove(number, out _);
        return row;
    }

    private Task<StoredRow<SegmentStamp>> ReadStampAsync(long number) => ReadRowAsync(number, new SegmentStamp());

    private async Task WriteRowAsync(long number, TicketSegmentState state, string? over)
    {
        var row = new StoredRow<TicketSegmentState>(state) { ETag = over, RecordExists = over is not null };
        await storage.WriteStateAsync(TicketSegmentState.Name, RowId(number), row);
        _tags[number] = row.ETag!;
    }

    private GrainId RowId(long number) => GrainId.Create("ticketsegment", FormattableString.Invariant($"{queue}/{number}"));

    [LoggerMessage(Level = LogLevel.Information, Message = "Journal of queue {QueueId} is open under epoch {Epoch}: segments from {First} on, next {Next}")]
    private static partial void LogOpened(ILogger logger, string queueId, long epoch, long first, long next);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Journal of queue {QueueId}: segments from {Oldest} on that nobody needs any more were not deleted; the next trim tries again")]
    private static partial void LogNotDropped(ILogger logger, Exception fault, string queueId, long oldest);
}
