using System;
using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>A region and the UDP echo that its latency is measured against.</summary>
public sealed class LatencyRegion
{
    /// <summary>Most regions of a list.</summary>
    public const int RegionsMax = 64;

    /// <summary>Makes a region.</summary>
    /// <param name="id">Its id, for example <c>ap-northeast-2</c>.</param>
    /// <param name="address">IP address or DNS name of its echo.</param>
    /// <param name="port">UDP port, 1 to 65535.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public LatencyRegion(string id, string address, int port)
    {
        if (string.IsNullOrEmpty(id)) throw new ArgumentException("A region has an id.", nameof(id));
        if (Uri.CheckHostName(address) == UriHostNameType.Unknown)
            throw new ArgumentException($"An echo's address is an IP address or a DNS name, '{address}' is neither.", nameof(address));
        if (port is < 1 or > 65535) throw new ArgumentException($"A port is 1 to 65535, this one is {port}.", nameof(port));
        Id = id;
        Address = address;
        Port = port;
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>IP address or DNS name of its echo.</summary>
    public string Address { get; }

    /// <summary>UDP port of its echo.</summary>
    public int Port { get; }

    /// <summary>Reads the answer of <c>GET /v1/regions</c>. Regions without an echo are left out.</summary>
    /// <exception cref="FormatException">Not JSON, no list of regions, or more than <see cref="RegionsMax"/>.</exception>
    public static IReadOnlyList<LatencyRegion> Parse(string json)
    {
        var list = new List<LatencyRegion>();
        foreach (var region in JsonParser.Parse(json, SessionDocument.LengthMax).Required("regions").Items())
        {
            if (region.Optional("latencyEndpoint") is not { } echo) continue;
            if (list.Count == RegionsMax) throw new FormatException($"The list has more than {RegionsMax} regions.");
            try
            {
                list.Add(new LatencyRegion(region.Required("id").String(), echo.Required("address").String(), echo.Required("port").Int32()));
            }
            catch (ArgumentException unusable)
            {
                throw new FormatException($"A region cannot be used: {unusable.Message}", unusable);
            }
        }

        return list;
    }
}
