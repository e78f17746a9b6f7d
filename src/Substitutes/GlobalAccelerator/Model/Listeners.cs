#nullable disable // As the official package, the model says nothing of null: code must compile alike against either.

using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>A listener of a standard accelerator.</summary>
public class Listener
{
    /// <summary>ARN of the listener.</summary>
    public string ListenerArn { get; set; }

    /// <summary>Port ranges that the listener takes.</summary>
    public List<PortRange> PortRanges { get; set; } = Collections.New<PortRange>();

    /// <summary>Protocol of the listener.</summary>
    public Protocol Protocol { get; set; }

    /// <summary>Whether a client stays with the endpoint that it met first.</summary>
    public ClientAffinity ClientAffinity { get; set; }
}

/// <summary>A range of ports, both ends included.</summary>
public class PortRange
{
    /// <summary>First port of the range.</summary>
    public int? FromPort { get; set; }

    /// <summary>Last port of the range, itself included.</summary>
    public int? ToPort { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.CreateListenerAsync"/>.</summary>
public class CreateListenerRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }

    /// <summary>Port ranges that the listener takes. Required.</summary>
    public List<PortRange> PortRanges { get; set; } = Collections.New<PortRange>();

    /// <summary>Protocol of the listener. Required.</summary>
    public Protocol Protocol { get; set; }

    /// <summary>Whether a client stays with the endpoint that it met first.</summary>
    public ClientAffinity ClientAffinity { get; set; }

    /// <summary>Token that makes a repeated request one request; chosen by the client when not set.</summary>
    public string IdempotencyToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.CreateListenerAsync"/>.</summary>
public class CreateListenerResponse : AmazonWebServiceResponse
{
    /// <summary>The listener.</summary>
    public Listener Listener { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DescribeListenerAsync"/>.</summary>
public class DescribeListenerRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the listener. Required.</summary>
    public string ListenerArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DescribeListenerAsync"/>.</summary>
public class DescribeListenerResponse : AmazonWebServiceResponse
{
    /// <summary>The listener.</summary>
    public Listener Listener { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListListenersAsync"/>.</summary>
public class ListListenersRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }

    /// <summary>Rows wanted at most in one answer.</summary>
    public int? MaxResults { get; set; }

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListListenersAsync"/>.</summary>
public class ListListenersResponse : AmazonWebServiceResponse
{
    /// <summary>Listeners of this page.</summary>
    public List<Listener> Listeners { get; set; } = Collections.New<Listener>();

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DeleteListenerAsync"/>.</summary>
public class DeleteListenerRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the listener. Required.</summary>
    public string ListenerArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DeleteListenerAsync"/>.</summary>
public class DeleteListenerResponse : AmazonWebServiceResponse;
