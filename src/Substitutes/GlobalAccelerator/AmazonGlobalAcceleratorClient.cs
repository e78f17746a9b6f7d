using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Amazon.GlobalAccelerator;

/// <summary>Client of AWS Global Accelerator: each call is signed, retried and timed by the pipeline of AWSSDK.Core.</summary>
public partial class AmazonGlobalAcceleratorClient : AmazonServiceClient, IAmazonGlobalAccelerator
{
    private static readonly AmazonGlobalAcceleratorMetadata Metadata = new();

    /// <summary>Creates a client with the credentials and the Region of the environment.</summary>
    public AmazonGlobalAcceleratorClient()
        : base(new AmazonGlobalAcceleratorConfig())
    {
    }

    /// <summary>Creates a client with the credentials of the environment.</summary>
    public AmazonGlobalAcceleratorClient(RegionEndpoint region)
        : base(new AmazonGlobalAcceleratorConfig { RegionEndpoint = region })
    {
    }

    /// <summary>Creates a client with the credentials of the environment.</summary>
    public AmazonGlobalAcceleratorClient(AmazonGlobalAcceleratorConfig config)
        : base(config)
    {
    }

    /// <summary>Creates a client with the Region of the environment.</summary>
    public AmazonGlobalAcceleratorClient(AWSCredentials credentials)
        : this(credentials, new AmazonGlobalAcceleratorConfig())
    {
    }

    /// <summary>Creates a client.</summary>
    public AmazonGlobalAcceleratorClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonGlobalAcceleratorConfig { RegionEndpoint = region })
    {
    }

    /// <summary>Creates a client.</summary>
    public AmazonGlobalAcceleratorClient(AWSCredentials credentials, AmazonGlobalAcceleratorConfig clientConfig)
        : base(credentials, clientConfig)
    {
    }

    /// <summary>Creates a client with the Region of the environment.</summary>
    public AmazonGlobalAcceleratorClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(awsAccessKeyId, awsSecretAccessKey, new AmazonGlobalAcceleratorConfig())
    {
    }

    /// <summary>Creates a client.</summary>
    public AmazonGlobalAcceleratorClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(awsAccessKeyId, awsSecretAccessKey, new AmazonGlobalAcceleratorConfig { RegionEndpoint = region })
    {
    }

    /// <summary>Creates a client.</summary>
    public AmazonGlobalAcceleratorClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonGlobalAcceleratorConfig clientConfig)
        : base(awsAccessKeyId, awsSecretAccessKey, clientConfig)
    {
    }

    /// <summary>Creates a client for a session's credentials, with the Region of the environment.</summary>
    public AmazonGlobalAcceleratorClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(awsAccessKeyId, awsSecretAccessKey, awsSessionToken, new AmazonGlobalAcceleratorConfig())
    {
    }

    /// <summary>Creates a client for a session's credentials.</summary>
    public AmazonGlobalAcceleratorClient(
        string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(awsAccessKeyId, awsSecretAccessKey, awsSessionToken, new AmazonGlobalAcceleratorConfig { RegionEndpoint = region })
    {
    }

    /// <summary>Creates a client for a session's credentials.</summary>
    public AmazonGlobalAcceleratorClient(
        string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonGlobalAcceleratorConfig clientConfig)
        : base(awsAccessKeyId, awsSecretAccessKey, awsSessionToken, clientConfig)
    {
    }

    /// <inheritdoc/>
    protected override IServiceMetadata ServiceMetadata => Metadata;

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new AmazonGlobalAcceleratorEndpointResolver());
        pipeline.AddHandlerAfter<AmazonGlobalAcceleratorEndpointResolver>(new AmazonGlobalAcceleratorAuthResolver());
    }

    private Task<TResponse> CallAsync<TResponse>(AmazonGlobalAcceleratorRequest request, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new()
    {
        ArgumentNullException.ThrowIfNull(request);
        var options = new InvokeOptions
        {
            RequestMarshaller = AwsJsonRequestMarshaller.Instance,
            ResponseUnmarshaller = AwsJsonResponseUnmarshaller<TResponse>.Instance,
        };
        return InvokeAsync<TResponse>(request, options, cancellationToken);
    }
}
