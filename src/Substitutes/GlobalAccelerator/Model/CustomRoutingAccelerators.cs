#nullable disable // As the official package, the model says nothing of null: code must compile alike against either.

using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>A custom routing accelerator.</summary>
public class CustomRoutingAccelerator
{
    /// <summary>ARN of the accelerator.</summary>
    public string AcceleratorArn { get; set; }

    /// <summary>Name of the accelerator, up to 255 characters.</summary>
    public string Name { get; set; }

    /// <summary>Address type of the accelerator; custom routing knows IPv4 only.</summary>
    public IpAddressType IpAddressType { get; set; }

    /// <summary>Whether the accelerator takes traffic.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Static addresses of the accelerator.</summary>
    public List<IpSet> IpSets { get; set; } = Collections.New<IpSet>();

    /// <summary>DNS name that leads to the static addresses.</summary>
    public string DnsName { get; set; }

    /// <summary>Whether the last change has been deployed.</summary>
    public CustomRoutingAcceleratorStatus Status { get; set; }

    /// <summary>When the accelerator was created.</summary>
    public DateTime? CreatedTime { get; set; }

    /// <summary>When the accelerator was changed last.</summary>
    public DateTime? LastModifiedTime { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.CreateCustomRoutingAcceleratorAsync"/>.</summary>
public class CreateCustomRoutingAcceleratorRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>Name of the accelerator, up to 255 characters. Required.</summary>
    public string Name { get; set; }

    /// <summary>Address type of the accelerator; custom routing knows IPv4 only.</summary>
    public IpAddressType IpAddressType { get; set; }

    /// <summary>Addresses of one's own (BYOIP) to take as static addresses.</summary>
    public List<string> IpAddresses { get; set; } = Collections.New<string>();

    /// <summary>Whether the accelerator takes traffic.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Token that makes a repeated request one request; chosen by the client when not set.</summary>
    public string IdempotencyToken { get; set; }

    /// <summary>Tags to put on the accelerator.</summary>
    public List<Tag> Tags { get; set; } = Collections.New<Tag>();
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.CreateCustomRoutingAcceleratorAsync"/>.</summary>
public class CreateCustomRoutingAcceleratorResponse : AmazonWebServiceResponse
{
    /// <summary>The accelerator.</summary>
    public CustomRoutingAccelerator Accelerator { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DescribeCustomRoutingAcceleratorAsync"/>.</summary>
public class DescribeCustomRoutingAcceleratorRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DescribeCustomRoutingAcceleratorAsync"/>.</summary>
public class DescribeCustomRoutingAcceleratorResponse : AmazonWebServiceResponse
{
    /// <summary>The accelerator.</summary>
    public CustomRoutingAccelerator Accelerator { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingAcceleratorsAsync"/>.</summary>
public class ListCustomRoutingAcceleratorsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>Rows wanted at most in one answer.</summary>
    public int? MaxResults { get; set; }

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingAcceleratorsAsync"/>.</summary>
public class ListCustomRoutingAcceleratorsResponse : AmazonWebServiceResponse
{
    /// <summary>Accelerators of this page.</summary>
    public List<CustomRoutingAccelerator> Accelerators { get; set; } = Collections.New<CustomRoutingAccelerator>();

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.UpdateCustomRoutingAcceleratorAsync"/>.</summary>
public class UpdateCustomRoutingAcceleratorRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }

    /// <summary>Name of the accelerator, up to 255 characters.</summary>
    public string Name { get; set; }

    /// <summary>Address type of the accelerator; custom routing knows IPv4 only.</summary>
    public IpAddressType IpAddressType { get; set; }

    /// <summary>Addresses of one's own (BYOIP) to take as static addresses.</summary>
    public List<string> IpAddresses { get; set; } = Collections.New<string>();

    /// <summary>Whether the accelerator takes traffic.</summary>
    public bool? Enabled { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.UpdateCustomRoutingAcceleratorAsync"/>.</summary>
public class UpdateCustomRoutingAcceleratorResponse : AmazonWebServiceResponse
{
    /// <summary>The accelerator.</summary>
    public CustomRoutingAccelerator Accelerator { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DeleteCustomRoutingAcceleratorAsync"/>.</summary>
public class DeleteCustomRoutingAcceleratorRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DeleteCustomRoutingAcceleratorAsync"/>.</summary>
public class DeleteCustomRoutingAcceleratorResponse : AmazonWebServiceResponse;
