using System.Net;
using System.Net.Sockets;
using FleetSystem.LocalCloud.LoadBalancing;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>
/// The UDP data path of the local accelerators: at each static address a socket for each accelerator port whose destination is open. A
/// closed destination has no socket, and its players' sessions end with it.
/// </summary>
internal sealed partial class AcceleratorRelay : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly GlobalAcceleratorService _service;
    private readonly ILogger<AcceleratorRelay> _logger;
    private readonly UdpRelay _relay;
    private readonly Dictionary<IPEndPoint, OpenPort> _open = [];
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

    /// <summary>The sockets that are open.</summary>
    public IReadOnlyList<IPEndPoint> OpenPorts
    {
        get
        {
            lock (_lock)
                return [.. _open.Keys];
        }
    }

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

    private void Apply(IReadOnlyList<AcceleratorPath> paths)
    {
        lock (_lock)
        {
            var wanted = new Dictionary<IPEndPoint, IPEndPoint>();
            foreach (var path in paths)
            {
                foreach (var (port, destination) in path.Destinations)
                {
                    wanted[new IPEndPoint(path.Addresses.First, port)] = destination;
                    wanted[new IPEndPoint(path.Addresses.Second, port)] = destination;
                }
            }

            _closing.RemoveAll(task => task.IsCompleted);
            foreach (var (endPoint, port) in _open)
            {
                if (wanted.TryGetValue(endPoint, out var destination) && destination.Equals(port.Destination))
                    continue;
                _open.Remove(endPoint);
                _closing.Add(port.Listener.DisposeAsync().AsTask());
            }

            _failures.Clear();
            foreach (var (endPoint, destination) in wanted)
            {
                if (!_open.ContainsKey(endPoint))
                    Open(endPoint, destination);
            }
        }
    }

    private void Open(IPEndPoint endPoint, IPEndPoint destination)
    {
        try
        {
            var listener = _relay.Listen(endPoint, new FixedRouter(new RelayTarget(destination)), FaultsAt(endPoint.Address));
            _open.Add(endPoint, new OpenPort(destination, listener));
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            _failures[endPoint] = e.Message;
            LogNotOpened(_logger, endPoint, e.Message);
        }
    }

    private sealed record OpenPort(IPEndPoint Destination, RelayListener Listener);
}
