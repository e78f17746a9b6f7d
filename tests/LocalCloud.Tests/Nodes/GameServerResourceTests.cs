using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Tests.Nodes;

public sealed class GameServerResourceTests
{
    private readonly ObjectStore _store = new(TimeProvider.System, new IdSource(1));
    private readonly GameServerWatches _watches;

    public GameServerResourceTests() => _watches = new GameServerWatches(_store);

    [Fact]
    public async Task Watch_ChangesThenDeletion_NewestFirstThenEachThenTheEnd()
    {
        var server = Create("a");
        var resource = Resource(server);
        var states = new List<string>();

        await foreach (var version in resource.WatchAsync(TestContext.Current.CancellationToken))
        {
            states.Add((string)version["status"]!["state"]!);
            if (states.Count == 1) resource.Update(body => SetState(body, "Ready"));
            else if (states.Count == 2) resource.Update(body => SetState(body, "Allocated"));
            else _store.Delete(AgonesKinds.GameServer, server.Key);
        }

        Assert.Equal(["Starting", "Ready", "Allocated"], states);
    }

    [Fact]
    public void Update_SuccessorOfTheSameName_IsAnotherObject()
    {
        var server = Create("a");
        var resource = Resource(server);
        _store.Delete(AgonesKinds.GameServer, server.Key);
        var successor = Create("a");

        Assert.Null(resource.Current);
        Assert.Null(resource.Update(body => SetState(body, "Shutdown")));
        Assert.Same(successor, _store.Get(AgonesKinds.GameServer, server.Key));
    }

    [Fact]
    public void Update_ChangeRefused_NothingIsWritten()
    {
        var server = Create("a");

        var result = Resource(server).Update(body =>
        {
            SetState(body, "Ready");
            return false;
        });

        Assert.Equal("Starting", (string?)result!["status"]!["state"]);
        Assert.Same(server, _store.Get(AgonesKinds.GameServer, server.Key));
    }

    [Fact]
    public void Current_PrivateCopy_ChangingItChangesNothing()
    {
        var resource = Resource(Create("a"));

        SetState(resource.Current!, "Ready");

        Assert.Equal("Starting", (string?)resource.Current!["status"]!["state"]);
    }

    private GameServerResource Resource(StoredObject server) => new(_store, _watches, server.Key, server.Uid);

    private StoredObject Create(string name) => _store.Create(AgonesKinds.GameServer, (JsonObject)JsonNode.Parse($$"""
        {"metadata": {"name": "{{name}}", "namespace": "default"}, "status": {"state": "Starting"} }
        """)!);

    private static bool SetState(JsonObject body, string state)
    {
        body["status"]!["state"] = state;
        return true;
    }
}
