using Amazon.Runtime.Endpoints;

namespace Amazon.GlobalAccelerator.Internal;

/// <summary>Where the service is: at the URL that is configured, or in us-west-2, its only home, whatever Region is configured.</summary>
internal sealed class AmazonGlobalAcceleratorEndpointProvider : IEndpointProvider
{
    public const string Region = "us-west-2";

    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters["Endpoint"] is string url && url.Length > 0)
            return new Endpoint(url);

        var name = Is("UseFIPS") ? "globalaccelerator-fips" : "globalaccelerator";
        var suffix = Is("UseDualStack") ? "api.aws" : "amazonaws.com";
        return new Endpoint($"https://{name}.{Region}.{suffix}");

        bool Is(string parameter) => parameters[parameter] is true;
    }
}
