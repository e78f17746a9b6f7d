using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Amazon.GlobalAccelerator.Internal;

/// <summary>Writes any request of this service: the operation is the request's type name.</summary>
internal sealed class AwsJsonRequestMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    private const string TargetPrefix = "GlobalAccelerator_V20180706.";

    private AwsJsonRequestMarshaller()
    {
    }

    public static AwsJsonRequestMarshaller Instance { get; } = new();

    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var type = input.GetType();
        var body = JsonSerializer.SerializeToNode(input, type, AwsJson.Options)!.AsObject();

        // A request that is sent again by a retry carries the token that was made here, so that it stays one request.
        if (type.GetProperty("IdempotencyToken", BindingFlags.Public | BindingFlags.Instance) is not null && !body.ContainsKey("IdempotencyToken"))
            body["IdempotencyToken"] = new Guid(RandomNumberGenerator.GetBytes(16)).ToString();

        var content = JsonSerializer.SerializeToUtf8Bytes(body);
        var request = new DefaultRequest(input, "Amazon.GlobalAccelerator")
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Content = content,
        };
        request.Headers["X-Amz-Target"] = TargetPrefix + type.Name[..^"Request".Length];
        request.Headers["Content-Type"] = AwsJson.ContentType;
        request.Headers["Content-Length"] = content.Length.ToString(CultureInfo.InvariantCulture);
        return request;
    }
}
