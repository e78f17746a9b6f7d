namespace FleetSystem.GameServer;

/// <summary>Exit codes of the process.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadConfiguration = 2;
    public const int AddressInUse = 3;
    public const int NoSidecar = 4;
}
