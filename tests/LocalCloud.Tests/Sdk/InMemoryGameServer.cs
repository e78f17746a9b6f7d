using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Sdk;

namespace FleetSystem.LocalCloud.Tests.Sdk;

/// <summary>A GameServer object in memory, with versions and watchers, in place of a cluster.</summary>
internal sealed class InMemoryGameServer(JsonObject gameServer) : IGameServerResource
{
    private readonly Lock _gate = new();
    private JsonObject? _current = gameServer;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _version = 1;

    public JsonObject? Current
    {
        get
        {
            lock (_gate)
                return _current?.DeepClone().AsObject();
        }
    }

    public string State => Current?["status"]?["state"]?.GetValue<string>() ?? "";

    public int Version
    {
        get
        {
            lock (_gate)
                return _version;
        }
    }

    public static InMemoryGameServer Named(string name, string state = "Scheduled", Action<JsonObject>? with = null)
    {
        var gameServer = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = "default",
                ["uid"] = "7f2c",
                ["generation"] = 4,
                ["resourceVersion"] = "1",
                ["creationTimestamp"] = "2026-11-23T01:24:11Z",
                ["labels"] = new JsonObject { ["agones.dev/fleet"] = "arena" },
            },
            ["spec"] = new JsonObject
            {
                ["health"] = new JsonObject { ["initialDelaySeconds"] = 5, ["periodSeconds"] = 5, ["failureThreshold"] = 3 },
            },
            ["status"] = new JsonObject
            {
                ["state"] = state,
                ["address"] = "127.0.10.1",
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = "127.0.10.1" }),
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "game", ["port"] = 7302 }),
                ["counters"] = new JsonObject { ["rooms"] = new JsonObject { ["count"] = 0, ["capacity"] = 3 } },
                ["lists"] = new JsonObject { ["players"] = new JsonObject { ["capacity"] = 4, ["values"] = new JsonArray() } },
            },
        };
        with?.Invoke(gameServer);
        return new InMemoryGameServer(gameServer);
    }

    /// <summary>What a controller and an allocation do: Ready follows RequestReady, and the session is on the labels.</summary>
    public void Allocate(string session, int incarnation = 1, DateTimeOffset? expires = null) => Update(gameServer =>
    {
        gameServer["status"]!["state"] = "Allocated";
        gameServer["metadata"]!["labels"]!["fleetsystem.dev/session"] = session;
        gameServer["metadata"]!["labels"]!["fleetsystem.dev/incarnation"] = incarnation.ToString(CultureInfo.InvariantCulture);
        if (expires is { } at)
            Metadata(gameServer, "annotations")["fleetsystem.dev/expires"] = at.ToString("O", CultureInfo.InvariantCulture);
        return true;
    });

    public JsonObject? Update(Func<JsonObject, bool> change)
    {
        lock (_gate)
        {
            if (_current is null)
                return null;
            var next = _current.DeepClone().AsObject();
            if (change(next))
            {
                next["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
                _current = next;
                Changed();
            }

            return _current.DeepClone().AsObject();
        }
    }

    public void Delete()
    {
        lock (_gate)
        {
            _current = null;
            Changed();
        }
    }

    public async IAsyncEnumerable<JsonObject> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = 0;
        while (true)
        {
            JsonObject? next;
            Task changed;
            lock (_gate)
            {
                if (_current is null)
                    yield break;
                changed = _changed.Task;
                next = _version > seen ? _current.DeepClone().AsObject() : null;
                seen = _version;
            }

            if (next is not null)
                yield return next;
            else
                await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until the object is as told.</summary>
    public async Task<JsonObject> UntilAsync(Func<JsonObject, bool> holds, CancellationToken cancellationToken)
    {
        await foreach (var gameServer in WatchAsync(cancellationToken))
        {
            if (holds(gameServer))
                return gameServer;
        }

        throw new InvalidOperationException("The GameServer was deleted.");
    }

    public Task<JsonObject> UntilStateAsync(string state, CancellationToken cancellationToken) =>
        UntilAsync(gameServer => gameServer["status"]!["state"]!.GetValue<string>() == state, cancellationToken);

    public Task<JsonObject> UntilAnnotatedAsync(string key, string value, CancellationToken cancellationToken) =>
        UntilAsync(gameServer => gameServer["metadata"]!["annotations"]?[key]?.GetValue<string>() == value, cancellationToken);

    private static JsonObject Metadata(JsonObject gameServer, string name)
    {
        if (gameServer["metadata"]![name] is not JsonObject child)
            gameServer["metadata"]![name] = child = [];
        return child;
    }

    private void Changed()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
