using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace Amazon.GlobalAccelerator.Internal;

/// <summary>Pipeline step that finds the endpoint of a request and the Region to sign it for.</summary>
internal sealed class AmazonGlobalAcceleratorEndpointResolver : BaseEndpointResolver
{
    public static EndpointParameters Parameters(IClientConfig config)
    {
        var parameters = new EndpointParameters();
        parameters["UseDualStack"] = config.UseDualstackEndpoint;
        parameters["UseFIPS"] = config.UseFIPSEndpoint;
        parameters["Endpoint"] = config.ServiceURL;
        return parameters;
    }

    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) => Parameters(requestContext.ClientConfig);

    protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters)
    {
        var context = executionContext.RequestContext;
        var configured = context.ClientConfig.AuthenticationRegion;
        context.Request.AuthenticationRegion =
            string.IsNullOrEmpty(configured) ? AmazonGlobalAcceleratorEndpointProvider.Region : configured;
    }
}
