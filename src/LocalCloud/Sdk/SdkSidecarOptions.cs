namespace FleetSystem.LocalCloud.Sdk;

/// <summary>How the SDK sidecars behave.</summary>
internal sealed record SdkSidecarOptions
{
    /// <summary>
    /// Time between a call and its write to the GameServer, in which further calls of the kind are gathered. The default value is 500 ms, as
    /// Agones ships it; zero writes at once.
    /// </summary>
    public TimeSpan RequestsRateLimit { get; init; } = TimeSpan.FromMilliseconds(500);
}
