using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Grpc;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>The sessions that peers ask for.</summary>
internal sealed class PeerSessionsService(ISessionOperations sessions, EventFeed feed, IOptions<MatchmakerOptions> options) : SessionsService(sessions, feed, options)
{
    /// <summary>Metadata entry with the region that comes first over all cells.</summary>
    public const string FirstRegionEntry = "fleetsystem-first-region";

    protected override CreateSessionRequest Complete(CreateSessionRequest asked, ServerCallContext context) =>
        asked with { FirstRegion = context.RequestHeaders.GetValue(FirstRegionEntry) };
}

/// <summary>What else peers ask for.</summary>
internal sealed class PeerCellsService(CellDirectory cells) : V1.Cells.CellsBase
{
    public override Task<V1.Description> Describe(V1.DescribeRequest request, ServerCallContext context) => Task.FromResult(CellMessages.Of(cells.Own));
}
