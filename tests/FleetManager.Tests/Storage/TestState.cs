using FleetSystem.FleetManager.Storage;

namespace FleetSystem.FleetManager.Tests.Storage;

public enum TestPhase
{
    Pending,
    Allocated,
}

public sealed record TestPlayer(string Id, double LatencyMilliseconds);

/// <summary>A state with the shapes that real states have.</summary>
public sealed record TestState : IExpiringState
{
    public string Text { get; init; } = "";

    public int Number { get; init; }

    public TestPhase Phase { get; init; }

    public DateTimeOffset At { get; init; }

    public IReadOnlyList<TestPlayer> Players { get; init; } = [];

    public Dictionary<string, string> Attributes { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }
}
