using System.Net;
using System.Net.Sockets;
using FleetSystem.LocalCloud.LoadBalancing;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>
/// The data path of the local accelerators: at each static address a socket for each accelerator port whose destination is open, for datagrams,
/// streams or both. A closed destination has no socket, and its players' sessions end with it.
/// </summary>
internal sealed partial class AcceleratorRelay : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly GlobalAcceleratorService _service;
    private readonly ILogger<AcceleratorRelay> _logger;
    private readonly UdpRelay _relay;
    private readonly Dictionary<Port, OpenPort> _open = [];
    private readonly Dictionary<IPEndPoint, string> _failures = [];
    private readonly Dictionary<IPAddress, RelayFaults> _faults = [];
    private readonly List<Task> _closing = [];

    public AcceleratorRelay(GlobalAcceleratorService service, RelayOptions options, TimeProvider timeProvider, ILogger<AcceleratorRelay> logger)
    {
        _service = service;
        _logger = logger;
        _relay = new UdpRelay(options, timeProvider);
        Faults = new RelayFaults(options.Seed);
        service.PathsChanged += Apply;
        Apply(service.Paths());
    }

    /// <summary>Faults of the data path at all static addresses.</summary>
    public RelayFaults Faults { get; }

    public RelayCounters Counters => _relay.Counters;

    /// <summary>The sockets for datagrams that are open.</summary>
    public IReadOnlyList<IPEndPoint> OpenPorts => Open(isStream: false);

    /// <summary>The sockets for streams that are open.</summary>
    public IReadOnlyList<IPEndPoint> OpenStreamPorts => Open(isStream: true);

    /// <summary>The sockets that could not be opened, with the reason; they are tried again at the next change.</summary>
    public IReadOnlyDictionary<IPEndPoint, string> Failures
    {
        get
        {
            lock (_lock)
                return new Dictionary<IPEndPoint, string>(_failures);
        }
    }

    /// <summary>Faults of the data path at one static address, on top of those of all.</summary>
    public RelayFaults FaultsAt(IPAddress staticAddress)
    {
        lock (_lock)
        {
            if (!_faults.TryGetValue(staticAddress, out var faults))
                _faults[staticAddress] = faults = new RelayFaults(_relay.Options.Seed + _faults.Count + 1, Faults);
            return faults;
        }
    }

    /// <summary>Lets every datagram vanish until <see cref="RestoreDataPath()"/>; sockets stay open.</summary>
    public void CutDataPath() => Faults.IsCut = true;

    /// <summary>Lets every datagram at one static address vanish until <see cref="RestoreDataPath(IPAddress)"/>.</summary>
    public void CutDataPath(IPAddress staticAddress) => FaultsAt(staticAddress).IsCut = true;

    public void RestoreDataPath() => Faults.IsCut = false;

    public void RestoreDataPath(IPAddress staticAddress) => FaultsAt(staticAddress).IsCut = false;

    public async ValueTask DisposeAsync()
    {
        _service.PathsChanged -= Apply;
        Apply([]);
        await Task.WhenAll(_closing);
        await _relay.DisposeAsync();
    }

    [LoggerMessage(LogLevel.Error, "Accelerator port {EndPoint} cannot be opened: {Reason}")]
    private static partial void LogNotOpened(ILogger logger, IPEndPoint endPoint, string reason);

    private IReadOnlyList<IPEndPoint> Open(bool isStream)
    {
        lock (_lock)
            return [.. _open.Keys.Where(port => port.IsStream == isStream).Select(port => port.EndPoint)];
    }

    private void Apply(IReadOnlyList<AcceleratorPath> paths)
    {
        lock (_lock)
        {
            var wanted = new Dictionary<Port, IPEndPoint>();
            foreach (var path in paths)
            {
                foreach (var (isStream, destinations) in new[] { (false, path.Destinations), (true, path.StreamDestinations) })
                {
                    foreach (var (port, destination) in destinations)
                    {
                        wanted[new Port(new IPEndPoint(path.Addresses.First, port), isStream)] = destination;
                        wanted[new Port(new IPEndPoint(path.Addresses.Second, port), isStream)] = destination;
                    }
                }
            }

            _closing.RemoveAll(task => task.IsCompleted);
            foreach (var (port, open) in _open)
            {
                if (wanted.TryGetValue(port, out var destination) && destination.Equals(open.Destination))
                    continue;
                _open.Remove(port);
                _closing.Add(open.Listener.DisposeAsync().AsTask());
            }

            _failures.Clear();
            foreach (var (port, destination) in wanted)
            {
                if (!_open.ContainsKey(port))
                    Open(port, destination);
            }
        }
    }

    private void Open(Port port, IPEndPoint destination)
    {
        try
        {
            var faults = FaultsAt(port.EndPoint.Address);
            _open.Add(port, new OpenPort(destination, port.IsStream
                ? new StreamRelay(port.EndPoint, destination, faults)
                : _relay.Listen(port.EndPoint, new FixedRouter(new RelayTarget(destination)), faults)));
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            _failures[port.EndPoint] = e.Message;
            LogNotOpened(_logger, port.EndPoint, e.Message);
        }
    }

    private readonly record struct Port(IPEndPoint EndPoint, bool IsStream);

    private sealed record OpenPort(IPEndPoint Destination, IAsyncDisposable Listener);
}
