#nullable disable // As the official package, the model says nothing of null: code must compile alike against either.

using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListTagsForResourceAsync"/>.</summary>
public class ListTagsForResourceRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string ResourceArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListTagsForResourceAsync"/>.</summary>
public class ListTagsForResourceResponse : AmazonWebServiceResponse
{
    /// <summary>The accelerator's tags.</summary>
    public List<Tag> Tags { get; set; } = Collections.New<Tag>();
}
