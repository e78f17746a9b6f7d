namespace FleetSystem.FleetManager.Fleets;

/// <summary>How sessions wait for capacity. The configuration section <c>FleetManager:Waiting</c>.</summary>
public sealed class WaitingOptions
{
    /// <summary>Time between two looks at the free servers while somebody waits. The default is 100 ms; 10 ms to 10 seconds.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a turn that a session does not use keeps a server from the others: its silo may have died. The default is 2 seconds; 0.1
    /// second to 1 minute.
    /// </summary>
    public TimeSpan TurnLimit { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a session whose turn brought no server lets others go first: what is free may not be for it. The default is 0.5 second; 0 to
    /// 1 minute.
    /// </summary>
    public TimeSpan FailedTurnRest { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// How long one call to the queue waits before it is made anew: a queue that moves to another silo in good order does so after that time
    /// at the latest. The default is 5 seconds; 1 second to 1 minute.
    /// </summary>
    public TimeSpan PollLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time after which a queue that did not answer, or was full, is asked again. The default is 0.5 second; 0.1 second to 1 minute.</summary>
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromSeconds(0.5);
}
