namespace FleetSystem.Matchmaker.Api;

/// <summary>Reads request bodies up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>The whole body, or null when it is longer than allowed; no more than the limit is ever held.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int most, CancellationToken cancellationToken)
    {
        if (request.ContentLength > most) return null;
        using var body = new MemoryStream((int)(request.ContentLength ?? 1024));
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                if (body.Length + segment.Length > most) return null;
                body.Write(segment.Span);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return body.GetBuffer().AsMemory(0, (int)body.Length);
        }
    }
}
