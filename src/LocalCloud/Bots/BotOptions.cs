namespace FleetSystem.LocalCloud.Bots;

/// <summary>How a bot plays. Its paths are the client library's business, with that library's defaults.</summary>
internal sealed record BotOptions
{
    /// <summary>Time between two inputs. The default value is 20 ms.</summary>
    public TimeSpan InputInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>An input without an answer for this long is counted as lost. The default value is 600 ms.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromMilliseconds(600);
}
