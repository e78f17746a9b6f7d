namespace FleetSystem.LocalCloud.Agones;

/// <summary>Names that Agones and everyone who reads its objects agree on.</summary>
internal static class AgonesNames
{
    public const string Version = "1.56.0";
    public const string FleetLabel = "agones.dev/fleet";
    public const string GameServerSetLabel = "agones.dev/gameserverset";
    public const string GameServerLabel = "agones.dev/gameserver";
    public const string RoleLabel = "agones.dev/role";
    public const string SafeToEvictLabel = "agones.dev/safe-to-evict";
    public const string VersionAnnotation = "agones.dev/sdk-version";
    public const string ContainerAnnotation = "agones.dev/container";
    public const string LastAllocatedAnnotation = "agones.dev/last-allocated";
    public const string Finalizer = "agones.dev/controller";

    public const string Packed = "Packed";
    public const string Distributed = "Distributed";
}

/// <summary>States of a GameServer.</summary>
internal static class GameServerState
{
    public const string PortAllocation = "PortAllocation";
    public const string Creating = "Creating";
    public const string Starting = "Starting";
    public const string Scheduled = "Scheduled";
    public const string RequestReady = "RequestReady";
    public const string Ready = "Ready";
    public const string Reserved = "Reserved";
    public const string Allocated = "Allocated";
    public const string Unhealthy = "Unhealthy";
    public const string Shutdown = "Shutdown";
    public const string Error = "Error";

    private static readonly string[] All =
        [PortAllocation, Creating, Starting, Scheduled, RequestReady, Ready, Reserved, Allocated, Unhealthy, Shutdown, Error];

    /// <summary>The one instance of a state's name, so that ten thousand servers do not keep ten thousand copies.</summary>
    public static string Intern(string? state) => Array.Find(All, known => known == state) ?? state ?? "";
}
