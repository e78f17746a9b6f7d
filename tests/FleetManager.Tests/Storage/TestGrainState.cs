using System.Diagnostics.CodeAnalysis;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>What a grain holds between calls of the storage.</summary>
public class TestGrainState<T>(T state, string? etag = null) : IGrainState<T>
{
    [AllowNull]
    public T State { get; set; } = state;

    public string? ETag { get; set; } = etag;

    public bool RecordExists { get; set; } = etag is not null;
}

/// <summary>The same of the state that most tests use.</summary>
public sealed class TestGrainState(TestState state, string? etag = null) : TestGrainState<TestState>(state, etag)
{
    public TestGrainState()
        : this(new TestState())
    {
    }
}
