using System.Text.Json;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Grpc;

namespace FleetSystem.Matchmaker.Tests.Cells;

/// <summary>What is told to another cell and back is what was told.</summary>
public sealed class SessionMessagesTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 1, 2, 3, TimeSpan.Zero);

    public static TheoryData<SessionState> States => [.. Enum.GetValues<SessionState>()];

    [Theory]
    [MemberData(nameof(States))]
    public void Session_ToAPeerAndBack_IsTheSame(SessionState state)
    {
        foreach (var session in new[] { Whole(state), Bare(state) }) AssertSame(session, SessionMessages.Read(SessionMessages.Of(session)));
    }

    [Fact]
    public void Event_ToAPeerAndBack_IsTheSame()
    {
        foreach (var reason in new[] { null, "its node died" })
        {
            var happened = new SessionEventResource(7, At, SessionState.Lost, 2, reason, Whole(SessionState.Lost)) { IsRoutesChanged = reason is null };
            var read = SessionMessages.Read(SessionMessages.Of(happened));
            AssertSame(happened, read);
            Assert.Equal(happened.IsRoutesChanged, read.IsRoutesChanged);
        }
    }

    [Fact]
    public void Request_ToAPeerAndBack_IsTheSame()
    {
        var asked = new CreateSessionRequest
        {
            Fleet = "arena",
            Players = [new CreateSessionPlayer { Id = "alice", LatencyMilliseconds = new Dictionary<string, int> { ["ap-northeast-2"] = 12 } }, new CreateSessionPlayer { Id = "bob", LatencyMilliseconds = new Dictionary<string, int>() }],
            PreferredZone = "ap-northeast-2b",
            Region = "ap-northeast-2",
            WaitFor = WaitFor.Playable,
            DeadlineSeconds = 12.5,
            Attributes = JsonElement.Parse("""{"map":"harbour","deep":{"a":[1,2]}}"""),
        };
        foreach (var request in new[] { asked, new CreateSessionRequest { Fleet = "arena", Players = asked.Players } })
            AssertSame(request, SessionMessages.Read(SessionMessages.Of(request)).Asked!);
    }

    [Fact]
    public void Report_ToAPeerAndBack_IsTheSame()
    {
        var report = new RouteReport("alice", RouteKind.NetworkLoadBalancer, [new PathReport(RouteKind.Accelerator, PathState.Down, 20, 20, null), new PathReport(RouteKind.NetworkLoadBalancer, PathState.Degraded, 3, 20, 12.5)]);
        var (read, faults) = RouteReportReader.Check(RouteReportMessages.Read(RouteReportMessages.Of("s-1", report)).Asked!);
        Assert.Empty(faults);
        AssertSame(report, read!);
    }

    [Fact]
    public void Fault_ToldByAPeer_IsToldOnWithItsStatusAndCode()
    {
        ApiFault[] faults =
        [
            ApiFault.SessionNotFound, ApiFault.InvalidKey, ApiFault.KeyReused, ApiFault.JoinTokenMissing, ApiFault.JoinTokenInvalid, ApiFault.JoinTokenExpired, ApiFault.JoinTokenOtherSession,
            ApiFault.JoinTokenOtherPlayer, ApiFault.Unavailable, ApiFault.Internal, ApiFault.Overloaded, ApiFault.TooLarge(100), ApiFault.TooManyReports(TimeSpan.FromSeconds(3)),
            ApiFault.Failed(new SessionFailure(ErrorCodes.NoCapacity, "none")), ApiFault.Failed(new SessionFailure(ErrorCodes.QueueFull, "full")), ApiFault.Failed(new SessionFailure(ErrorCodes.NotPlayable, "no")),
        ];
        foreach (var fault in faults) Assert.Equal(fault, GrpcFault.Read(GrpcFault.Of(fault)));

        var invalid = ApiFault.Invalid([new FieldError("$.region", ErrorCodes.UnknownRegion, "There is no region.")]);
        AssertSame(invalid, GrpcFault.Read(GrpcFault.Of(invalid))!);
        Assert.Null(GrpcFault.Read(new global::Grpc.Core.RpcException(new global::Grpc.Core.Status(global::Grpc.Core.StatusCode.Unavailable, "connection refused"))));
    }

    // By what they say, since records compare lists by reference.
    private static void AssertSame<T>(T expected, T actual) => Assert.Equal(JsonSerializer.Serialize(expected, ApiJson.Options), JsonSerializer.Serialize(actual, ApiJson.Options));

    private static SessionResource Whole(SessionState state) => Bare(state) with
    {
        GameServer = new GameServerResource("arena-1", "blue", "ap-northeast-2", "ap-northeast-2a", "node-1", "10.0.0.1", 7001),
        Placement = new PlacementResource("ap-northeast-2", "ap-northeast-2b", "ap-northeast-2", "ap-northeast-2a", 2),
        Connections =
        [
            new ConnectionResource("alice", [new RouteResource(RouteKind.Accelerator, ["1.2.3.4", "5.6.7.8"], 20001, null), new RouteResource(RouteKind.NetworkLoadBalancer, ["nlb"], 7777, "AAECAw==")], "token", RouteKind.Direct),
            new ConnectionResource("bob", [], "token", null),
        ],
        Queue = new QueueResource(3, 9, At),
        Failure = new FailureResource(ErrorCodes.NoCapacity, "none"),
    };

    private static SessionResource Bare(SessionState state) => new()
    {
        SessionId = "s-1.tokyo",
        State = state,
        Fleet = "arena",
        Players = ["alice", "bob"],
        Incarnation = 2,
        CreatedAt = At,
        ExpiresAt = At.AddHours(1),
        GameServer = null,
        Placement = null,
        Connections = [],
        Queue = null,
        Failure = null,
    };
}
