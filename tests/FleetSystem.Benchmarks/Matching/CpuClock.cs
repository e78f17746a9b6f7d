namespace FleetSystem.Benchmarks.Matching;

/// <summary>Processor time of this whole process while something runs: what the collector does for it counts too.</summary>
internal sealed class CpuClock
{
    public TimeSpan Elapsed { get; private set; }

    public void Run(bool isMeasured, Action action) => Run(isMeasured, () =>
    {
        action();
        return true;
    });

    public T Run<T>(bool isMeasured, Func<T> action)
    {
        var before = Environment.CpuUsage.TotalTime;
        var result = action();
        if (isMeasured) Elapsed += Environment.CpuUsage.TotalTime - before;
        return result;
    }
}
