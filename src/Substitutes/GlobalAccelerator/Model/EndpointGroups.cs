#nullable disable // As the official package, the model says nothing of null: code must compile alike against either.

using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>An endpoint to take out of a group.</summary>
public class EndpointIdentifier
{
    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing. Required.</summary>
    public string EndpointId { get; set; }

    /// <summary>Whether the endpoint sees the address of the client.</summary>
    public bool? ClientIPPreservationEnabled { get; set; }
}

/// <summary>An endpoint in a group, with its health.</summary>
public class EndpointDescription
{
    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing.</summary>
    public string EndpointId { get; set; }

    /// <summary>Weight of the endpoint within its group, 0 to 255.</summary>
    public int? Weight { get; set; }

    /// <summary>Health of the endpoint.</summary>
    public HealthState HealthState { get; set; }

    /// <summary>Why the endpoint is in its health state.</summary>
    public string HealthReason { get; set; }

    /// <summary>Whether the endpoint sees the address of the client.</summary>
    public bool? ClientIPPreservationEnabled { get; set; }
}

/// <summary>An endpoint group of a standard accelerator.</summary>
public class EndpointGroup
{
    /// <summary>ARN of the endpoint group.</summary>
    public string EndpointGroupArn { get; set; }

    /// <summary>AWS Region of the endpoint group.</summary>
    public string EndpointGroupRegion { get; set; }

    /// <summary>Endpoints in the group.</summary>
    public List<EndpointDescription> EndpointDescriptions { get; set; } = Collections.New<EndpointDescription>();

    /// <summary>Share of the Region's traffic that the group takes, 0 to 100.</summary>
    public float? TrafficDialPercentage { get; set; }

    /// <summary>Port of the health checks.</summary>
    public int? HealthCheckPort { get; set; }

    /// <summary>Protocol of the health checks.</summary>
    public HealthCheckProtocol HealthCheckProtocol { get; set; }

    /// <summary>Path of HTTP and HTTPS health checks.</summary>
    public string HealthCheckPath { get; set; }

    /// <summary>Seconds between two health checks: 10 or 30.</summary>
    public int? HealthCheckIntervalSeconds { get; set; }

    /// <summary>Checks in a row that change the health state, 1 to 10.</summary>
    public int? ThresholdCount { get; set; }

    /// <summary>Listener ports that lead to another port of the endpoints.</summary>
    public List<PortOverride> PortOverrides { get; set; } = Collections.New<PortOverride>();
}

/// <summary>A listener port that leads to another port of the endpoints.</summary>
public class PortOverride
{
    /// <summary>Port at the listener.</summary>
    public int? ListenerPort { get; set; }

    /// <summary>Port at the endpoint.</summary>
    public int? EndpointPort { get; set; }
}

/// <summary>An endpoint to put in a group.</summary>
public class EndpointConfiguration
{
    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing.</summary>
    public string EndpointId { get; set; }

    /// <summary>Weight of the endpoint within its group, 0 to 255.</summary>
    public int? Weight { get; set; }

    /// <summary>Whether the endpoint sees the address of the client.</summary>
    public bool? ClientIPPreservationEnabled { get; set; }

    /// <summary>ARN of the cross-account attachment that shares the endpoint.</summary>
    public string AttachmentArn { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.CreateEndpointGroupAsync"/>.</summary>
public class CreateEndpointGroupRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the listener. Required.</summary>
    public string ListenerArn { get; set; }

    /// <summary>AWS Region of the endpoint group. Required.</summary>
    public string EndpointGroupRegion { get; set; }

    /// <summary>Endpoints to put in the group.</summary>
    public List<EndpointConfiguration> EndpointConfigurations { get; set; } = Collections.New<EndpointConfiguration>();

    /// <summary>Share of the Region's traffic that the group takes, 0 to 100.</summary>
    public float? TrafficDialPercentage { get; set; }

    /// <summary>Port of the health checks.</summary>
    public int? HealthCheckPort { get; set; }

    /// <summary>Protocol of the health checks.</summary>
    public HealthCheckProtocol HealthCheckProtocol { get; set; }

    /// <summary>Path of HTTP and HTTPS health checks.</summary>
    public string HealthCheckPath { get; set; }

    /// <summary>Seconds between two health checks: 10 or 30.</summary>
    public int? HealthCheckIntervalSeconds { get; set; }

    /// <summary>Checks in a row that change the health state, 1 to 10.</summary>
    public int? ThresholdCount { get; set; }

    /// <summary>Token that makes a repeated request one request; chosen by the client when not set.</summary>
    public string IdempotencyToken { get; set; }

    /// <summary>Listener ports that lead to another port of the endpoints.</summary>
    public List<PortOverride> PortOverrides { get; set; } = Collections.New<PortOverride>();
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.CreateEndpointGroupAsync"/>.</summary>
public class CreateEndpointGroupResponse : AmazonWebServiceResponse
{
    /// <summary>The endpoint group.</summary>
    public EndpointGroup EndpointGroup { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DescribeEndpointGroupAsync"/>.</summary>
public class DescribeEndpointGroupRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DescribeEndpointGroupAsync"/>.</summary>
public class DescribeEndpointGroupResponse : AmazonWebServiceResponse
{
    /// <summary>The endpoint group.</summary>
    public EndpointGroup EndpointGroup { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListEndpointGroupsAsync"/>.</summary>
public class ListEndpointGroupsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the listener. Required.</summary>
    public string ListenerArn { get; set; }

    /// <summary>Rows wanted at most in one answer.</summary>
    public int? MaxResults { get; set; }

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListEndpointGroupsAsync"/>.</summary>
public class ListEndpointGroupsResponse : AmazonWebServiceResponse
{
    /// <summary>Endpoint groups of this page.</summary>
    public List<EndpointGroup> EndpointGroups { get; set; } = Collections.New<EndpointGroup>();

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.UpdateEndpointGroupAsync"/>.</summary>
public class UpdateEndpointGroupRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }

    /// <summary>Endpoints to put in the group.</summary>
    public List<EndpointConfiguration> EndpointConfigurations { get; set; } = Collections.New<EndpointConfiguration>();

    /// <summary>Share of the Region's traffic that the group takes, 0 to 100.</summary>
    public float? TrafficDialPercentage { get; set; }

    /// <summary>Port of the health checks.</summary>
    public int? HealthCheckPort { get; set; }

    /// <summary>Protocol of the health checks.</summary>
    public HealthCheckProtocol HealthCheckProtocol { get; set; }

    /// <summary>Path of HTTP and HTTPS health checks.</summary>
    public string HealthCheckPath { get; set; }

    /// <summary>Seconds between two health checks: 10 or 30.</summary>
    public int? HealthCheckIntervalSeconds { get; set; }

    /// <summary>Checks in a row that change the health state, 1 to 10.</summary>
    public int? ThresholdCount { get; set; }

    /// <summary>Listener ports that lead to another port of the endpoints.</summary>
    public List<PortOverride> PortOverrides { get; set; } = Collections.New<PortOverride>();
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.UpdateEndpointGroupAsync"/>.</summary>
public class UpdateEndpointGroupResponse : AmazonWebServiceResponse
{
    /// <summary>The endpoint group.</summary>
    public EndpointGroup EndpointGroup { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DeleteEndpointGroupAsync"/>.</summary>
public class DeleteEndpointGroupRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DeleteEndpointGroupAsync"/>.</summary>
public class DeleteEndpointGroupResponse : AmazonWebServiceResponse;

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.AddEndpointsAsync"/>.</summary>
public class AddEndpointsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>Endpoints to put in the group. Required.</summary>
    public List<EndpointConfiguration> EndpointConfigurations { get; set; } = Collections.New<EndpointConfiguration>();

    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.AddEndpointsAsync"/>.</summary>
public class AddEndpointsResponse : AmazonWebServiceResponse
{
    /// <summary>Endpoints in the group.</summary>
    public List<EndpointDescription> EndpointDescriptions { get; set; } = Collections.New<EndpointDescription>();

    /// <summary>ARN of the endpoint group.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.RemoveEndpointsAsync"/>.</summary>
public class RemoveEndpointsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>Endpoints to take out of the group. Required.</summary>
    public List<EndpointIdentifier> EndpointIdentifiers { get; set; } = Collections.New<EndpointIdentifier>();

    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.RemoveEndpointsAsync"/>.</summary>
public class RemoveEndpointsResponse : AmazonWebServiceResponse;
