namespace FleetSystem.LocalCloud.Tests.Nodes;

/// <summary>Ends a test that waits for what does not come.</summary>
internal sealed class TestDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;

    public TestDeadline()
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _source.CancelAfter(TimeSpan.FromSeconds(60));
    }

    public CancellationToken Token => _source.Token;

    public void Dispose() => _source.Dispose();
}
