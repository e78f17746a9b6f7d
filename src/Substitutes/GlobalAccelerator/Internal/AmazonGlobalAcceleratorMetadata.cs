using Amazon.Runtime.Internal;

namespace Amazon.GlobalAccelerator.Internal;

/// <summary>What the SDK's telemetry calls this service.</summary>
internal sealed class AmazonGlobalAcceleratorMetadata : IServiceMetadata
{
    public string ServiceId => "Global Accelerator";

    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
}
