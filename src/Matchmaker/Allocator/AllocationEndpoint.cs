using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>Allocation over HTTP, as agones-allocator's gateway serves it: the same messages as JSON, a fault as code, message and details.</summary>
internal sealed partial class AllocationEndpoint(
    AllocatorOperations allocator, IOptions<MatchmakerOptions> options, TimeProvider time, ILogger<AllocationEndpoint> log)
{
    /// <summary>The one path that there is.</summary>
    public const string Path = "/gameserverallocation";

    // As in gRPC's own header: how long the caller waits.
    private const string TimeoutHeader = "Grpc-Timeout";

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var reply = await AllocateAsync(context);
        foreach (var (name, value) in reply.Notes) context.Response.Headers[name] = value;
        if (reply.Fault is { } fault) await WriteAsync(context, fault);
        else await WriteAsync(context, StatusCodes.Status200OK, System.Text.Encoding.UTF8.GetBytes(AllocationJson.Write(reply.Response!)));
    }

    /// <summary>Tells a fault.</summary>
    public static Task WriteAsync(HttpContext context, AllocatorFault fault) => WriteAsync(context, AllocatorStatus.ToHttp(fault.Code), AllocationJson.Write(fault));

    private async Task<AllocationReply> AllocateAsync(HttpContext context)
    {
        try
        {
            // Whatever its content type says: so does the gateway.
            var body = await Api.RequestBody.ReadAsync(context.Request, options.Value.MaxRequestBytes, context.RequestAborted);
            if (body is null) return AllocationReply.Failed(AllocatorFault.TooLarge(options.Value.MaxRequestBytes));
            var (request, faults) = AllocationJson.Read(body.Value);
            if (TimeoutOf(Entry(context, TimeoutHeader)) is not { } timeout)
                return AllocationReply.Failed(AllocatorFault.Invalid([new(TimeoutHeader, "is malformed; it must be a whole number and one of H, M, S, m, u, n")]));
            if (request is null) return AllocationReply.Failed(AllocatorFault.Invalid(faults));
            return await allocator.AllocateAsync(request, HintsOf(context, timeout), context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return AllocationReply.Failed(new(StatusCode.Cancelled, "the caller has left"));
        }
        catch (Exception fault)
        {
            LogFault(log, fault);
            return AllocationReply.Failed(AllocatorFault.Internal);
        }
    }

    private AllocationHints HintsOf(HttpContext context, TimeSpan timeout) => new(
        context.Connection.ClientCertificate?.Subject ?? "",
        Entry(context, AllocationHints.KeyEntry),
        Entry(context, AllocationHints.RegionEntry),
        Entry(context, AllocationHints.ZoneEntry),
        timeout == Timeout.InfiniteTimeSpan ? null : time.GetUtcNow() + timeout);

    private static string? Entry(HttpContext context, string name) => context.Request.Headers[name].FirstOrDefault();

    /// <summary>What a timeout header says; infinite when there is none, null when it is malformed.</summary>
    private static TimeSpan? TimeoutOf(string? header)
    {
        if (header is null) return Timeout.InfiniteTimeSpan;
        if (header.Length is < 2 or > 9 || !int.TryParse(header[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
        return header[^1] switch
        {
            'H' => TimeSpan.FromHours(count),
            'M' => TimeSpan.FromMinutes(count),
            'S' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMilliseconds(count),
            'u' => TimeSpan.FromMicroseconds(count),
            'n' => TimeSpan.FromTicks(count / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
    }

    private static async Task WriteAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An allocation over HTTP failed")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
