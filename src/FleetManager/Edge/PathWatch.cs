using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Edge;

/// <summary>Probes every address of one path, and keeps each one's health. One owner calls it, one call at a time.</summary>
/// <param name="options">Pace of the probes, and when a health changes.</param>
/// <param name="time">The clock.</param>
/// <param name="protocol">What is probed with.</param>
internal sealed class PathWatch(FleetManagerOptions options, TimeProvider time, GameProtocol protocol = GameProtocol.Udp) : IAsyncDisposable
{
    // Addresses of one path that are probed; a name may resolve to more.
    private const int MaxAddresses = 8;

    private readonly int _patience = Math.Max(1, (int)Math.Ceiling(options.ProbeTimeout / options.ProbeInterval));
    private readonly Dictionary<string, Probed> _probed = new(StringComparer.Ordinal);

    /// <summary>Health by address; empty before the first answer or loss.</summary>
    public IEnumerable<KeyValuePair<string, PathHealth>> Addresses => _probed.Where(pair => pair.Value.Seen).Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Health));

    /// <summary>Sends one probe to each address, and takes in what became of those whose time is over.</summary>
    /// <param name="targets">The path's addresses as they are now; others are probed no more.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    public async Task ProbeAsync(IReadOnlyList<ProbeTarget> targets, CancellationToken cancellationToken)
    {
        await ForgetAsync(targets);
        foreach (var target in targets.Take(MaxAddresses))
        {
            var address = target.EndPoint.Address.ToString();
            if (!_probed.TryGetValue(address, out var probed))
                _probed[address] = probed = new Probed(target, Connect(target), PathHealth.Unprobed(time.GetUtcNow()));
            if (await probed.Probe.NextAsync(cancellationToken) is { } answered) probed.Observe(answered, time.GetUtcNow(), options.PathHealth);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var probed in _probed.Values) await probed.Probe.DisposeAsync();
        _probed.Clear();
    }

    private IPathProbe Connect(ProbeTarget target) =>
        protocol == GameProtocol.Tcp ? new TcpProbe(target, _patience, options.ProbeInterval * _patience, time) : new UdpProbe(target, _patience);

    private async Task ForgetAsync(IReadOnlyList<ProbeTarget> targets)
    {
        foreach (var (address, probed) in _probed.Where(pair => !targets.Any(target => target.EndPoint.Equals(pair.Value.Target.EndPoint))).ToList())
        {
            _probed.Remove(address);
            await probed.Probe.DisposeAsync();
        }
    }

    private sealed class Probed(ProbeTarget target, IPathProbe probe, PathHealth health)
    {
        public ProbeTarget Target => target;

        public IPathProbe Probe => probe;

        public PathHealth Health { get; private set; } = health;

        public bool Seen { get; private set; }

        public void Observe(bool answered, DateTimeOffset now, PathHealthOptions options)
        {
            Seen = true;
            Health = Health.Observe(answered, now, options);
        }
    }
}
