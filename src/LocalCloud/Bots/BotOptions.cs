namespace FleetSystem.LocalCloud.Bots;

/// <summary>How a bot plays.</summary>
internal sealed record BotOptions
{
    /// <summary>Time between two inputs. The default value is 20 ms.</summary>
    public TimeSpan InputInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>No answer for this long, and the bot takes another way. The default value is 600 ms. Value must exceed two probe intervals.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>Time between two probes of the ways not in use. The default value is 250 ms.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time between two joins until one is answered. The default value is 200 ms.</summary>
    public TimeSpan JoinInterval { get; init; } = TimeSpan.FromMilliseconds(200);
}
