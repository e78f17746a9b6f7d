using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace FleetSystem.Tests.DynamoDB;

/// <summary>What becomes of a request on its way to DynamoDB.</summary>
public enum DynamoDBFault
{
    /// <summary>It is served.</summary>
    None,

    /// <summary>It is refused because the table's throughput is used up; nothing is done.</summary>
    Throttle,

    /// <summary>It is refused with an internal error; nothing is done.</summary>
    Fail,

    /// <summary>It is refused because the caller may not; nothing is done.</summary>
    Deny,

    /// <summary>It is served, and its answer is lost with the connection.</summary>
    LoseAnswer,

    /// <summary>It is served, and its answer is not sent.</summary>
    WithholdAnswer,

    /// <summary>It is not served and not answered.</summary>
    Hang,
}

/// <summary>A proxy before DynamoDB Local that harms what it is told to.</summary>
public sealed class DynamoDBFaultProxy : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly HttpClient _client = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Uri _target;
    private int _requests;

    private DynamoDBFaultProxy(Uri target)
    {
        _target = target;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _host = builder.Build();
        _host.Run(ServeAsync);
    }

    /// <summary>The fault of a request, by its operation (<c>PutItem</c>); asked for each request, also for repeated ones.</summary>
    public Func<string, DynamoDBFault> Fault { get; set; } = _ => DynamoDBFault.None;

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Where it serves.</summary>
    public Uri Endpoint => new(_host.Urls.First() + "/");

    public static async Task<DynamoDBFaultProxy> StartAsync(Uri target)
    {
        var proxy = new DynamoDBFaultProxy(target);
        await proxy._host.StartAsync();
        return proxy;
    }

    /// <summary>Lets the first requests of an operation have a fault, and the later ones none.</summary>
    public void Harm(string operation, DynamoDBFault fault, int times = 1)
    {
        var left = times;
        Fault = asked => asked == operation && Interlocked.Decrement(ref left) >= 0 ? fault : DynamoDBFault.None;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _host.DisposeAsync();
        _client.Dispose();
        _ending.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        var operation = target[(target.LastIndexOf('.') + 1)..];
        switch (Fault(operation))
        {
            case DynamoDBFault.Throttle:
                await RefuseAsync(context, 400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "The level of configured provisioned throughput for the table was exceeded.");
                break;
            case DynamoDBFault.Fail:
                await RefuseAsync(context, 500, "com.amazonaws.dynamodb.v20120810#InternalServerError", "Internal server error.");
                break;
            case DynamoDBFault.Deny:
                await RefuseAsync(context, 400, "com.amazon.coral.service#AccessDeniedException", $"User: arn:aws:iam::123456789012:user/tests is not authorized to perform: dynamodb:{operation} on resource: arn:aws:dynamodb:ap-northeast-2:123456789012:table/tests because no identity-based policy allows the dynamodb:{operation} action");
                break;
            case DynamoDBFault.LoseAnswer:
                using (await ForwardAsync(context)) context.Abort();
                break;
            case DynamoDBFault.WithholdAnswer:
                using (await ForwardAsync(context)) await UntilGoneAsync(context);
                break;
            case DynamoDBFault.Hang:
                await UntilGoneAsync(context);
                break;
            default:
                using (var answer = await ForwardAsync(context))
                {
                    context.Response.StatusCode = (int)answer.StatusCode;
                    foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers)) context.Response.Headers[name] = values.ToArray();
                    context.Response.Headers.Remove("Transfer-Encoding");
                    await answer.Content.CopyToAsync(context.Response.Body);
                }

                break;
        }
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _target) { Content = new StreamContent(context.Request.Body) };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name is "Host" or "Content-Length" or "Transfer-Encoding" or "Connection") continue;
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray())) request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        return await _client.SendAsync(request);
    }

    private async Task UntilGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var left = context.RequestAborted.Register(() => gone.TrySetResult());
        await using var ended = _ending.Token.Register(() => gone.TrySetResult());
        await gone.Task;
        context.Abort();
    }

    private static Task RefuseAsync(HttpContext context, int status, string type, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        context.Response.Headers["x-amzn-RequestId"] = "FAULT";
        return context.Response.WriteAsync($$"""{"__type":"{{type}}","message":"{{message}}"}""");
    }
}
