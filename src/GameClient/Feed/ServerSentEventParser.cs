using System;
using System.Buffers;
using System.Text;

namespace FleetSystem.GameClient;

/// <summary>One server-sent event.</summary>
internal readonly struct ServerSentEvent
{
    public ServerSentEvent(string id, string name, string data)
    {
        Id = id;
        Name = name;
        Data = data;
    }

    /// <summary>The last event id of the stream so far; empty for none.</summary>
    public string Id { get; }

    /// <summary>The event's name; empty for none.</summary>
    public string Name { get; }

    public string Data { get; }
}

/// <summary>
/// Reads server-sent events (the HTML standard's event stream) from bytes as they come, in pieces of any size. Times to retry are
/// passed over: the pauses are ours.
/// </summary>
internal sealed class ServerSentEventParser
{
    private readonly int _bytesMax;
    private readonly Action<ServerSentEvent> _happened;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly StringBuilder _data = new();
    private bool _hasData;
    private bool _isFirstLine = true;
    private bool _wasCarriageReturn;
    private string _id = "";
    private string _name = "";

    /// <param name="bytesMax">Longest event.</param>
    /// <param name="happened">Called for each event.</param>
    public ServerSentEventParser(int bytesMax, Action<ServerSentEvent> happened)
    {
        _bytesMax = bytesMax;
        _happened = happened;
    }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="FormatException">An event is too long.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // CR LF is one end of a line, also where a piece ends between the two.
            if (_wasCarriageReturn && bytes[0] == '\n') bytes = bytes.Slice(1);
            _wasCarriageReturn = false;
            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            var part = end < 0 ? bytes : bytes.Slice(0, end);
            if (_line.WrittenCount + _data.Length + part.Length > _bytesMax) throw new FormatException($"An event of the feed has more than {_bytesMax} bytes.");
            _line.Write(part);
            if (end < 0) return;
            _wasCarriageReturn = bytes[end] == '\r';
            bytes = bytes.Slice(end + 1);
            Line(Encoding.UTF8.GetString(_line.WrittenSpan));
            _line.Clear();
        }
    }

    private void Line(string line)
    {
        if (_isFirstLine) line = line.TrimStart('\uFEFF');
        _isFirstLine = false;
        if (line.Length == 0)
        {
            Dispatch();
            return;
        }

        var colon = line.IndexOf(':');
        var field = colon < 0 ? line : line.Substring(0, colon);
        var value = colon < 0 ? "" : line.Substring(colon + (colon + 1 < line.Length && line[colon + 1] == ' ' ? 2 : 1));
        switch (field)
        {
            case "data":
                if (_hasData) _data.Append('\n');
                _data.Append(value);
                _hasData = true;
                break;
            case "event":
                _name = value;
                break;
            case "id" when value.IndexOf('\0') < 0:
                _id = value;
                break;
        }
    }

    private void Dispatch()
    {
        var name = _name;
        _name = "";
        if (!_hasData) return;
        var data = _data.ToString();
        _data.Clear();
        _hasData = false;
        _happened(new ServerSentEvent(_id, name, data));
    }
}
