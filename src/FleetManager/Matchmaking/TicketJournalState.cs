using System.Diagnostics.CodeAnalysis;
using FleetSystem.FleetModel.Matching.Queues;

namespace FleetSystem.FleetManager.Matchmaking;

/// <summary>What the store keeps of a journal besides its segments: who may write, and where it begins. Written when it is opened and trimmed, never by an append.</summary>
[GenerateSerializer, Alias("fleet.TicketJournalState")]
internal sealed class TicketJournalState
{
    /// <summary>Name of the state in the store.</summary>
    public const string Name = "ticketJournal";

    /// <summary>The epoch of whoever opened it last, or began to; 0 before the first.</summary>
    [Id(0)] public long Epoch { get; set; }

    /// <summary>The first number that <see cref="BeginEpoch"/> may write. What is below, down to <see cref="First"/>, is there for good; from here on, that epoch's rows alone count.</summary>
    [Id(1)] public long Begin { get; set; }

    /// <summary>The epoch whose opening was finished last.</summary>
    [Id(2)] public long BeginEpoch { get; set; }

    /// <summary>The first segment that counts.</summary>
    [Id(3)] public long First { get; set; }

    /// <summary>The first number whose row may still be in the store: what is below <see cref="First"/> is to be deleted.</summary>
    [Id(4)] public long Oldest { get; set; }
}

/// <summary>A segment in the store.</summary>
[GenerateSerializer, Alias("fleet.TicketSegmentState")]
internal sealed class TicketSegmentState
{
    /// <summary>Name of the state in the store.</summary>
    public const string Name = "ticketSegment";

    /// <summary>The epoch that wrote it.</summary>
    [Id(0)] public long Epoch { get; set; }

    /// <summary>True when it holds nothing and only takes the number, so that an earlier epoch cannot.</summary>
    [Id(1)] public bool IsFence { get; set; }

    /// <summary>The segment; null in a fence.</summary>
    [Id(2)] public TicketSegment? Segment { get; set; }
}

/// <summary>What a segment's row says of itself: read where the segment does not matter.</summary>
[GenerateSerializer, Alias("fleet.SegmentStamp")]
internal sealed class SegmentStamp
{
    /// <summary>See <see cref="TicketSegmentState.Epoch"/>.</summary>
    [Id(0)] public long Epoch { get; set; }

    /// <summary>See <see cref="TicketSegmentState.IsFence"/>.</summary>
    [Id(1)] public bool IsFence { get; set; }
}

/// <summary>A row of the store as a journal has read or written it.</summary>
internal sealed class StoredRow<T>(T state) : IGrainState<T>
{
    [AllowNull]
    public T State { get; set; } = state;

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}
