namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>Settings of a region's load balancer.</summary>
internal sealed class LoadBalancerOptions
{
    /// <summary>Bytes of the routing token at the end of each datagram. The default value is 16.</summary>
    public int TokenLength { get; set; } = 16;

    /// <summary>Routing tokens at a time. The default value is 100,000.</summary>
    public int TokensMax { get; set; } = 100_000;

    /// <summary>Limits of the UDP relay.</summary>
    public RelayOptions Relay { get; set; } = new();

    /// <summary>Every fault in these options, with the name of the setting.</summary>
    public IEnumerable<string> Validate(string section)
    {
        if (TokenLength is < 8 or > 64)
            yield return $"{section}:{nameof(TokenLength)} is {TokenLength}; it must be 8 to 64, since shorter tokens can be guessed.";
        if (TokensMax < 1)
            yield return $"{section}:{nameof(TokensMax)} is {TokensMax}; it must be at least 1.";
        foreach (var fault in Relay.Validate($"{section}:{nameof(Relay)}"))
            yield return fault;
    }
}
