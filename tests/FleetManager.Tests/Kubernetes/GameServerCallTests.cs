using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Placement;
using Microsoft.Extensions.Time.Testing;
using static FleetSystem.FleetManager.Tests.Kubernetes.ClusterFixture;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class GameServerCallTests
{
    private static readonly ServerDetail ReadBefore = new(new GameServerSnapshot { Name = "a", Uid = "uid-a" }, "17", new AllocationStatus());
    private static readonly Dictionary<string, string> Labels = new() { [AgonesKeys.Zone] = "ap-northeast-2a" };

    [Fact]
    public async Task FindBySessionAsync_SeveralPages_AsksTheServerItselfForAll()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST gameservers", Answers.List("7", [GameServer("a", 1)], next: "two"), Answers.List("7", [GameServer("b", 2)]));

        var found = await fixture.Cluster.FindBySessionAsync("s-1", Cancelled);

        Assert.Equal(["a", "b"], found.Select(server => server.Name));
        Assert.EndsWith("?limit=500&labelSelector=fleetsystem.dev%2Fsession%3Ds-1", fixture.Server.Seen("LIST gameservers")[0].Path); // No resourceVersion: not from a cache.
    }

    [Fact]
    public async Task ProbeAsync_ServerAnswers_OneObjectAskedOfTheServerItself()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST gameservers", Answers.List("7", [GameServer("a", 1)], next: "two"));

        await fixture.Cluster.ProbeAsync(Cancelled);

        Assert.EndsWith("/gameservers?limit=1", Assert.Single(fixture.Server.Seen("LIST gameservers")).Path);
    }

    [Fact]
    public async Task ListAllocationPoliciesAsync_SeveralPages_WhatCountsOfEach()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On(
            "LIST gameserverallocationpolicies",
            Answers.List("7", ["""{"metadata":{"name":"p1","labels":{}},"spec":{"priority":1,"weight":200,"connectionInfo":{"allocationEndpoints":["10.0.0.1"],"clusterName":"green","secretName":"s","namespace":"default"}}}"""], next: "two"),
            Answers.List("7", ["""{"spec":{"weight":"many"},"metadata":{"name":"p2"}}"""]));

        var policies = await fixture.Cluster.ListAllocationPoliciesAsync(Cancelled);

        Assert.Equal([new AllocationPolicySnapshot("p1", 1, 200, "green"), new AllocationPolicySnapshot("p2", 0, 0, "")], policies);
        Assert.Equal("/apis/multicluster.agones.dev/v1/namespaces/default/gameserverallocationpolicies?limit=500", fixture.Server.Seen("LIST gameserverallocationpolicies")[0].Path);
    }

    [Fact]
    public async Task ListAllocationPoliciesAsync_KindNotInstalled_Throws()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST gameserverallocationpolicies", Answers.Status(404, "404 page not found", plain: true));

        var thrown = await Assert.ThrowsAsync<ClusterUnreachableException>(() => fixture.Cluster.ListAllocationPoliciesAsync(Cancelled));
        Assert.Contains("GameServerAllocationPolicies", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_ServerRefuses_Throws()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST gameservers", Answers.Raw(500, "no"));

        await Assert.ThrowsAsync<ClusterUnreachableException>(() => fixture.Cluster.ProbeAsync(Cancelled));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b!=c")]
    [InlineData("-a")]
    public async Task FindBySessionAsync_NotALabelValue_Throws(string session)
    {
        await using var fixture = await StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Cluster.FindBySessionAsync(session, Cancelled));
        Assert.Empty(fixture.Server.Requests);
    }

    [Theory]
    [InlineData(200, "{}")]
    [InlineData(500, "no")]
    [InlineData(404, "404 page not found")]
    public async Task FindBySessionAsync_NoUsableAnswer_Throws(int status, string body)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST gameservers", Answers.Raw(status, body));

        var thrown = await Assert.ThrowsAsync<ClusterUnreachableException>(() => fixture.Cluster.FindBySessionAsync("s-1", Cancelled));
        Assert.Contains("seoul", thrown.Message);
    }

    [Fact]
    public async Task FindBySessionAsync_SecondPageStaysAway_ThrowsAtTheOneDeadline()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StartAsync(time: time);
        var asked = new TaskCompletionSource();
        fixture.Server.On("LIST gameservers", Answers.List("7", [GameServer("a", 1)], next: "two"), Answers.Never(asked));

        var found = fixture.Cluster.FindBySessionAsync("s-1", Cancelled);
        await Within(asked.Task);
        time.Advance(FastOptions.FindTimeout);

        Assert.Contains("within 3 s", (await Assert.ThrowsAsync<ClusterUnreachableException>(() => Within(found))).Message);
    }

    [Fact]
    public async Task FindByLabelAsync_RecordedServers_AreAsTheirAllocationWouldTell()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST gameservers", Answers.Recorded(Recording.Load("07-gameservers-list")));

        var found = await fixture.Cluster.FindByLabelAsync("fleetsystem.dev/allocation-1", "a-1", Cancelled);

        Assert.EndsWith("labelSelector=fleetsystem.dev%2Fallocation-1%3Da-1", fixture.Server.Seen("LIST gameservers")[0].Path);
        Assert.NotEmpty(found);
        Assert.All(found, each =>
        {
            Assert.NotEmpty(each.Server.Uid);
            Assert.Equal("game", Assert.Single(each.Status.Ports).Name);
            Assert.Equal(each.Server.Address, each.Status.Addresses[0].Address);
            Assert.Equal(each.Server.Fleet, each.Status.Labels["agones.dev/fleet"]);
        });
    }

    [Theory]
    [InlineData("a b", "c")]
    [InlineData("a", "")]
    [InlineData("a", "b!")]
    public async Task FindByLabelAsync_NoLabel_Throws(string key, string value)
    {
        await using var fixture = await StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Cluster.FindByLabelAsync(key, value, Cancelled));
        Assert.Empty(fixture.Server.Requests);
    }

    [Fact]
    public async Task LabelAsync_RecordedPatch_IsAMergePatch()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH gameservers", Answers.Recorded(Recording.Load("09-patch-labels")));

        Assert.True(await fixture.Cluster.LabelAsync("arena-bsbjh-bcmv7", Labels, Cancelled));

        var request = Assert.Single(fixture.Server.Requests);
        Assert.Equal("/apis/agones.dev/v1/namespaces/default/gameservers/arena-bsbjh-bcmv7", request.Path);
        Assert.Equal("application/merge-patch+json", request.ContentType);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"metadata":{"labels":{"fleetsystem.dev/zone":"ap-northeast-2a"}}}"""), JsonNode.Parse(request.Body)));
    }

    [Fact]
    public async Task LabelAsync_RecordedNotFound_IsFalse()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH gameservers", Answers.Recorded(Recording.Load("10-patch-refused", 5)));

        Assert.False(await fixture.Cluster.LabelAsync("nobody", Labels, Cancelled));
    }

    [Theory]
    [InlineData(0)] // conflict
    [InlineData(3)] // unsupported media type
    [InlineData(4)] // invalid label
    public async Task LabelAsync_RecordedRefusal_Throws(int exchange)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH gameservers", Answers.Recorded(Recording.Load("10-patch-refused", exchange)));

        await Assert.ThrowsAsync<ClusterUnreachableException>(() => fixture.Cluster.LabelAsync("arena-bsbjh-bcmv7", Labels, Cancelled));
    }

    [Fact]
    public async Task LabelAsync_AgonesIsNotInstalled_ThrowsInsteadOfTakingTheServerForGone()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH gameservers", Answers.Status(404, "404 page not found", plain: true));

        await Assert.ThrowsAsync<ClusterUnreachableException>(() => fixture.Cluster.LabelAsync("a", Labels, Cancelled));
    }

    [Fact]
    public async Task ReadAsync_ServerOfSeveralSessions_WithItsVersionAndPlaces()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("GET gameservers", Answers.Raw(200, """
            {"metadata":{"name":"a","uid":"uid-a","resourceVersion":"17","labels":{"fleetsystem.dev/s-1":"1"},"annotations":{"quilkin.dev/tokens":"MQ=="}},
            "status":{"state":"Allocated","counters":{"rooms":{"count":1,"capacity":3}},"lists":{"players":{"capacity":4,"values":["p"]}}}}
            """));

        var read = (await fixture.Cluster.ReadAsync("a", Cancelled))!;

        Assert.Equal(("a", "uid-a", "17"), (read.Server.Name, read.Server.Uid, read.ResourceVersion));
        Assert.Equal([new SessionTag("s-1", 1, Shared: true)], read.Server.Sessions);
        Assert.Equal(new CounterStatus(1, 3), read.Status.Counters["rooms"]);
        Assert.Equal(new ListStatus(["p"], 4), read.Status.Lists["players"]);
        Assert.Equal("MQ==", read.Status.Annotations["quilkin.dev/tokens"]);
    }

    [Theory]
    [InlineData(404, true)]
    [InlineData(500, false)]
    public async Task ReadAsync_Refused_NullOnlyWhenThereIsNone(int status, bool isNone)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("GET gameservers", Answers.Status(status, "no", status == 404 ? "NotFound" : "", subject: "a"));

        if (isNone) Assert.Null(await fixture.Cluster.ReadAsync("a", Cancelled));
        else await Assert.ThrowsAsync<ClusterUnreachableException>(() => fixture.Cluster.ReadAsync("a", Cancelled));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"metadata":{"name":"a"}}""")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"1"}""")]
    public async Task ReadAsync_NoWholeGameServer_Throws(string body)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("GET gameservers", Answers.Raw(200, body));

        await Assert.ThrowsAsync<ClusterUnreachableException>(() => fixture.Cluster.ReadAsync("a", Cancelled));
    }

    [Fact]
    public async Task ChangeAsync_Edit_IsOneMergePatchOfTheVersionRead()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH gameservers", Answers.Raw(200, "{}"));

        Assert.True(await fixture.Cluster.ChangeAsync(
            ReadBefore,
            new ServerChange.Edit
            {
                Labels = new Dictionary<string, string?> { ["fleetsystem.dev/s-1"] = null },
                Annotations = new Dictionary<string, string?> { ["quilkin.dev/tokens"] = "Mg==" },
                Counts = new Dictionary<string, long> { ["rooms"] = 1 },
                Values = new Dictionary<string, IReadOnlyList<string>> { ["sessions"] = ["s-2"] },
            },
            Cancelled));

        var request = Assert.Single(fixture.Server.Requests);
        Assert.Equal("application/merge-patch+json", request.ContentType);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"metadata":{"uid":"uid-a","resourceVersion":"17","labels":{"fleetsystem.dev/s-1":null},"annotations":{"quilkin.dev/tokens":"Mg=="}},
                "status":{"counters":{"rooms":{"count":1}},"lists":{"sessions":{"values":["s-2"]}}}}
                """),
            JsonNode.Parse(request.Body)), request.Body);
    }

    [Fact]
    public async Task ChangeAsync_EditOfLabelsAlone_LeavesTheStatusOut()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH gameservers", Answers.Raw(200, "{}"));

        await fixture.Cluster.ChangeAsync(ReadBefore, new ServerChange.Edit { Labels = new Dictionary<string, string?> { ["a"] = "b" } }, Cancelled);

        Assert.Equal("""{"metadata":{"uid":"uid-a","resourceVersion":"17","labels":{"a":"b"}}}""", Assert.Single(fixture.Server.Requests).Body);
    }

    [Fact]
    public async Task ChangeAsync_Deletion_OnlyOfTheVersionRead()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("DELETE gameservers", Answers.Status(409, "Precondition failed"));

        Assert.False(await fixture.Cluster.ChangeAsync(ReadBefore, new ServerChange.Deletion(), Cancelled));

        var preconditions = JsonNode.Parse(Assert.Single(fixture.Server.Requests).Body)!["preconditions"]!;
        Assert.Equal(("uid-a", "17"), ((string?)preconditions["uid"], (string?)preconditions["resourceVersion"]));
    }

    [Theory]
    [InlineData(409, false)]
    [InlineData(404, false)]
    [InlineData(422, null)]
    public async Task ChangeAsync_EditRefused_IsFalseOnlyWhenTheServerIsAnother(int status, bool? expected)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH gameservers", Answers.Status(status, "no", status == 404 ? "NotFound" : "", subject: "a"));

        var change = fixture.Cluster.ChangeAsync(ReadBefore, new ServerChange.Edit(), Cancelled);

        if (expected is { } answer) Assert.Equal(answer, await change);
        else await Assert.ThrowsAsync<ClusterUnreachableException>(() => change);
    }

    [Fact]
    public async Task FindBySessionAsync_SomeFleetPacks_AsksForTheSessionAmongOthersToo()
    {
        await using var fixture = await StartAsync(packing: new() { Counter = "rooms" });
        fixture.Server.On("LIST gameservers", Answers.List("7", []), Answers.List("7", [GameServer("b", 2)]));

        Assert.Equal(["b"], (await fixture.Cluster.FindBySessionAsync("s-1", Cancelled)).Select(server => server.Name));

        Assert.EndsWith("?limit=500&labelSelector=fleetsystem.dev%2Fs-1", fixture.Server.Seen("LIST gameservers")[1].Path);
    }

    [Fact]
    public async Task DeleteAsync_WithUid_SendsItAsPrecondition()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("DELETE gameservers", Answers.Recorded(Recording.Load("24-delete-gameserver")));

        Assert.True(await fixture.Cluster.DeleteAsync("a", "uid-1", Cancelled));
        Assert.Equal("uid-1", (string?)JsonNode.Parse(Assert.Single(fixture.Server.Requests).Body)!["preconditions"]!["uid"]);
    }

    [Theory]
    [InlineData(409, "uid-1", false)]
    [InlineData(404, "uid-1", false)]
    [InlineData(404, "", false)]
    [InlineData(409, "", null)]
    [InlineData(503, "uid-1", null)]
    public async Task DeleteAsync_Refused_IsFalseOnlyWhenThatServerIsGone(int status, string uid, bool? expected)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("DELETE gameservers", Answers.Status(status, "no", status == 404 ? "NotFound" : "", subject: "a"));

        var deletion = fixture.Cluster.DeleteAsync("a", uid, Cancelled);

        if (expected is { } gone) Assert.Equal(gone, await deletion);
        else await Assert.ThrowsAsync<ClusterUnreachableException>(() => deletion);
    }

    [Fact]
    public async Task DeleteAsync_WithoutUid_SendsNoPrecondition()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("DELETE gameservers", Answers.Raw(202, "{}"));

        Assert.True(await fixture.Cluster.DeleteAsync("a", "", Cancelled));
        Assert.Null(JsonNode.Parse(Assert.Single(fixture.Server.Requests).Body)!["preconditions"]);
    }
}
