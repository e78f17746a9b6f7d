using System.Buffers;
using System.IO.Pipelines;

namespace FleetSystem.FleetManager.Kubernetes.Watching;

/// <summary>Cuts a stream into lines without copying them. A line is good until the next call.</summary>
internal sealed class LineReader : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly PipeReader _pipe;
    private readonly int _longestLine;
    private ReadOnlySequence<byte> _buffer;
    private bool _mustAdvance;

    private LineReader(PipeReader pipe, int longestLine) => (_pipe, _longestLine) = (pipe, longestLine);

    public static async Task<LineReader> OpenAsync(HttpContent content, int longestLine, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken);
        return new LineReader(PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes)), longestLine);
    }

    /// <summary>Waits for more; false at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">A line is longer than allowed.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within a line.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_mustAdvance) _pipe.AdvanceTo(_buffer.Start, _buffer.End);
        var result = await _pipe.ReadAsync(cancellationToken);
        (_buffer, _mustAdvance) = (result.Buffer, true);
        if (_buffer.PositionOf((byte)'\n') is not null) return true;
        if (_buffer.Length > _longestLine) throw new InvalidDataException($"A watch event is longer than {_longestLine} bytes.");
        if (!result.IsCompleted) return true;
        return _buffer.IsEmpty ? false : throw new EndOfStreamException("The watch was cut within an event.");
    }

    /// <summary>The next line that is there, without its end and not empty.</summary>
    public bool TryNext(out ReadOnlySequence<byte> line)
    {
        while (_buffer.PositionOf((byte)'\n') is { } end)
        {
            line = _buffer.Slice(0, end);
            _buffer = _buffer.Slice(_buffer.GetPosition(1, end));
            if (!line.IsEmpty) return true;
        }

        line = default;
        return false;
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();
}
