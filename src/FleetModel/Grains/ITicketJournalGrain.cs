using FleetSystem.FleetModel.Matching.Queues;

namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// A queue's journal: the truth of its tickets. Its key is the queue's id. Segments are numbered by the queue, one after the other, and dropped from the front. Who
/// opens it shuts out whoever opened it before: a queue that was given up while it still runs can write nothing more.
/// </summary>
[Alias("fleet.ITicketJournalGrain")]
public interface ITicketJournalGrain : IGrainWithStringKey
{
    /// <summary>Opens it under a new epoch. It is in the store before this returns.</summary>
    [Alias("Open")]
    Task<JournalOpening> Open();

    /// <summary>Segments from a number on, in their order: as many as fit an answer; none when there is none from there on.</summary>
    /// <exception cref="JournalClosedException">Another has opened it since.</exception>
    [Alias("Read")]
    Task<IReadOnlyList<NumberedSegment>> Read(long epoch, long from);

    /// <summary>Stores a segment; it is in the store when this returns. The same number again replaces it: so a write whose outcome is not known is made again.</summary>
    /// <exception cref="JournalClosedException">Another has opened it since.</exception>
    [Alias("Append")]
    Task Append(long epoch, long number, TicketSegment segment);

    /// <summary>Drops all segments before a number.</summary>
    /// <exception cref="JournalClosedException">Another has opened it since.</exception>
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

/// <summary>A journal was opened by another since: whoever gets this is no longer the queue.</summary>
/// <param name="message">Which one.</param>
[GenerateSerializer, Alias("fleet.JournalClosedException")]
public sealed class JournalClosedException(string message) : Exception(message);
