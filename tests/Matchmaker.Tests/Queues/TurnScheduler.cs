namespace FleetSystem.Matchmaker.Tests.Queues;

/// <summary>Runs everything on the thread that asks for it, in order: one seed is one exact run.</summary>
internal sealed class TurnScheduler : TaskScheduler
{
    private readonly Queue<Task> _turns = new();

    /// <summary>Begins something whose continuations come here.</summary>
    public Task<T> Run<T>(Func<Task<T>> begin) => Task.Factory.StartNew(begin, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    /// <summary>Does something in a turn.</summary>
    public void Do(Action action)
    {
        var turn = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.None, this);
        Settle();
        turn.GetAwaiter().GetResult();
    }

    /// <summary>Takes turns until there is none.</summary>
    public void Settle()
    {
        while (true)
        {
            Task turn;
            lock (_turns)
            {
                if (!_turns.TryDequeue(out turn!)) return;
            }

            TryExecuteTask(turn);
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (_turns) _turns.Enqueue(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _turns;
}
