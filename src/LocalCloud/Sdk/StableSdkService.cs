using Agones.Dev.Sdk;
using Grpc.Core;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.LocalCloud.Sdk;

/// <summary>Serves <c>agones.dev.sdk.SDK</c> for all sidecars: the local port of the connection tells whose.</summary>
internal sealed class StableSdkService(SdkServer server) : SDK.SDKBase
{
    private static readonly Empty Nothing = new();

    public override Task<Empty> Ready(Empty request, ServerCallContext context) => Do(context, sidecar => sidecar.Ready());

    public override Task<Empty> Allocate(Empty request, ServerCallContext context) => Do(context, sidecar => sidecar.Allocate());

    public override Task<Empty> Shutdown(Empty request, ServerCallContext context) => Do(context, sidecar => sidecar.Shutdown());

    public override Task<Empty> Reserve(Duration request, ServerCallContext context) =>
        Do(context, sidecar => sidecar.Reserve(TimeSpan.FromSeconds(request.Seconds)));

    public override async Task<Empty> Health(IAsyncStreamReader<Empty> requestStream, ServerCallContext context)
    {
        var sidecar = server.Of(context);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, sidecar.Ended);
        try
        {
            while (await requestStream.MoveNext(either.Token))
                sidecar.Heard();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The game server or the sidecar has ended.
        }

        return Nothing;
    }

    public override Task<AgonesGameServer> GetGameServer(Empty request, ServerCallContext context) =>
        Task.FromResult(SdkGameServer.From(server.Of(context).Current ?? throw Gone()));

    public override async Task WatchGameServer(Empty request, IServerStreamWriter<AgonesGameServer> responseStream, ServerCallContext context)
    {
        var sidecar = server.Of(context);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, sidecar.Ended);
        try
        {
            await foreach (var gameServer in sidecar.WatchAsync(either.Token))
                await responseStream.WriteAsync(SdkGameServer.From(gameServer), either.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException && either.IsCancellationRequested)
        {
            // The game server or the sidecar has ended: a stream has no other end.
        }
    }

    public override Task<Empty> SetLabel(KeyValue request, ServerCallContext context)
    {
        if (QualifiedName.KeyFault(request.Key) is { } keyFault)
            throw Invalid($"invalid label key \"{request.Key}\": {keyFault}");
        if (QualifiedName.ValueFault(request.Value) is { } valueFault)
            throw Invalid($"invalid label value \"{request.Value}\" for key \"{request.Key}\": {valueFault}");
        return Do(context, sidecar => sidecar.SetLabel(request.Key, request.Value));
    }

    public override Task<Empty> SetAnnotation(KeyValue request, ServerCallContext context) =>
        QualifiedName.KeyFault(request.Key) is { } fault
            ? throw Invalid($"invalid annotation key \"{request.Key}\": {fault}")
            : Do(context, sidecar => sidecar.SetAnnotation(request.Key, request.Value));

    private static RpcException Invalid(string message) => new(new Status(StatusCode.InvalidArgument, message));

    private static RpcException Gone() => new(new Status(StatusCode.Unknown, "could not retrieve GameServer: it has been deleted"));

    private Task<Empty> Do(ServerCallContext context, Action<SdkSidecar> call)
    {
        call(server.Of(context));
        return Task.FromResult(Nothing);
    }
}
