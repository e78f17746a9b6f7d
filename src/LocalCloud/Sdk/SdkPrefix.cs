namespace FleetSystem.LocalCloud.Sdk;

/// <summary>Keys of the GameServer's metadata that belong to the SDK.</summary>
internal static class SdkPrefix
{
    public const string Metadata = "agones.dev/sdk-";
    public const string LastAllocated = "agones.dev/last-allocated";
}
