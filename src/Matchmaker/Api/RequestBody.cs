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
            var fits = body.Length + read.Buffer.Length <= most;
            if (fits)
            {
                foreach (var segment in read.Buffer) body.Write(segment.Span);
            }

            // Also what is not wanted: an open read would make the server cut the connection before the caller has the answer.
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (!fits) return null;
            if (read.IsCompleted) return body.GetBuffer().AsMemory(0, (int)body.Length);
        }
    }
}
