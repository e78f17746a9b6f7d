using System.Text;
using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Grpc;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>The sessions that peers ask for.</summary>
internal sealed class PeerSessionsService(CallerSessions sessions, IOptions<MatchmakerOptions> options) : SessionsService(sessions, options)
{
    /// <summary>Metadata entry with the region that comes first over all cells.</summary>
    public const string FirstRegionEntry = "fleetsystem-first-region";

    /// <summary>Metadata entry with the id of the caller whom the peer asks for, as UTF-8.</summary>
    public const string CallerEntry = "fleetsystem-caller-bin";

    // What may be told to the caller is decided by the cell that he came to.
    protected override Caller CallerOf(ServerCallContext context) =>
        Caller.AtPeer(context.RequestHeaders.GetValueBytes(CallerEntry) is { } id ? Encoding.UTF8.GetString(id) : "");

    protected override CreateSessionRequest Complete(CreateSessionRequest asked, ServerCallContext context) =>
        asked with { FirstRegion = context.RequestHeaders.GetValue(FirstRegionEntry) };
}

/// <summary>What else peers ask for.</summary>
internal sealed class PeerCellsService(CellDirectory cells) : V1.Cells.CellsBase
{
    public override Task<V1.Description> Describe(V1.DescribeRequest request, ServerCallContext context) => Task.FromResult(CellMessages.Of(cells.Own));
}
