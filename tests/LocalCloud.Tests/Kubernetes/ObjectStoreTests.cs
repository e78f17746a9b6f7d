using System.Text.Json.Nodes;
using CsCheck;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Tests.Kubernetes;

public sealed class ObjectStoreTests
{
    private readonly ObjectStore _store = new(TimeProvider.System, new IdSource(1), new ObjectStoreOptions { WatchHistoryLimit = 8 });

    [Fact]
    public void Update_ChangeThatChangesNothing_KeepsTheVersionAndTellsNobody()
    {
        var created = Create("a");
        var changes = 0;
        _store.Observe((_, _) => changes++);

        var same = _store.Update(AgonesKinds.GameServer, created.Key, body =>
        {
            body["spec"] = JsonNode.Parse("""{"b": 2, "a": 1}""");
            return true;
        });

        Assert.Same(created, same);
        Assert.Equal(0, changes);
    }

    [Fact]
    public void TryReplace_VersionReplacedMeanwhile_IsRefused()
    {
        var created = Create("a");
        var stale = created.ToJson();
        SetState(created, "Ready");

        Assert.Null(_store.TryReplace(created, stale));
    }

    [Fact]
    public void Update_LabelsThenStatus_OnlyStatusRaisesGeneration()
    {
        var created = Create("a");

        var labelled = _store.Update(AgonesKinds.GameServer, created.Key, body => Set(body.Child("metadata")!.Ensure("labels"), "x", "y"))!;
        var ready = SetState(created, "Ready");

        Assert.Equal((1, 1, 2), (created.Generation, labelled.Generation, ready.Generation));
        Assert.True(labelled.ResourceVersion > created.ResourceVersion && ready.ResourceVersion > labelled.ResourceVersion);
    }

    [Fact]
    public void Delete_WithFinalizer_MarksOnceAndGoesWithTheFinalizer()
    {
        var created = Create("a", finalizers: ["test/keep"]);

        var first = _store.Delete(AgonesKinds.GameServer, created.Key)!.Value;
        var second = _store.Delete(AgonesKinds.GameServer, created.Key)!.Value;

        Assert.False(first.Removed);
        Assert.Same(first.Object, second.Object);
        Assert.Equal(2, first.Object.Generation);
        StoreEvent? last = null;
        _store.Observe((change, _) => last = change);
        _store.Update(AgonesKinds.GameServer, created.Key, body => body.Child("metadata")!.Remove("finalizers"));
        Assert.Null(_store.Get(AgonesKinds.GameServer, created.Key));
        Assert.Equal(StoreEventType.Deleted, last!.Type);
        Assert.True(last.Object.ResourceVersion > first.Object.ResourceVersion);
        Assert.Equal("test/keep", (string?)last.Object.ToJson()["metadata"]!["finalizers"]![0]);
    }

    [Fact]
    public void Delete_PreconditionOfAnotherUid_IsAConflict()
    {
        var created = Create("a");

        var refused = Assert.Throws<ApiException>(() => _store.Delete(AgonesKinds.GameServer, created.Key, new DeletionOptions(Uid: "other")));

        Assert.Equal(409, refused.Code);
    }

    [Fact]
    public void Dependents_OwnerReferencesChange_FollowThem()
    {
        var owner = Create("owner");
        var dependent = Create("dependent", owner: owner);

        Assert.Equal([(AgonesKinds.GameServer, dependent.Key)], _store.Dependents(owner.Uid));
        _store.Update(AgonesKinds.GameServer, dependent.Key, body => body.Child("metadata")!.Remove("ownerReferences"));
        Assert.Empty(_store.Dependents(owner.Uid));
    }

    [Fact]
    public void Watch_ReaderFallsBehindTheHistory_IsToldSo()
    {
        var created = Create("a");
        using var watch = _store.Watch(AgonesKinds.GameServer, created.ResourceVersion);
        for (var i = 0; i < 9; i++) SetState(created, $"s{i}");

        var refused = Assert.Throws<ApiException>(() => watch.Read([], 100));

        Assert.Equal(410, refused.Code);
    }

    [Fact]
    public void Watch_AfterForgetHistory_OldReaderExpiresAndNewOneGoesOn()
    {
        var created = Create("a");
        using var old = _store.Watch(AgonesKinds.GameServer, created.ResourceVersion);
        SetState(created, "Ready");
        _store.ForgetHistory();
        var version = _store.ResourceVersion;

        Assert.Throws<ApiException>(() => old.Read([], 10));
        Assert.Throws<ApiException>(() => _store.Watch(AgonesKinds.GameServer, created.ResourceVersion));
        using var resumed = _store.Watch(AgonesKinds.GameServer, version);
        SetState(created, "Allocated");
        var events = new List<StoreEvent>();
        resumed.Read(events, 10);
        Assert.Equal("Allocated", GameServerFacts.Of(Assert.Single(events).Object).State);
    }

    [Fact]
    public async Task Update_ManyWritersOfOneObject_NoWriteIsLost()
    {
        var created = Create("a");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                _store.Update(AgonesKinds.GameServer, created.Key, body => Set(body.Child("spec")!, "n", (body.Child("spec").Integer("n") ?? 0) + 1));
            }
        })));

        Assert.Equal(400, _store.Get(AgonesKinds.GameServer, created.Key)!.ToJson().Child("spec").Integer("n"));
    }

    /// <summary>Whatever is written, a watch that began at any version, applied to the list of that version, ends in the newest list.</summary>
    [Fact]
    public void Watch_AnySequenceOfWrites_LeadsFromAnyListToTheNewest() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4]).Array[1, 60].Sample(steps =>
    {
        var store = new ObjectStore(TimeProvider.System, new IdSource(3));
        var snapshots = new List<StoreSnapshot> { store.List(AgonesKinds.GameServer) };
        foreach (var (action, which) in steps)
        {
            Act(store, action, $"s{which}", snapshots.Count);
            snapshots.Add(store.List(AgonesKinds.GameServer));
        }

        return snapshots.All(snapshot => Follow(store, snapshot).SequenceEqual(snapshots[^1].Objects.Values));
    }, iter: 300);

    private static List<StoredObject> Follow(ObjectStore store, StoreSnapshot from)
    {
        var objects = new SortedDictionary<string, StoredObject>(from.Objects.ToDictionary(), StringComparer.Ordinal);
        using var watch = store.Watch(AgonesKinds.GameServer, from.ResourceVersion);
        var events = new List<StoreEvent>();
        watch.Read(events, int.MaxValue);
        foreach (var change in events)
        {
            if (change.Type == StoreEventType.Deleted) objects.Remove(change.Object.Key);
            else objects[change.Object.Key] = change.Object;
        }

        return [.. objects.Values];
    }

    private static void Act(ObjectStore store, int action, string name, int step)
    {
        var key = "default/" + name;
        if (action == 0 && store.Get(AgonesKinds.GameServer, key) is null) store.Create(AgonesKinds.GameServer, Body(name));
        else if (action == 1) store.Update(AgonesKinds.GameServer, key, body => Set(body.Child("status")!, "state", $"s{step}"));
        else store.Delete(AgonesKinds.GameServer, key);
    }

    private StoredObject Create(string name, string[]? finalizers = null, StoredObject? owner = null)
    {
        var body = Body(name);
        if (finalizers is not null) body["metadata"]!["finalizers"] = new JsonArray([.. finalizers.Select(finalizer => (JsonNode)finalizer)]);
        if (owner is not null) body["metadata"]!["ownerReferences"] = PodTemplate.Owner(owner.Kind, owner.Name, owner.Uid);
        return _store.Create(AgonesKinds.GameServer, body);
    }

    private StoredObject SetState(StoredObject server, string state) =>
        _store.Update(AgonesKinds.GameServer, server.Key, body => Set(body.Child("status")!, "state", state))!;

    private static JsonObject Body(string name) => (JsonObject)JsonNode.Parse($$$"""
        {"metadata": {"name": "{{{name}}}", "namespace": "default"}, "spec": {"a": 1, "b": 2}, "status": {"state": "Starting"}}
        """)!;

    private static bool Set(JsonObject node, string property, JsonNode? value)
    {
        node[property] = value;
        return true;
    }
}
