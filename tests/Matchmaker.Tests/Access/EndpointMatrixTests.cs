using System.Text.RegularExpressions;
using FleetSystem.FleetModel;
using FleetSystem.LocalCloud.Access;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>
/// Every endpoint that there is, with every kind of credential. One that is new fails here until it is said who may call it.
/// </summary>
public sealed partial class EndpointMatrixTests : IAsyncLifetime
{
    private const string Everybody = "everybody";
    private const string Callers = "players and backends";
    private const string Backends = "backends";

    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["GET /livez"] = Everybody,
        ["GET /readyz"] = Everybody,
        ["GET /openapi/{documentName}.json"] = Everybody,
        ["GET /v1/regions"] = Callers,
        ["POST /v1/sessions/"] = Callers,
        ["GET /v1/sessions/{id}"] = Callers,
        ["DELETE /v1/sessions/{id}"] = Callers,
        ["GET /v1/sessions/{id}/events"] = Callers,

        // Who has the session's join token.
        ["POST /v1/sessions/{id}/route-reports"] = Everybody,
        ["POST /v1/tickets/"] = Callers,
        ["GET /v1/tickets/{id}"] = Callers,
        ["DELETE /v1/tickets/{id}"] = Callers,
        ["POST /v1/tickets/{id}/acceptance"] = Callers,
        ["GET /v1/tickets/{id}/events"] = Callers,
        ["POST /v1/backfills/"] = Backends,
        ["GET /v1/backfills/{id}"] = Backends,
        ["DELETE /v1/backfills/{id}"] = Backends,
        ["GET /v1/queues/{queue}/events"] = Backends,
        ["POST /fleetsystem.v1.Sessions/CreateSession"] = Callers,
        ["POST /fleetsystem.v1.Sessions/GetSession"] = Callers,
        ["POST /fleetsystem.v1.Sessions/EndSession"] = Callers,
        ["POST /fleetsystem.v1.Sessions/WatchSession"] = Callers,
        ["POST /fleetsystem.v1.Sessions/ReportRoutes"] = Everybody,
        ["POST /fleetsystem.v1.Tickets/CreateTicket"] = Callers,
        ["POST /fleetsystem.v1.Tickets/GetTicket"] = Callers,
        ["POST /fleetsystem.v1.Tickets/CancelTicket"] = Callers,
        ["POST /fleetsystem.v1.Tickets/AcceptMatch"] = Callers,
        ["POST /fleetsystem.v1.Tickets/WatchTicket"] = Callers,
        ["POST /fleetsystem.v1.Tickets/WatchQueue"] = Backends,
        ["POST /fleetsystem.v1.Tickets/CreateBackfill"] = Backends,
        ["POST /fleetsystem.v1.Tickets/GetBackfill"] = Backends,
        ["POST /fleetsystem.v1.Tickets/StopBackfill"] = Backends,
    };

    private GuardedApi _api = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await GuardedApi.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public void Endpoints_AllThatThereAre_AreKnownHere() => Assert.Equal(Known.Keys.Order(StringComparer.Ordinal), Names().Order(StringComparer.Ordinal));

    [Fact]
    public void Endpoints_ThatSayEverybody_AreTheOnesMeant() => Assert.Equal(
        Known.Where(known => known.Value == Everybody).Select(known => known.Key).Order(StringComparer.Ordinal),
        _api.Api.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).SelectMany(NamesOf).Order(StringComparer.Ordinal));

    [Fact]
    public async Task EveryEndpoint_NoneExpiredForeignAndLesserCredentials_RefusedBeforeAnythingIsDone()
    {
        using var foreign = new TokenIssuer(_api.Issuer.Name, GuardedApi.Audience, TimeProvider.System);
        (string? Bearer, int Status, string Code, StatusCode Grpc)[] credentials =
        [
            (null, 401, ErrorCodes.Unauthenticated, StatusCode.Unauthenticated),
            (_api.Issuer.Issue("alice", -TimeSpan.FromMinutes(2)), 401, ErrorCodes.Unauthenticated, StatusCode.Unauthenticated),
            (foreign.Issue("alice", TimeSpan.FromMinutes(5)), 401, ErrorCodes.Unauthenticated, StatusCode.Unauthenticated),
            ("nobody-0123456789abcdef0123456789abcdef", 401, ErrorCodes.Unauthenticated, StatusCode.Unauthenticated),
            (GuardedApi.OperatorKey, 403, ErrorCodes.Forbidden, StatusCode.PermissionDenied),
        ];
        using var channel = GrpcChannel.ForAddress(_api.Api.Addresses[0]);
        var tried = 0;
        foreach (var name in Names().Where(name => Known.GetValueOrDefault(name) != Everybody))
        {
            var (method, path) = (name.Split(' ')[0], Parameter().Replace(name.Split(' ')[1], "a-1"));
            foreach (var (bearer, expected, code, grpc) in credentials)
            {
                tried++;
                if (IsGrpc(name))
                {
                    Assert.Equal((grpc, code), await CallAsync(channel, path, bearer));
                    continue;
                }

                var (status, problem, _) = await _api.SendAsync(method, path, bearer, method == "POST" ? GuardedApi.Session("alice") : null, "key");
                Assert.Equal((name, expected, code), (name, status, (string?)problem?["code"]));
            }
        }

        Assert.InRange(tried, 100, int.MaxValue);
        Assert.Empty(_api.Api.Sessions.Requests);
    }

    [Fact]
    public async Task BackendsEndpoints_APlayersToken_Forbidden()
    {
        using var channel = GrpcChannel.ForAddress(_api.Api.Addresses[0]);
        foreach (var name in Names().Where(name => Known.GetValueOrDefault(name) == Backends))
        {
            var (method, path) = (name.Split(' ')[0], Parameter().Replace(name.Split(' ')[1], "duel"));

            // To create is checked by form first; with a good body: the tickets' own tests.
            if (path.EndsWith("CreateBackfill", StringComparison.Ordinal) || (method == "POST" && path == "/v1/backfills/")) continue;
            if (IsGrpc(name)) Assert.Equal((name, (StatusCode.PermissionDenied, ErrorCodes.Forbidden)), (name, await CallAsync(channel, path, _api.Token("alice"))));
            else Assert.Equal((name, 403), (name, (await _api.SendAsync(method, path, _api.Token("alice"))).Status));
        }
    }

    private static bool IsGrpc(string name) => name.Contains("fleetsystem.v1.", StringComparison.Ordinal);

    /// <summary>Calls a method with an empty message, whatever it takes.</summary>
    private static async Task<(StatusCode, string?)> CallAsync(GrpcChannel channel, string path, string? bearer)
    {
        var parts = path.Split('/');
        var bytes = Marshallers.Create(_ => Array.Empty<byte>(), _ => new object());
        var method = new Method<object, object>(MethodType.ServerStreaming, parts[1], parts[2], bytes, bytes);
        using var call = channel.CreateCallInvoker().AsyncServerStreamingCall(method, null, new CallOptions(GuardedApi.Headers(bearer, "key"), cancellationToken: Cancelled), new object());
        try
        {
            await call.ResponseStream.MoveNext(Cancelled);
            return (StatusCode.OK, null);
        }
        catch (RpcException fault)
        {
            return (fault.StatusCode, fault.Trailers.GetValue("fleetsystem-code"));
        }
    }

    private IEnumerable<string> Names() => _api.Api.Endpoints.SelectMany(NamesOf);

    private static IEnumerable<string> NamesOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(method => method != "OPTIONS").Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}");

    [GeneratedRegex("{[^}]*}")]
    private static partial Regex Parameter();
}
