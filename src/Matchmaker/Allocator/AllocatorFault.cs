using FleetSystem.FleetModel.Clusters.Allocation;
using Grpc.Core;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>An allocation refused or failed: a gRPC code and a text, which REST tells in its own form.</summary>
internal sealed record AllocatorFault(StatusCode Code, string Message)
{
    // Clients refuse headers above 8 KiB by default, and gRPC escapes a letter by up to three bytes each.
    private const int MaxLength = 2000;

    /// <summary>The request has faults; nothing was allocated.</summary>
    public static AllocatorFault Invalid(IReadOnlyList<FieldFault> faults) =>
        new(StatusCode.InvalidArgument, Shorten("the request is not valid, nothing was allocated: " + string.Join("; ", faults)));

    /// <summary>The body or message is larger than allowed.</summary>
    public static AllocatorFault TooLarge(int most) => new(StatusCode.InvalidArgument, $"the request is larger than {most} bytes, nothing was allocated");

    /// <summary>A fault of ours.</summary>
    public static AllocatorFault Internal { get; } = new(StatusCode.Internal, "something went wrong on our side; with an idempotency-key the same request can be tried again");

    private static string Shorten(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "...";
}
