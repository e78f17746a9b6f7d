using System.Buffers;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Reads request bodies within the API server's limit.</summary>
internal static class ApiBody
{
    /// <summary>Largest body, in bytes.</summary>
    public const int SizeLimit = 3 * 1024 * 1024;

    /// <exception cref="ApiException">413 when the body is larger than <see cref="SizeLimit"/>.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > SizeLimit) throw ApiException.TooLarge(SizeLimit);
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(request.HttpContext.RequestAborted);
            if (result.Buffer.Length > SizeLimit)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw ApiException.TooLarge(SizeLimit);
            }

            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
