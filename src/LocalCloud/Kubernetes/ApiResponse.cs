using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Writes answers: objects from their cached bytes, lists from those of their items.</summary>
internal static class ApiResponse
{
    private const string ContentType = "application/json";
    private const int FlushThreshold = 256 * 1024;

    public static async Task WriteAsync(HttpResponse response, int code, ReadOnlyMemory<byte> utf8)
    {
        response.StatusCode = code;
        response.ContentType = ContentType;
        response.ContentLength = utf8.Length;
        await response.Body.WriteAsync(utf8, response.HttpContext.RequestAborted);
    }

    public static Task WriteAsync(HttpResponse response, int code, JsonNode node) =>
        WriteAsync(response, code, Encoding.UTF8.GetBytes(node.ToJsonString(Relaxed)));

    public static Task WriteAsync(HttpResponse response, ApiException refusal)
    {
        if (refusal.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(response, refusal.Code, refusal.ToStatus());
    }

    public static async Task WriteTextAsync(HttpResponse response, int code, string text)
    {
        response.StatusCode = code;
        response.ContentType = "text/plain; charset=utf-8";
        await response.WriteAsync(text, response.HttpContext.RequestAborted);
    }

    public static async Task WriteListAsync(HttpResponse response, ResourceKind kind, ListPage page)
    {
        response.StatusCode = 200;
        response.ContentType = ContentType;
        var body = response.BodyWriter;
        var metadata = Metadata(kind, page);
        body.Write(Encoding.UTF8.GetBytes(kind.Custom
            ? $$"""{"apiVersion":"{{kind.ApiVersion}}","items":["""
            : $$"""{"kind":"{{kind.Kind}}List","apiVersion":"{{kind.ApiVersion}}","metadata":{{metadata}},"items":["""));
        var pending = 0;
        for (var i = 0; i < page.Items.Count; i++)
        {
            if (i > 0) body.Write(","u8);
            if (kind.Custom)
            {
                body.Write(page.Items[i].Utf8);
            }
            else
            {
                body.Write("{"u8);
                body.Write(page.Items[i].WithoutType.Span);
            }

            pending += page.Items[i].Utf8.Length;
            if (pending < FlushThreshold) continue;
            await body.FlushAsync(response.HttpContext.RequestAborted);
            pending = 0;
        }

        body.Write(kind.Custom ? Encoding.UTF8.GetBytes($$"""],"kind":"{{kind.Kind}}List","metadata":{{metadata}}}""") : "]}"u8);
        await body.FlushAsync(response.HttpContext.RequestAborted);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Metadata(ResourceKind kind, ListPage page)
    {
        var metadata = new JsonObject();
        // Lists of custom resources always carry the token, those of core kinds only when there is more.
        if (kind.Custom || page.Continue.Length > 0) metadata["continue"] = page.Continue;
        if (page.Remaining is { } remaining) metadata["remainingItemCount"] = remaining;
        metadata["resourceVersion"] = page.ResourceVersion.ToString(CultureInfo.InvariantCulture);
        return metadata.ToJsonString();
    }
}
