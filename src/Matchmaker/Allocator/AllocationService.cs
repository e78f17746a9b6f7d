using FleetSystem.Matchmaker.Allocator.Protocol;
using Grpc.Core;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>Allocation over gRPC. Rules and outcomes are those of <see cref="AllocatorOperations"/>; here they only change their form.</summary>
internal sealed class AllocationGrpcService(AllocatorOperations allocator) : AllocationService.AllocationServiceBase
{
    public override async Task<AllocationResponse> Allocate(AllocationRequest request, ServerCallContext context)
    {
        var reply = await allocator.AllocateAsync(request, HintsOf(context), context.CancellationToken);
        if (reply.Fault is { } fault) throw new RpcException(new Status(fault.Code, fault.Message));
        var headers = new Metadata();
        foreach (var (name, value) in reply.Notes) headers.Add(name, value);
        await context.WriteResponseHeadersAsync(headers);
        return reply.Response!;
    }

    private static AllocationHints HintsOf(ServerCallContext context) => new(
        context.GetHttpContext().Connection.ClientCertificate?.Subject ?? "",
        context.RequestHeaders.GetValue(AllocationHints.KeyEntry),
        context.RequestHeaders.GetValue(AllocationHints.RegionEntry),
        context.RequestHeaders.GetValue(AllocationHints.ZoneEntry),
        context.Deadline == DateTime.MaxValue ? null : new DateTimeOffset(context.Deadline, TimeSpan.Zero));
}
