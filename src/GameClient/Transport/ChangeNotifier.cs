using System;
using System.Threading;

namespace FleetSystem.GameClient;

/// <summary>Tells of changes: on the context of whoever asked for them (Unity's main thread), else on the pool; one call at a time, the newest state for all.</summary>
internal sealed class ChangeNotifier
{
    private readonly SynchronizationContext? _context = SynchronizationContext.Current;
    private readonly Action _tell;
    private int _pending;

    public ChangeNotifier(Action tell) => _tell = tell;

    public void Changed()
    {
        // The first of several changes queues the call, which reports them all.
        if (Interlocked.Increment(ref _pending) != 1) return;
        if (_context is not null)
            _context.Post(Run, this);
        else
            ThreadPool.QueueUserWorkItem(Run, this);
    }

    private static void Run(object? state)
    {
        var notifier = (ChangeNotifier)state!;
        int told;
        do
        {
            told = Volatile.Read(ref notifier._pending);
            try
            {
                notifier._tell();
            }
            catch
            {
                Interlocked.Exchange(ref notifier._pending, 0);
                throw;
            }
        }
        while (Interlocked.Add(ref notifier._pending, -told) != 0);
    }
}
