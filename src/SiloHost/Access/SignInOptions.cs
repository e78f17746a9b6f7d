using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Access;

/// <summary>How long operators stay signed in to the dashboard.</summary>
public sealed class SignInOptions
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestIdle = TimeSpan.FromDays(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Time without a request after which somebody is signed out. The default is 1 hour; 5 minutes to 1 day.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Time after which somebody has to sign in again whatever he did. The default is 12 hours; 5 minutes to 7 days.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Directory of the keys that protect sign-ins, for hosts that share one: then a sign-in holds at each, and over restarts. Null keeps them in memory: whoever is signed in at
    /// this host has to sign in again once it has restarted. The default is null.
    /// </summary>
    public string? KeysDirectory { get; set; }

    internal void Check(FaultList faults, string at)
    {
        faults.Check(IdleTimeout >= Shortest && IdleTimeout <= LongestIdle, at + nameof(IdleTimeout), $"is {IdleTimeout}: {Shortest} to {LongestIdle} is possible");
        faults.Check(MaxLifetime >= Shortest && MaxLifetime <= Longest, at + nameof(MaxLifetime), $"is {MaxLifetime}: {Shortest} to {Longest} is possible");
        faults.Check(KeysDirectory is null || Directory.Exists(KeysDirectory), at + nameof(KeysDirectory), $"is '{KeysDirectory}', and there is no such directory");
    }
}
