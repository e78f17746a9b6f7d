using System.Globalization;
using System.Runtime.CompilerServices;
using Agones.Dev.Sdk;
using Agones.Dev.Sdk.Beta;
using Grpc.Core;
using Grpc.Net.Client;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;
using BetaClient = Agones.Dev.Sdk.Beta.SDK.SDKClient;
using Empty = Agones.Dev.Sdk.Empty;
using StableClient = Agones.Dev.Sdk.SDK.SDKClient;

namespace FleetSystem.GameServer.Sdk;

/// <summary>The Agones SDK over gRPC: one connection to the sidecar, shared by all calls and streams.</summary>
internal sealed class AgonesSdk : IAgonesSdk, IDisposable
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(5);
    private static readonly Empty Nothing = new();

    private readonly GrpcChannel _channel;
    private readonly StableClient _stable;
    private readonly BetaClient _beta;
    private readonly TimeProvider _time;

    public AgonesSdk(string host, int port, TimeProvider time)
    {
        _time = time;
        _channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}"), new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                // The sidecar shares the pod's network: what it does not accept at once, it does not accept.
                ConnectTimeout = CallDeadline,
                // A sidecar that hangs ends no stream; pings do.
                KeepAlivePingDelay = TimeSpan.FromSeconds(20),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            },
        });
        _stable = new StableClient(_channel);
        _beta = new BetaClient(_channel);
    }

    public async Task ReadyAsync(CancellationToken cancellationToken) => await _stable.ReadyAsync(Nothing, Options(cancellationToken)).ConfigureAwait(false);

    public async Task ShutdownAsync(CancellationToken cancellationToken) => await _stable.ShutdownAsync(Nothing, Options(cancellationToken)).ConfigureAwait(false);

    public async Task SetAnnotationAsync(string key, string value, CancellationToken cancellationToken) =>
        await _stable.SetAnnotationAsync(new KeyValue { Key = key, Value = value }, Options(cancellationToken)).ConfigureAwait(false);

    public IHealthStream OpenHealth(CancellationToken cancellationToken) => new HealthStream(_stable.Health(cancellationToken: cancellationToken));

    public async IAsyncEnumerable<AgonesGameServer> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = _stable.WatchGameServer(Nothing, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
            yield return call.ResponseStream.Current;
    }

    public async Task AddListValueAsync(string list, string value, CancellationToken cancellationToken) =>
        await _beta.AddListValueAsync(new AddListValueRequest { Name = list, Value = value }, Options(cancellationToken)).ConfigureAwait(false);

    public async Task RemoveListValueAsync(string list, string value, CancellationToken cancellationToken) =>
        await _beta.RemoveListValueAsync(new RemoveListValueRequest { Name = list, Value = value }, Options(cancellationToken)).ConfigureAwait(false);

    public Task SetCounterAsync(string counter, long count, CancellationToken cancellationToken) =>
        UpdateCounterAsync(new CounterUpdateRequest { Name = counter, Count = count }, cancellationToken);

    public Task ChangeCounterAsync(string counter, long difference, CancellationToken cancellationToken) =>
        UpdateCounterAsync(new CounterUpdateRequest { Name = counter, CountDiff = difference }, cancellationToken);

    public void Dispose() => _channel.Dispose();

    private async Task UpdateCounterAsync(CounterUpdateRequest update, CancellationToken cancellationToken) =>
        await _beta.UpdateCounterAsync(new UpdateCounterRequest { CounterUpdateRequest = update }, Options(cancellationToken)).ConfigureAwait(false);

    private CallOptions Options(CancellationToken cancellationToken) =>
        new(deadline: _time.GetUtcNow().UtcDateTime + CallDeadline, cancellationToken: cancellationToken);

    private sealed class HealthStream(AsyncClientStreamingCall<Empty, Empty> call) : IHealthStream
    {
        public Task SendAsync(CancellationToken cancellationToken) => call.RequestStream.WriteAsync(Nothing, cancellationToken);

        public void Dispose() => call.Dispose();
    }
}
