using System.Text;
using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>
/// A resourceVersion as bytes that are overwritten in place: every event carries one and only the last is ever asked for, so none is made a
/// string before it is needed. Opaque: never compared, only handed back.
/// </summary>
internal sealed class ResourceVersion
{
    private readonly byte[] _bytes = new byte[128];
    private int _length;

    public bool IsKnown => _length > 0;

    /// <summary>Takes the value of the property that the reader stands on.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) reader.Skip();
        else if ((reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) <= _bytes.Length)
            _length = reader.CopyString(_bytes);
    }

    public void Clear() => _length = 0;

    public void CopyTo(ResourceVersion other)
    {
        _bytes.AsSpan(0, _length).CopyTo(other._bytes);
        other._length = _length;
    }

    public override string ToString() => Encoding.UTF8.GetString(_bytes, 0, _length);
}
