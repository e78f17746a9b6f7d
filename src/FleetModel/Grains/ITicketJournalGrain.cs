using FleetSystem.FleetModel.Matching.Queues;

namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// A queue's journal: the truth of its tickets. Its key is the queue's id. Segments are numbered by the queue, one after the other, and dropped from the front. Who
/// opens it shuts out whoever opened it before: a queue that was given up while it still runs can write nothing more. Any other exception than those named here
/// says that the store does not work for now, and that the outcome is not known: the same call again settles it.
/// </summary>
[Alias("fleet.ITicketJournalGrain")]
public interface ITicketJournalGrain : IGrainWithStringKey
{
    /// <summary>Opens it under a new epoch. It is in the store before this returns.</summary>
    [Alias("Open")]
    Task<JournalOpening> Open();

    /// <summary>
    /// Segments from a number on, in their order: as many as fit an answer; none when there is none from there on. The next call asks from the last one's number plus one.
    /// </summary>
    /// <exception cref="JournalClosedException">Another has opened it since.</exception>
    [Alias("Read")]
    Task<IReadOnlyList<NumberedSegment>> Read(long epoch, long from);

    /// <summary>
    /// Stores a segment; it is in the store when this returns. Numbers go up by one, from <see cref="JournalOpening.Next"/> on; a segment is asked to be stored once the one
    /// before it is. A write whose outcome is not known is made again: the same number with the same segment.
    /// </summary>
    /// <exception cref="JournalClosedException">Another has opened it since.</exception>
    /// <exception cref="SegmentTooLargeException">It is larger than <see cref="SegmentSize.Most"/>. Nothing was stored.</exception>
    /// <exception cref="ArgumentException">The number is neither the next nor the last, or the last with another segment.</exception>
    [Alias("Append")]
    Task Append(long epoch, long number, TicketSegment segment);

    /// <summary>Drops all segments before a number. They are never read again once this returns; their room in the store is freed bit by bit, by later calls, too.</summary>
    /// <exception cref="JournalClosedException">Another has opened it since.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no segment with the number before it yet.</exception>
    [Alias("Trim")]
    Task Trim(long epoch, long before);
}

/// <summary>A journal as it was opened.</summary>
/// <param name="Epoch">What the opener shows with each call.</param>
/// <param name="First">The first segment that there may be.</param>
/// <param name="Next">The number after the last segment that there may be; some below it may be missing.</param>
[GenerateSerializer, Immutable, Alias("fleet.JournalOpening")]
public sealed record JournalOpening([property: Id(0)] long Epoch, [property: Id(1)] long First, [property: Id(2)] long Next);

/// <summary>A segment and its number.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Segment">The segment.</param>
[GenerateSerializer, Immutable, Alias("fleet.NumberedSegment")]
public sealed record NumberedSegment([property: Id(0)] long Number, [property: Id(1)] TicketSegment Segment);

/// <summary>A segment is larger than <see cref="SegmentSize.Most"/>: whoever wrote it has to divide it.</summary>
/// <param name="message">How large it is.</param>
[GenerateSerializer, Alias("fleet.SegmentTooLargeException")]
public sealed class SegmentTooLargeException(string message) : Exception(message);

/// <summary>A journal was opened by another since: whoever gets this is no longer the queue.</summary>
/// <param name="message">Which one.</param>
[GenerateSerializer, Alias("fleet.JournalClosedException")]
public sealed class JournalClosedException(string message) : Exception(message);
