using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;

namespace Amazon.GlobalAccelerator;

/// <summary>Configuration of a client of AWS Global Accelerator.</summary>
public class AmazonGlobalAcceleratorConfig : ClientConfig
{
    private static readonly string UserAgentString = InternalSDKUtils.BuildUserAgentString("Global Accelerator", "4.0.0.0");

    /// <summary>Creates the configuration with the defaults of the SDK.</summary>
    public AmazonGlobalAcceleratorConfig()
        : base(new DefaultConfigurationProvider(DefaultConfigurations.All))
    {
        ServiceId = "Global Accelerator";
        AuthenticationServiceName = "globalaccelerator";
        EndpointProvider = new AmazonGlobalAcceleratorEndpointProvider();
    }

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => "globalaccelerator";

    /// <inheritdoc/>
    public override string ServiceVersion => "2018-08-08";

    /// <inheritdoc/>
    public override string UserAgent => UserAgentString;

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(AmazonGlobalAcceleratorEndpointResolver.Parameters(this));
}
