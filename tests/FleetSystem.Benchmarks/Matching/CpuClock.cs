using System.Diagnostics;

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
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var result = action();
        process.Refresh();
        if (isMeasured) Elapsed += process.TotalProcessorTime - before;
        return result;
    }
}
