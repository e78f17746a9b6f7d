using System.Diagnostics.CodeAnalysis;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>What a grain holds between calls of the storage.</summary>
public sealed class TestGrainState(TestState state, string? etag = null) : IGrainState<TestState>
{
    public TestGrainState()
        : this(new TestState())
    {
    }

    [AllowNull]
    public TestState State { get; set; } = state;

    public string? ETag { get; set; } = etag;

    public bool RecordExists { get; set; } = etag is not null;
}
