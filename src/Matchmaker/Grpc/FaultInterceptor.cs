using FleetSystem.Matchmaker.Api;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>Gives every call that ends in an exception a status and a stable code; what the exception says stays in our log.</summary>
internal sealed partial class FaultInterceptor(ILogger<FaultInterceptor> log) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception fault) when (IsOurs(fault, context))
        {
            throw Tell(fault, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception fault) when (IsOurs(fault, context))
        {
            throw Tell(fault, context);
        }
    }

    // A caller who left, or whose deadline passed, is told nothing; gRPC itself ends such a call.
    private static bool IsOurs(Exception fault, ServerCallContext context) => fault is not RpcException && !context.CancellationToken.IsCancellationRequested;

    private RpcException Tell(Exception fault, ServerCallContext context)
    {
        var told = ApiFault.Of(fault);
        if (told == ApiFault.Unavailable) LogUnavailable(log, context.Method, fault.Message);
        else LogFault(log, context.Method, fault);
        return GrpcFault.Of(told);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} could not be answered: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string method, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private static partial void LogFault(ILogger logger, string method, Exception fault);
}
