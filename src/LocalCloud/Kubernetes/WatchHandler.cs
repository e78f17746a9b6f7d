using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Streams the events of a kind to one client.</summary>
internal sealed class WatchHandler(ObjectStore store, ApiFaults faults, TimeProvider time, CancellationToken stopping)
{
    /// <summary>How often an idle watch is told the version it has reached.</summary>
    public static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestWatch = TimeSpan.FromHours(1);
    private const int BatchLimit = 256;

    public async Task ServeAsync(HttpContext context, ResourceKind kind, string? @namespace, ListQuery query)
    {
        using var timeout = new CancellationTokenSource(query.Timeout ?? LongestWatch, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, faults.Cut, timeout.Token);
        context.Response.StatusCode = 200;
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync(context.RequestAborted);
        var stream = new Stream(context.Response.BodyWriter, kind, @namespace, query);
        try
        {
            using var watch = Begin(stream, kind, query);
            await stream.FlushAsync(ending.Token);
            await PumpAsync(stream, watch, query, ending.Token);
        }
        catch (ApiException refusal)
        {
            stream.WriteError(refusal.ToStatus());
            await stream.FlushAsync(context.RequestAborted);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // A watch ends by its time; when it is cut, the client finds the connection broken.
            if (!timeout.IsCancellationRequested) context.Abort();
        }
    }

    private StoreWatch Begin(Stream stream, ResourceKind kind, ListQuery query)
    {
        if (query.ResourceVersion is { } version and > 0 && !query.SendInitialEvents)
        {
            stream.Version = version;
            return store.Watch(kind, version);
        }

        var watch = store.Watch(kind, out var snapshot);
        foreach (var stored in snapshot.Objects.Values) stream.WriteInitial(stored);
        stream.Version = snapshot.ResourceVersion;
        if (query.SendInitialEvents && query.AllowBookmarks) stream.WriteBookmark(initialEventsEnd: true);
        return watch;
    }

    private async Task PumpAsync(Stream stream, StoreWatch watch, ListQuery query, CancellationToken cancellationToken)
    {
        var bookmarkDue = false;
        using var timer = query.AllowBookmarks
            ? time.CreateTimer(_ =>
            {
                Volatile.Write(ref bookmarkDue, true);
                watch.Signal();
            }, null, BookmarkInterval, BookmarkInterval)
            : null;
        var events = new List<StoreEvent>(BatchLimit);
        while (true)
        {
            await watch.WaitAsync(cancellationToken);
            events.Clear();
            var version = watch.Read(events, BatchLimit);
            foreach (var change in events) stream.Write(change);
            // A client that asked for a version of the future is not led back.
            stream.Version = Math.Max(stream.Version, version);
            if (Volatile.Read(ref bookmarkDue))
            {
                Volatile.Write(ref bookmarkDue, false);
                stream.WriteBookmark(initialEventsEnd: false);
            }

            await stream.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Frames events, and shows a filtered watch only what its selectors let through.</summary>
    private sealed class Stream(PipeWriter body, ResourceKind kind, string? @namespace, ListQuery query)
    {
        private bool _pending = true;

        public long Version { get; set; }

        public void WriteInitial(StoredObject stored)
        {
            if (InScope(stored) && query.Labels.Matches(stored.Labels)) WriteFrame("ADDED"u8, stored.Utf8);
        }

        public void Write(StoreEvent change)
        {
            var stored = change.Object;
            if (stored.ResourceVersion <= Version || !InScope(stored)) return;
            var now = change.Type != StoreEventType.Deleted && query.Labels.Matches(stored.Labels);
            var before = change.PreviousLabels is { } labels && query.Labels.Matches(labels);
            if (now) WriteFrame(before ? "MODIFIED"u8 : "ADDED"u8, stored.Utf8);
            else if (before) WriteFrame("DELETED"u8, stored.Utf8);
        }

        public void WriteBookmark(bool initialEventsEnd)
        {
            var metadata = new JsonObject { ["resourceVersion"] = $"{Version}" };
            if (initialEventsEnd) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            var bookmark = new JsonObject { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind, ["metadata"] = metadata };
            WriteFrame("BOOKMARK"u8, Encoding.UTF8.GetBytes(bookmark.ToJsonString()));
        }

        public void WriteError(JsonObject status) => WriteFrame("ERROR"u8, Encoding.UTF8.GetBytes(status.ToJsonString()));

        public async ValueTask FlushAsync(CancellationToken cancellationToken)
        {
            if (!_pending) return;
            _pending = false;
            var result = await body.FlushAsync(cancellationToken);
            if (result.IsCompleted) throw new OperationCanceledException("the client has gone");
        }

        private bool InScope(StoredObject stored) => (@namespace is null || stored.Namespace == @namespace) && query.Fields.Matches(stored);

        private void WriteFrame(ReadOnlySpan<byte> type, ReadOnlySpan<byte> utf8)
        {
            body.Write("{\"type\":\""u8);
            body.Write(type);
            body.Write("\",\"object\":"u8);
            body.Write(utf8);
            body.Write("}\n"u8);
            _pending = true;
        }
    }
}
