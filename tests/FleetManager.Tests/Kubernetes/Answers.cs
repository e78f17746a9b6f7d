using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

/// <summary>Answers of a fake API server.</summary>
internal static class Answers
{
    /// <summary>A list that holds nothing.</summary>
    public static Func<HttpContext, Task> EmptyList => List("1");

    /// <summary>A watch that is answered and then says nothing until the client leaves.</summary>
    public static Func<HttpContext, Task> Silence => Watch(WatchEnd.Hold);

    /// <summary>The connection breaks after the request was read.</summary>
    public static Func<HttpContext, Task> Reset => context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>Says nothing at all; <paramref name="asked"/> completes once the request is in.</summary>
    public static Func<HttpContext, Task> Never(TaskCompletionSource? asked = null) => async context =>
    {
        asked?.TrySetResult();
        await UntilGone(context);
    };

    public static Func<HttpContext, Task> Recorded(Recording recording) =>
        context => Write(context, recording.Status, recording.ContentType, recording.Body);

    /// <summary>A page of objects, given as JSON.</summary>
    public static Func<HttpContext, Task> List(string resourceVersion, IEnumerable<string>? items = null, string? next = null) =>
        context => Write(context, 200, "application/json", Encoding.UTF8.GetBytes(
            $$$"""{"items":[{{{string.Join(',', items ?? [])}}}],"metadata":{"continue":"{{{next}}}","resourceVersion":"{{{resourceVersion}}}"}}"""));

    /// <summary>A Status object, or plain text.</summary>
    public static Func<HttpContext, Task> Status(
        int code, string message, string reason = "", int? retryAfter = null, bool plain = false, string subject = "") => context =>
    {
        if (retryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return plain
            ? Write(context, code, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(message + "\n"))
            : Write(context, code, "application/json", JsonSerializer.SerializeToUtf8Bytes(
                new { kind = "Status", status = "Failure", message, reason, details = new { name = subject }, code }));
    };

    public static Func<HttpContext, Task> Raw(int code, string body, string contentType = "application/json") =>
        context => Write(context, code, contentType, Encoding.UTF8.GetBytes(body));

    /// <summary>A body that breaks off in the middle.</summary>
    public static Func<HttpContext, Task> Truncated(int code, byte[] body) => async context =>
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
        await context.Response.Body.FlushAsync();
        context.Abort();
    };

    /// <summary>A watch that sends lines and then ends in the given way.</summary>
    public static Func<HttpContext, Task> Watch(WatchEnd end, params IEnumerable<string> lines) => Watch(end, Task.CompletedTask, lines);

    /// <summary>The same, but it ends only after <paramref name="until"/>: a reset overtakes what the client has not read yet.</summary>
    public static Func<HttpContext, Task> Watch(WatchEnd end, Task until, params IEnumerable<string> lines) => async context =>
    {
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
        foreach (var line in lines) await context.Response.WriteAsync(line + "\n");
        if (end == WatchEnd.CutWithinEvent) await context.Response.WriteAsync("""{"type":"MODIFIED","object":{"metadata":{"na""");
        await context.Response.Body.FlushAsync();
        await until;
        if (end == WatchEnd.Hold) await UntilGone(context);
        if (end is WatchEnd.Cut) context.Abort();
    };

    private static async Task UntilGone(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    private static async Task Write(HttpContext context, int code, string contentType, byte[] body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        await context.Response.Body.WriteAsync(body);
    }
}

/// <summary>How a watch ends.</summary>
public enum WatchEnd
{
    /// <summary>In good order.</summary>
    Close,

    /// <summary>Never, until the client leaves.</summary>
    Hold,

    /// <summary>The connection breaks between two events.</summary>
    Cut,

    /// <summary>The stream ends in the middle of an event.</summary>
    CutWithinEvent,
}
