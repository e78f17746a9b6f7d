using Amazon.Runtime;

namespace Amazon.GlobalAccelerator;

/// <summary>Base of all requests to AWS Global Accelerator.</summary>
public class AmazonGlobalAcceleratorRequest : AmazonWebServiceRequest;
