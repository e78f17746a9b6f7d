using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.GlobalAccelerator.Internal;

/// <summary>Reads one kind of response, and the errors of the service.</summary>
internal sealed class AwsJsonResponseUnmarshaller<TResponse> : JsonResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    // The body of a response without members may be empty or {}; neither says anything.
    private static readonly bool HasMembers = AwsJson.Options.GetTypeInfo(typeof(TResponse)).Properties.Count > 0;

    private AwsJsonResponseUnmarshaller()
    {
    }

    public static AwsJsonResponseUnmarshaller<TResponse> Instance { get; } = new();

    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input) =>
        HasMembers ? JsonSerializer.Deserialize<TResponse>(input.Stream, AwsJson.Options) ?? new TResponse() : new TResponse();

    public override AmazonServiceException UnmarshallException(
        JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(input.Stream);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        error.InnerException = innerException;
        error.StatusCode = statusCode;
        return ServiceErrors.ToException(error);
    }
}
