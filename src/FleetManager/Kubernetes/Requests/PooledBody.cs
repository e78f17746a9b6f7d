using System.Buffers;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>A whole answer in a rented array.</summary>
internal sealed class PooledBody : IDisposable
{
    private byte[] _bytes;
    private int _length;

    private PooledBody(int size) => _bytes = ArrayPool<byte>.Shared.Rent(size);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Reads an answer to its end.</summary>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="limit"/>.</exception>
    public static async Task<PooledBody> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        var announced = content.Headers.ContentLength ?? 0;
        if (announced > limit) throw TooLong(limit);
        var body = new PooledBody((int)Math.Max(announced + 1, 16 * 1024));
        try
        {
            var stream = await content.ReadAsStreamAsync(cancellationToken);
            await using (stream)
            {
                while (await stream.ReadAsync(body._bytes.AsMemory(body._length), cancellationToken) is var read and > 0)
                {
                    body._length += read;
                    if (body._length > limit) throw TooLong(limit);
                    if (body._length == body._bytes.Length) body.Grow();
                }
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _bytes.Length);
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private static InvalidDataException TooLong(int limit) => new($"The answer is longer than {limit} bytes.");
}
