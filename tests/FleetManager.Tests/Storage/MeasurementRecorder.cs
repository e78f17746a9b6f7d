using System.Diagnostics.Metrics;
using System.Threading.Channels;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>Keeps what one instrument measures, so that a test can wait for it.</summary>
internal sealed class MeasurementRecorder<T> : IDisposable
    where T : struct
{
    private readonly Channel<T> _measurements = Channel.CreateUnbounded<T>();
    private readonly MeterListener _listener = new();

    public MeasurementRecorder(IMeterFactory meters, string instrument)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Name == instrument && ReferenceEquals(published.Meter.Scope, meters))
                listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<T>((_, value, _, _) => _measurements.Writer.TryWrite(value));
        _listener.Start();
    }

    public ValueTask<T> NextAsync(CancellationToken cancellationToken) => _measurements.Reader.ReadAsync(cancellationToken);

    /// <summary>Those measured so far that nobody has taken.</summary>
    public List<T> TakeAll()
    {
        var taken = new List<T>();
        while (_measurements.Reader.TryRead(out var value))
            taken.Add(value);
        return taken;
    }

    public void Dispose() => _listener.Dispose();
}
