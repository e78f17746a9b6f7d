#nullable disable // As the official package, the model says nothing of null: code must compile alike against either.

using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>Destination ports and their protocols.</summary>
public class CustomRoutingDestinationDescription
{
    /// <summary>First port of the range.</summary>
    public int? FromPort { get; set; }

    /// <summary>Last port of the range, itself included.</summary>
    public int? ToPort { get; set; }

    /// <summary>Protocols: TCP, UDP or both.</summary>
    public List<string> Protocols { get; set; } = Collections.New<string>();
}

/// <summary>A subnet in a group.</summary>
public class CustomRoutingEndpointDescription
{
    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing.</summary>
    public string EndpointId { get; set; }
}

/// <summary>A subnet to put in a group.</summary>
public class CustomRoutingEndpointConfiguration
{
    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing.</summary>
    public string EndpointId { get; set; }

    /// <summary>ARN of the cross-account attachment that shares the endpoint.</summary>
    public string AttachmentArn { get; set; }
}

/// <summary>An endpoint group of a custom routing accelerator.</summary>
public class CustomRoutingEndpointGroup
{
    /// <summary>ARN of the endpoint group.</summary>
    public string EndpointGroupArn { get; set; }

    /// <summary>AWS Region of the endpoint group.</summary>
    public string EndpointGroupRegion { get; set; }

    /// <summary>Destination ports and protocols of the group.</summary>
    public List<CustomRoutingDestinationDescription> DestinationDescriptions { get; set; } = Collections.New<CustomRoutingDestinationDescription>();

    /// <summary>Endpoints in the group.</summary>
    public List<CustomRoutingEndpointDescription> EndpointDescriptions { get; set; } = Collections.New<CustomRoutingEndpointDescription>();
}

/// <summary>Destination ports and their protocols, to create a group with.</summary>
public class CustomRoutingDestinationConfiguration
{
    /// <summary>First port of the range. Required.</summary>
    public int? FromPort { get; set; }

    /// <summary>Last port of the range, itself included. Required.</summary>
    public int? ToPort { get; set; }

    /// <summary>Protocols: TCP, UDP or both. Required.</summary>
    public List<string> Protocols { get; set; } = Collections.New<string>();
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.CreateCustomRoutingEndpointGroupAsync"/>.</summary>
public class CreateCustomRoutingEndpointGroupRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the listener. Required.</summary>
    public string ListenerArn { get; set; }

    /// <summary>AWS Region of the endpoint group. Required.</summary>
    public string EndpointGroupRegion { get; set; }

    /// <summary>Destination ports and protocols of the group. Required.</summary>
    public List<CustomRoutingDestinationConfiguration> DestinationConfigurations { get; set; } = Collections.New<CustomRoutingDestinationConfiguration>();

    /// <summary>Token that makes a repeated request one request; chosen by the client when not set.</summary>
    public string IdempotencyToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.CreateCustomRoutingEndpointGroupAsync"/>.</summary>
public class CreateCustomRoutingEndpointGroupResponse : AmazonWebServiceResponse
{
    /// <summary>The endpoint group.</summary>
    public CustomRoutingEndpointGroup EndpointGroup { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DescribeCustomRoutingEndpointGroupAsync"/>.</summary>
public class DescribeCustomRoutingEndpointGroupRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DescribeCustomRoutingEndpointGroupAsync"/>.</summary>
public class DescribeCustomRoutingEndpointGroupResponse : AmazonWebServiceResponse
{
    /// <summary>The endpoint group.</summary>
    public CustomRoutingEndpointGroup EndpointGroup { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingEndpointGroupsAsync"/>.</summary>
public class ListCustomRoutingEndpointGroupsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the listener. Required.</summary>
    public string ListenerArn { get; set; }

    /// <summary>Rows wanted at most in one answer.</summary>
    public int? MaxResults { get; set; }

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingEndpointGroupsAsync"/>.</summary>
public class ListCustomRoutingEndpointGroupsResponse : AmazonWebServiceResponse
{
    /// <summary>Endpoint groups of this page.</summary>
    public List<CustomRoutingEndpointGroup> EndpointGroups { get; set; } = Collections.New<CustomRoutingEndpointGroup>();

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DeleteCustomRoutingEndpointGroupAsync"/>.</summary>
public class DeleteCustomRoutingEndpointGroupRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DeleteCustomRoutingEndpointGroupAsync"/>.</summary>
public class DeleteCustomRoutingEndpointGroupResponse : AmazonWebServiceResponse;

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.AddCustomRoutingEndpointsAsync"/>.</summary>
public class AddCustomRoutingEndpointsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>Endpoints to put in the group. Required.</summary>
    public List<CustomRoutingEndpointConfiguration> EndpointConfigurations { get; set; } = Collections.New<CustomRoutingEndpointConfiguration>();

    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.AddCustomRoutingEndpointsAsync"/>.</summary>
public class AddCustomRoutingEndpointsResponse : AmazonWebServiceResponse
{
    /// <summary>Endpoints in the group.</summary>
    public List<CustomRoutingEndpointDescription> EndpointDescriptions { get; set; } = Collections.New<CustomRoutingEndpointDescription>();

    /// <summary>ARN of the endpoint group.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.RemoveCustomRoutingEndpointsAsync"/>.</summary>
public class RemoveCustomRoutingEndpointsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>Subnets to take out of the group. Required.</summary>
    public List<string> EndpointIds { get; set; } = Collections.New<string>();

    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.RemoveCustomRoutingEndpointsAsync"/>.</summary>
public class RemoveCustomRoutingEndpointsResponse : AmazonWebServiceResponse;
