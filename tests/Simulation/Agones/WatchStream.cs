using FleetSystem.FleetModel.Clusters;
using FleetSystem.Simulation.Tests.Engine;

namespace FleetSystem.Simulation.Tests.Agones;

/// <summary>
/// What one informer tells: a list, then every change in order, late by as much as the seed says. A cut loses nothing: the watch resumes where
/// it was, or the kind is listed anew.
/// </summary>
internal sealed class WatchStream : IDisposable
{
    private const string Servers = "gameservers";
    private const string Nodes = "nodes";

    private readonly Queue<ClusterChange> _told = new();
    private readonly Kind[] _kinds;
    private readonly VirtualTime _time;
    private readonly ApiServer _server;
    private readonly Faults _faults;
    private readonly Random _random;
    private TaskCompletionSource? _wanted;
    private bool _ended;

    public WatchStream(ApiServer server, VirtualTime time, Faults faults, Random random)
    {
        (_server, _time, _faults, _random) = (server, time, faults, random);
        _kinds = [new Kind(Servers), new Kind(Nodes)];
        server.Changed += OnChanged;
        server.WentAway += OnCut;
        foreach (var kind in _kinds) Later(kind, () => List(kind));
    }

    /// <summary>The next change, or null when the stream has ended.</summary>
    public async Task<ClusterChange?> NextAsync()
    {
        while (_told.Count == 0 && !_ended)
        {
            _wanted = new TaskCompletionSource();
            await _wanted.Task;
        }

        return _ended ? null : _told.Dequeue();
    }

    public void End()
    {
        _ended = true;
        _wanted?.TrySetResult();
    }

    public void Dispose()
    {
        _ended = true;
        _server.Changed -= OnChanged;
        _server.WentAway -= OnCut;
    }

    private void Tell(ClusterChange change)
    {
        if (_ended) return;
        _told.Enqueue(change);
        _wanted?.TrySetResult();
    }

    private void OnChanged()
    {
        foreach (var kind in _kinds.Where(kind => kind.IsWatching)) DeliverLater(kind);
    }

    private void DeliverLater(Kind kind) => Later(kind, () =>
    {
        if (kind.IsWatching) Deliver(kind);
    });

    private void Deliver(Kind kind)
    {
        while (kind.Position < _server.Log.Count)
        {
            var change = _server.Log[kind.Position++];
            if (!Concerns(kind, change)) continue;
            Tell(change);

            // An event may come twice around a reconnection.
            if (_faults.Happen(0.02)) Tell(change);
            return;
        }
    }

    private void List(Kind kind)
    {
        if (_ended) return;
        if (!_server.IsUp)
        {
            Lose(kind);
            Later(kind, () => List(kind));
            return;
        }

        kind.Position = _server.Log.Count;
        Tell(kind.Name == Servers ? new ClusterChange.GameServersListed([.. _server.Servers]) : new ClusterChange.NodesListed([.. _server.Nodes]));
        Restore(kind);
    }

    private void OnCut()
    {
        foreach (var kind in _kinds.Where(kind => kind.IsWatching && (!_server.IsUp || _random.Next(2) == 0)))
        {
            kind.IsWatching = false;
            Lose(kind);
            var relists = _random.Next(2) == 0;
            _time.After(TimeSpan.FromMilliseconds(_random.Next(100, 4_000)), () => Resume(kind, relists));
        }
    }

    private void Resume(Kind kind, bool relists)
    {
        if (_ended) return;
        if (!_server.IsUp)
        {
            _time.After(TimeSpan.FromMilliseconds(_random.Next(100, 1_000)), () => Resume(kind, relists));
            return;
        }

        if (relists)
        {
            List(kind);
            return;
        }

        Restore(kind);
        for (var i = kind.Position; i < _server.Log.Count; i++) DeliverLater(kind);
    }

    private void Lose(Kind kind)
    {
        if (kind.IsLost) return;
        kind.IsLost = true;
        Tell(new ClusterChange.SourceLost(kind.Name, "the connection broke"));
    }

    private void Restore(Kind kind)
    {
        kind.IsWatching = true;
        if (!kind.IsLost) return;
        kind.IsLost = false;
        Tell(new ClusterChange.SourceRestored(kind.Name));
    }

    /// <summary>Later, and never before what was put off earlier.</summary>
    private void Later(Kind kind, Action what)
    {
        var delay = TimeSpan.FromMilliseconds(_faults.Happen(0.02) ? _random.Next(500, 5_000) : _random.Next(1, 60));
        var due = _time.Elapsed + delay;
        kind.Due = due > kind.Due ? due : kind.Due;
        _time.After(kind.Due - _time.Elapsed, () =>
        {
            if (!_ended) what();
        });
    }

    private static bool Concerns(Kind kind, ClusterChange change) => change switch
    {
        ClusterChange.GameServerChanged or ClusterChange.GameServerDeleted => kind.Name == Servers,
        _ => kind.Name == Nodes,
    };

    private sealed class Kind(string name)
    {
        public string Name => name;

        public bool IsWatching { get; set; }

        public bool IsLost { get; set; }

        public int Position { get; set; }

        public TimeSpan Due { get; set; }
    }
}
