using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace FleetSystem.GameClient.Tests.Feed;

/// <summary>The players' API in memory: each request waits until a test answers it.</summary>
internal sealed class FakeService : HttpMessageHandler
{
    private readonly Channel<FakeRequest> _requests = Channel.CreateUnbounded<FakeRequest>();

    public static Uri Api { get; } = new("https://play.example.com/");

    public ConcurrentQueue<FakeRequest> All { get; } = new();

    /// <summary>Answers at once, without a test's doing; null leaves a request to the test.</summary>
    public Func<FakeRequest, HttpResponseMessage?>? Answer { get; set; }

    public async Task<FakeRequest> NextAsync() => await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var lastEventId = request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : null;
        var seen = new FakeRequest(request.Method.Method, request.RequestUri!, request.Headers.Authorization?.ToString(), lastEventId, body)
        {
            Key = request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null,
        };
        All.Enqueue(seen);
        if (Answer?.Invoke(seen) is { } now) return now;
        await _requests.Writer.WriteAsync(seen, cancellationToken);
        return await seen.Reply.Task.WaitAsync(cancellationToken);
    }
}

/// <summary>A request as the fake service saw it.</summary>
internal sealed record FakeRequest(string Method, Uri Url, string? Authorization, string? LastEventId, string Body)
{
    /// <summary>Its idempotency key.</summary>
    public string? Key { get; init; }

    public TaskCompletionSource<HttpResponseMessage> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Refuse(HttpStatusCode status, TimeSpan? retryAfter = null) => Reply.SetResult(Refusal(status, retryAfter));

    public static HttpResponseMessage Refusal(HttpStatusCode status, TimeSpan? retryAfter = null)
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent("") };
        if (retryAfter is { } pause) answer.Headers.RetryAfter = new(pause);
        return answer;
    }

    public FakeStream Stream()
    {
        var stream = new FakeStream();
        Reply.SetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream) });
        return stream;
    }
}

/// <summary>An answer's body that a test writes piece by piece.</summary>
internal sealed class FakeStream : Stream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Closed => _closed.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Write(string text) => _pieces.Writer.TryWrite(System.Text.Encoding.UTF8.GetBytes(text));

    public void Event(long sequence, string state = "playable", int incarnation = 1, string connections = "[]") => Write(
        $$$"""
        event: {{{state}}}
        id: {{{sequence}}}
        data: {"sequence":{{{sequence}}},"at":"2026-11-25T00:00:00Z","state":"{{{state}}}","incarnation":{{{incarnation}}},"reason":null,"session":{"sessionId":"s-1","state":"{{{state}}}","incarnation":{{{incarnation}}},"connections":{{{connections}}}}}


        """.ReplaceLineEndings("\n"));

    public void RoutesChanged(long sequence) => Write(
        $$$"""
        event: routesChanged
        data: {"sequence":{{{sequence}}},"at":"2026-11-25T00:00:00Z","state":"playable","incarnation":1,"reason":null,"session":{"sessionId":"s-1","state":"playable","incarnation":1,"connections":[]}}


        """.ReplaceLineEndings("\n"));

    public void End(Exception? fault = null) => _pieces.Writer.TryComplete(fault);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (await _pieces.Reader.WaitToReadAsync(cancellationToken))
        {
            if (!_pieces.Reader.TryRead(out var piece)) continue;
            piece.CopyTo(buffer);
            return piece.Length;
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _closed.TrySetResult();
        base.Dispose(disposing);
    }
}
