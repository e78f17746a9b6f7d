using System.Net;
using Microsoft.Extensions.Configuration;

namespace FleetSystem.SiloHost.Access;

/// <summary>What access control guards of a host.</summary>
/// <param name="Serves">What the host serves, for people.</param>
/// <param name="Means">What would guard it, for people.</param>
/// <param name="Guards">Whether options guard it.</param>
/// <param name="IsFor">Whether keys of a role let in there.</param>
/// <param name="HasOthers">Whether somebody is let in by something else than a key.</param>
internal sealed record AccessGuard(string Serves, string Means, Func<AccessOptions, bool> Guards, Func<AccessRole, bool> IsFor, Func<AccessOptions, bool> HasOthers)
{
    /// <summary>FleetManager's.</summary>
    public static AccessGuard Operators { get; } = new(
        "the operators' API and the dashboard",
        "operators' keys in Access:ApiKeysFile or Access:ApiKeys, or their issuer in Access:Operators",
        access => access.GuardsOperators,
        role => role != AccessRole.Backend,
        access => access.Operators is not null);

    /// <summary>Matchmaker's.</summary>
    public static AccessGuard Players { get; } = new(
        "the players' API",
        "players' issuers in Access:Players, or backends' keys in Access:ApiKeysFile or Access:ApiKeys or authorities in Access:BackendAuthorities",
        access => access.GuardsPlayers,
        role => role == AccessRole.Backend,
        access => access.Players.Count > 0 || access.BackendAuthorities is not null);
}

/// <summary>The addresses that a host listens on, by its configuration.</summary>
internal static class ListenAddresses
{
    /// <summary>The addresses, as Kestrel takes them: its own endpoints where there are any, else the addresses of the host.</summary>
    public static IReadOnlyList<string> Of(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToList();
        return endpoints.Count > 0 ? endpoints : (configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>Whether this machine alone reaches an address. <c>http://*:80</c> and the like are no URIs: everybody's.</summary>
    public static bool IsLoopback(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Host == "localhost" || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
}
