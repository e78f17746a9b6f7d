using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>The AWS JSON 1.1 endpoint of the local Global Accelerator.</summary>
internal static partial class GlobalAcceleratorEndpoint
{
    private const string TargetPrefix = "GlobalAccelerator_V20180706.";
    private const string ContentType = "application/x-amz-json-1.1";

    /// <summary>Maps the API; clients use the address and the path as their service URL.</summary>
    public static IEndpointConventionBuilder MapGlobalAccelerator(this IEndpointRouteBuilder endpoints, GlobalAcceleratorService service, string pattern = "/")
    {
        var logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(GlobalAcceleratorEndpoint));
        var lifetime = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        var handler = new Handler(service, logger, lifetime.ApplicationStopping);
        return endpoints.MapPost(pattern, handler.HandleAsync).ExcludeFromDescription();
    }

    [LoggerMessage(LogLevel.Error, "Global Accelerator operation {Operation} failed")]
    private static partial void LogFailed(ILogger logger, string operation, Exception exception);

    private sealed class Handler(GlobalAcceleratorService service, ILogger logger, CancellationToken stopping)
    {
        private long _requests;

        public async Task HandleAsync(HttpContext context)
        {
            var cancellationToken = context.RequestAborted;
            context.Response.Headers["x-amzn-RequestId"] =
                string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{Interlocked.Increment(ref _requests):x12}");
            switch (service.Faults.Current)
            {
                case ControlPlaneFault.Hang:
                    await HangAsync(context);
                    return;
                case ControlPlaneFault.Disconnect:
                    context.Abort();
                    return;
                default:
                    break;
            }

            var (status, answer) = await AnswerAsync(context, cancellationToken);
            context.Response.StatusCode = status;
            context.Response.ContentType = ContentType;
            var body = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(body))
                answer.WriteTo(writer);
            context.Response.ContentLength = body.WrittenCount;
            await context.Response.BodyWriter.WriteAsync(body.WrittenMemory, cancellationToken);
        }

        private async Task<(int Status, JsonObject Answer)> AnswerAsync(HttpContext context, CancellationToken cancellationToken)
        {
            var operation = "";
            try
            {
                ThrowFault();
                var body = await ReadAsync(context.Request, cancellationToken);
                AwsSignature.Verify(context.Request, body, service.Options, service.Now);
                operation = Operation(context.Request);
                return (StatusCodes.Status200OK, service.Execute(operation, Parse(body)));
            }
            catch (GlobalAcceleratorException e)
            {
                return (e.Status, Error(e.Error, e.Message));
            }
            catch (Exception e) when (e is not OperationCanceledException and not IOException)
            {
                LogFailed(logger, operation, e);
                return (
                    StatusCodes.Status500InternalServerError,
                    Error("InternalServiceErrorException", $"The local Global Accelerator failed at {operation}: {e.Message}"));
            }
        }

        private void ThrowFault()
        {
            switch (service.Faults.Current)
            {
                case ControlPlaneFault.Fail:
                    throw new GlobalAcceleratorException(
                        "InternalServiceErrorException", "The service is made to fail.", StatusCodes.Status500InternalServerError);
                case ControlPlaneFault.Throttle:
                    throw new GlobalAcceleratorException("ThrottlingException", "Rate exceeded");
                default:
                    return;
            }
        }

        private async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
        {
            var limit = service.Options.RequestBytesMax;
            using var body = new MemoryStream();
            var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
            try
            {
                int read;
                while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    if (body.Length + read > limit)
                    {
                        throw new GlobalAcceleratorException(
                            "RequestEntityTooLargeException", $"The request has more than {limit} bytes.", StatusCodes.Status413PayloadTooLarge);
                    }

                    body.Write(buffer, 0, read);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            return body.ToArray();
        }

        private static string Operation(HttpRequest request)
        {
            var target = request.Headers["X-Amz-Target"].ToString();
            return target.StartsWith(TargetPrefix, StringComparison.Ordinal)
                ? target[TargetPrefix.Length..]
                : throw new GlobalAcceleratorException("UnknownOperationException", $"The X-Amz-Target header must begin with {TargetPrefix}.");
        }

        private static JsonObject Parse(byte[] body)
        {
            try
            {
                return JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = 16 }) as JsonObject ?? throw NotAnObject();
            }
            catch (JsonException)
            {
                throw NotAnObject();
            }
        }

        private async Task HangAsync(HttpContext context)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await service.Faults.HangAsync(either.Token);
            context.Abort();
        }

        private static GlobalAcceleratorException NotAnObject() => new("SerializationException", "The body must be a JSON object.");

        private static JsonObject Error(string name, string message) => new() { ["__type"] = name, ["Message"] = message };
    }
}
