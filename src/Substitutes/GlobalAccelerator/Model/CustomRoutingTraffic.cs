#nullable disable // As the official package, the model says nothing of null: code must compile alike against either.

using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>An IP address and a port.</summary>
public class SocketAddress
{
    /// <summary>IP address.</summary>
    public string IpAddress { get; set; }

    /// <summary>Port.</summary>
    public int? Port { get; set; }
}

/// <summary>The accelerator sockets that lead to one destination.</summary>
public class DestinationPortMapping
{
    /// <summary>ARN of the accelerator.</summary>
    public string AcceleratorArn { get; set; }

    /// <summary>Static addresses and port that lead to the destination.</summary>
    public List<SocketAddress> AcceleratorSocketAddresses { get; set; } = Collections.New<SocketAddress>();

    /// <summary>ARN of the endpoint group.</summary>
    public string EndpointGroupArn { get; set; }

    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing.</summary>
    public string EndpointId { get; set; }

    /// <summary>AWS Region of the endpoint group.</summary>
    public string EndpointGroupRegion { get; set; }

    /// <summary>Address and port in the subnet.</summary>
    public SocketAddress DestinationSocketAddress { get; set; }

    /// <summary>Address type of the accelerator; custom routing knows IPv4 only.</summary>
    public IpAddressType IpAddressType { get; set; }

    /// <summary>Whether traffic to the destination is allowed.</summary>
    public CustomRoutingDestinationTrafficState DestinationTrafficState { get; set; }
}

/// <summary>The accelerator port of one destination.</summary>
public class PortMapping
{
    /// <summary>Port at the static addresses that leads to the destination.</summary>
    public int? AcceleratorPort { get; set; }

    /// <summary>ARN of the endpoint group.</summary>
    public string EndpointGroupArn { get; set; }

    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing.</summary>
    public string EndpointId { get; set; }

    /// <summary>Address and port in the subnet.</summary>
    public SocketAddress DestinationSocketAddress { get; set; }

    /// <summary>Protocols of the destination: TCP, UDP or both.</summary>
    public List<string> Protocols { get; set; } = Collections.New<string>();

    /// <summary>Whether traffic to the destination is allowed.</summary>
    public CustomRoutingDestinationTrafficState DestinationTrafficState { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.AllowCustomRoutingTrafficAsync"/>.</summary>
public class AllowCustomRoutingTrafficRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }

    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing. Required.</summary>
    public string EndpointId { get; set; }

    /// <summary>Addresses in the subnet; all of them when not set.</summary>
    public List<string> DestinationAddresses { get; set; } = Collections.New<string>();

    /// <summary>Ports of the addresses; all ports of the group when not set.</summary>
    public List<int> DestinationPorts { get; set; } = Collections.New<int>();

    /// <summary>Whether every address and port of the subnet is opened.</summary>
    public bool? AllowAllTrafficToEndpoint { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.AllowCustomRoutingTrafficAsync"/>.</summary>
public class AllowCustomRoutingTrafficResponse : AmazonWebServiceResponse;

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DenyCustomRoutingTrafficAsync"/>.</summary>
public class DenyCustomRoutingTrafficRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the endpoint group. Required.</summary>
    public string EndpointGroupArn { get; set; }

    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing. Required.</summary>
    public string EndpointId { get; set; }

    /// <summary>Addresses in the subnet; all of them when not set.</summary>
    public List<string> DestinationAddresses { get; set; } = Collections.New<string>();

    /// <summary>Ports of the addresses; all ports of the group when not set.</summary>
    public List<int> DestinationPorts { get; set; } = Collections.New<int>();

    /// <summary>Whether every address and port of the subnet is closed.</summary>
    public bool? DenyAllTrafficToEndpoint { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DenyCustomRoutingTrafficAsync"/>.</summary>
public class DenyCustomRoutingTrafficResponse : AmazonWebServiceResponse;

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingPortMappingsAsync"/>.</summary>
public class ListCustomRoutingPortMappingsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }

    /// <summary>ARN of the endpoint group.</summary>
    public string EndpointGroupArn { get; set; }

    /// <summary>Rows wanted at most in one answer.</summary>
    public int? MaxResults { get; set; }

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingPortMappingsAsync"/>.</summary>
public class ListCustomRoutingPortMappingsResponse : AmazonWebServiceResponse
{
    /// <summary>Port mappings of this page.</summary>
    public List<PortMapping> PortMappings { get; set; } = Collections.New<PortMapping>();

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingPortMappingsByDestinationAsync"/>.</summary>
public class ListCustomRoutingPortMappingsByDestinationRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>Endpoint: an ARN, an allocation id or an instance id; a subnet id for custom routing. Required.</summary>
    public string EndpointId { get; set; }

    /// <summary>Address in the subnet whose mappings are wanted. Required.</summary>
    public string DestinationAddress { get; set; }

    /// <summary>Rows wanted at most in one answer.</summary>
    public int? MaxResults { get; set; }

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingPortMappingsByDestinationAsync"/>.</summary>
public class ListCustomRoutingPortMappingsByDestinationResponse : AmazonWebServiceResponse
{
    /// <summary>Port mappings of this page.</summary>
    public List<DestinationPortMapping> DestinationPortMappings { get; set; } = Collections.New<DestinationPortMapping>();

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}
