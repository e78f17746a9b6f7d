#nullable disable // As the official package, the model says nothing of null: code must compile alike against either.

using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>A change that AWS made to an accelerator.</summary>
public class AcceleratorEvent
{
    /// <summary>What happened.</summary>
    public string Message { get; set; }

    /// <summary>When it happened.</summary>
    public DateTime? Timestamp { get; set; }
}

/// <summary>The static addresses of one family.</summary>
public class IpSet
{
    /// <summary>Family of the addresses in the old spelling.</summary>
    [Obsolete("IpFamily has been replaced by IpAddressFamily.")]
    public string IpFamily { get; set; }

    /// <summary>Addresses of the set.</summary>
    public List<string> IpAddresses { get; set; } = Collections.New<string>();

    /// <summary>Family of the addresses.</summary>
    public IpAddressFamily IpAddressFamily { get; set; }
}

/// <summary>A standard accelerator.</summary>
public class Accelerator
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
    public AcceleratorStatus Status { get; set; }

    /// <summary>When the accelerator was created.</summary>
    public DateTime? CreatedTime { get; set; }

    /// <summary>When the accelerator was changed last.</summary>
    public DateTime? LastModifiedTime { get; set; }

    /// <summary>DNS name that leads to the IPv4 and IPv6 addresses.</summary>
    public string DualStackDnsName { get; set; }

    /// <summary>Changes that AWS made to the accelerator.</summary>
    public List<AcceleratorEvent> Events { get; set; } = Collections.New<AcceleratorEvent>();
}

/// <summary>A tag.</summary>
public class Tag
{
    /// <summary>Key of the tag. Required.</summary>
    public string Key { get; set; }

    /// <summary>Value of the tag. Required.</summary>
    public string Value { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.CreateAcceleratorAsync"/>.</summary>
public class CreateAcceleratorRequest : AmazonGlobalAcceleratorRequest
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

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.CreateAcceleratorAsync"/>.</summary>
public class CreateAcceleratorResponse : AmazonWebServiceResponse
{
    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DescribeAcceleratorAsync"/>.</summary>
public class DescribeAcceleratorRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DescribeAcceleratorAsync"/>.</summary>
public class DescribeAcceleratorResponse : AmazonWebServiceResponse
{
    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListAcceleratorsAsync"/>.</summary>
public class ListAcceleratorsRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>Rows wanted at most in one answer.</summary>
    public int? MaxResults { get; set; }

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListAcceleratorsAsync"/>.</summary>
public class ListAcceleratorsResponse : AmazonWebServiceResponse
{
    /// <summary>Accelerators of this page.</summary>
    public List<Accelerator> Accelerators { get; set; } = Collections.New<Accelerator>();

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.UpdateAcceleratorAsync"/>.</summary>
public class UpdateAcceleratorRequest : AmazonGlobalAcceleratorRequest
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

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.UpdateAcceleratorAsync"/>.</summary>
public class UpdateAcceleratorResponse : AmazonWebServiceResponse
{
    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DeleteAcceleratorAsync"/>.</summary>
public class DeleteAcceleratorRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DeleteAcceleratorAsync"/>.</summary>
public class DeleteAcceleratorResponse : AmazonWebServiceResponse;
