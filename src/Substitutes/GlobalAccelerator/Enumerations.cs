using Amazon.Runtime;

namespace Amazon.GlobalAccelerator;

/// <summary>State of a standard accelerator.</summary>
public class AcceleratorStatus : ConstantClass
{
    /// <summary>DEPLOYED.</summary>
    public static readonly AcceleratorStatus DEPLOYED = new("DEPLOYED");

    /// <summary>IN_PROGRESS.</summary>
    public static readonly AcceleratorStatus IN_PROGRESS = new("IN_PROGRESS");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public AcceleratorStatus(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static AcceleratorStatus FindValue(string value) => FindValue<AcceleratorStatus>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator AcceleratorStatus(string value) => FindValue(value);
}

/// <summary>Whether a client stays with the endpoint that it met first.</summary>
public class ClientAffinity : ConstantClass
{
    /// <summary>NONE.</summary>
    public static readonly ClientAffinity NONE = new("NONE");

    /// <summary>SOURCE_IP.</summary>
    public static readonly ClientAffinity SOURCE_IP = new("SOURCE_IP");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public ClientAffinity(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static ClientAffinity FindValue(string value) => FindValue<ClientAffinity>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator ClientAffinity(string value) => FindValue(value);
}

/// <summary>State of a custom routing accelerator.</summary>
public class CustomRoutingAcceleratorStatus : ConstantClass
{
    /// <summary>DEPLOYED.</summary>
    public static readonly CustomRoutingAcceleratorStatus DEPLOYED = new("DEPLOYED");

    /// <summary>IN_PROGRESS.</summary>
    public static readonly CustomRoutingAcceleratorStatus IN_PROGRESS = new("IN_PROGRESS");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public CustomRoutingAcceleratorStatus(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static CustomRoutingAcceleratorStatus FindValue(string value) => FindValue<CustomRoutingAcceleratorStatus>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator CustomRoutingAcceleratorStatus(string value) => FindValue(value);
}

/// <summary>Whether traffic to a destination is allowed.</summary>
public class CustomRoutingDestinationTrafficState : ConstantClass
{
    /// <summary>ALLOW.</summary>
    public static readonly CustomRoutingDestinationTrafficState ALLOW = new("ALLOW");

    /// <summary>DENY.</summary>
    public static readonly CustomRoutingDestinationTrafficState DENY = new("DENY");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public CustomRoutingDestinationTrafficState(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static CustomRoutingDestinationTrafficState FindValue(string value) => FindValue<CustomRoutingDestinationTrafficState>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator CustomRoutingDestinationTrafficState(string value) => FindValue(value);
}

/// <summary>Protocol of a custom routing destination.</summary>
public class CustomRoutingProtocol : ConstantClass
{
    /// <summary>TCP.</summary>
    public static readonly CustomRoutingProtocol TCP = new("TCP");

    /// <summary>UDP.</summary>
    public static readonly CustomRoutingProtocol UDP = new("UDP");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public CustomRoutingProtocol(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static CustomRoutingProtocol FindValue(string value) => FindValue<CustomRoutingProtocol>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator CustomRoutingProtocol(string value) => FindValue(value);
}

/// <summary>Protocol of health checks.</summary>
public class HealthCheckProtocol : ConstantClass
{
    /// <summary>HTTP.</summary>
    public static readonly HealthCheckProtocol HTTP = new("HTTP");

    /// <summary>HTTPS.</summary>
    public static readonly HealthCheckProtocol HTTPS = new("HTTPS");

    /// <summary>TCP.</summary>
    public static readonly HealthCheckProtocol TCP = new("TCP");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public HealthCheckProtocol(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static HealthCheckProtocol FindValue(string value) => FindValue<HealthCheckProtocol>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator HealthCheckProtocol(string value) => FindValue(value);
}

/// <summary>Health of an endpoint.</summary>
public class HealthState : ConstantClass
{
    /// <summary>HEALTHY.</summary>
    public static readonly HealthState HEALTHY = new("HEALTHY");

    /// <summary>INITIAL.</summary>
    public static readonly HealthState INITIAL = new("INITIAL");

    /// <summary>UNHEALTHY.</summary>
    public static readonly HealthState UNHEALTHY = new("UNHEALTHY");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public HealthState(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static HealthState FindValue(string value) => FindValue<HealthState>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator HealthState(string value) => FindValue(value);
}

/// <summary>Family of addresses.</summary>
public class IpAddressFamily : ConstantClass
{
    /// <summary>IPv4.</summary>
    public static readonly IpAddressFamily IPv4 = new("IPv4");

    /// <summary>IPv6.</summary>
    public static readonly IpAddressFamily IPv6 = new("IPv6");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public IpAddressFamily(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static IpAddressFamily FindValue(string value) => FindValue<IpAddressFamily>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator IpAddressFamily(string value) => FindValue(value);
}

/// <summary>Address type of an accelerator.</summary>
public class IpAddressType : ConstantClass
{
    /// <summary>DUAL_STACK.</summary>
    public static readonly IpAddressType DUAL_STACK = new("DUAL_STACK");

    /// <summary>IPV4.</summary>
    public static readonly IpAddressType IPV4 = new("IPV4");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public IpAddressType(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static IpAddressType FindValue(string value) => FindValue<IpAddressType>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator IpAddressType(string value) => FindValue(value);
}

/// <summary>Protocol of a listener.</summary>
public class Protocol : ConstantClass
{
    /// <summary>TCP.</summary>
    public static readonly Protocol TCP = new("TCP");

    /// <summary>UDP.</summary>
    public static readonly Protocol UDP = new("UDP");

    /// <summary>Creates a value by its name on the wire; a name that is not known here stays usable.</summary>
    public Protocol(string value)
        : base(value)
    {
    }

    /// <summary>Finds a value by its name on the wire.</summary>
    public static Protocol FindValue(string value) => FindValue<Protocol>(value);

    /// <summary>Converts from the name on the wire.</summary>
    public static implicit operator Protocol(string value) => FindValue(value);
}
