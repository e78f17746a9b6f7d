namespace FleetSystem.Simulation.Tests.Engine;

/// <summary>
/// Runs everything on one thread, a turn at a time. Whose turn comes next the seed decides; within a lane turns keep their order, as they do
/// within an activation of Orleans.
/// </summary>
internal sealed class Turns(Random random)
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Lane> _ready = [];
    private int _lanes;
    private volatile string? _escape;

    /// <summary>Turns taken so far.</summary>
    public long Taken { get; private set; }

    /// <summary>Changes with every choice made: two runs that have the same are the same run.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    /// <summary>What left the thread, if anything did: then a seed is no longer one exact run.</summary>
    public string? Escape => _escape;

    public Lane NewLane(string name) => new(this, name, ++_lanes);

    /// <summary>Takes one turn, if any lane has one.</summary>
    public bool TakeOne()
    {
        if (_ready.Count == 0) return false;
        var lane = _ready[_ready.Count == 1 ? 0 : random.Next(_ready.Count)];
        Taken++;
        Fold((ulong)lane.Number);
        lane.TakeTurn();
        return true;
    }

    /// <summary>Makes something part of the fingerprint.</summary>
    public void Fold(ulong value) => Fingerprint = (Fingerprint ^ value) * 1099511628211;

    /// <summary>The turns of one activation, or of the simulation's own clients. Code that runs in it comes back to it after each await.</summary>
    internal sealed class Lane(Turns turns, string name, int number) : TaskScheduler
    {
        private readonly Queue<Task> _tasks = new();
        private bool _dead;
        private bool _frozen;

        public int Number => number;

        public string Name => name;

        /// <summary>Starts something in the lane, in a turn of its own.</summary>
        public void Start(Func<Task> what) => _ = Task.Factory.StartNew(what, CancellationToken.None, TaskCreationOptions.None, this);

        /// <summary>No further turn is ever taken: the machine is gone.</summary>
        public void Kill()
        {
            _dead = true;
            _tasks.Clear();
            turns._ready.Remove(this);
        }

        /// <summary>No turn is taken until the lane thaws: a long collection of garbage, a machine that is starved.</summary>
        public void Freeze()
        {
            _frozen = true;
            turns._ready.Remove(this);
        }

        public void Thaw()
        {
            if (!_frozen) return;
            _frozen = false;
            if (_tasks.Count > 0) turns._ready.Add(this);
        }

        public void TakeTurn()
        {
            var task = _tasks.Dequeue();
            if (_tasks.Count == 0) turns._ready.Remove(this);
            TryExecuteTask(task);
        }

        protected override void QueueTask(Task task)
        {
            if (Environment.CurrentManagedThreadId != turns._thread)
            {
                turns._escape = $"A continuation of {name} came back from another thread: something it awaited runs on the thread pool "
                    + $"(CancelAsync, WaitAsync, WhenAny or WhenAll over a task that runs its continuations asynchronously, Task.Run).{Environment.NewLine}{Environment.StackTrace}";
                return;
            }

            if (_dead) return;
            _tasks.Enqueue(task);
            if (_tasks.Count == 1 && !_frozen) turns._ready.Add(this);
        }

        // As Orleans' own scheduler of an activation does: what continues in the turn that runs, continues at once.
        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
            !taskWasPreviouslyQueued && !_dead && ReferenceEquals(Current, this) && Environment.CurrentManagedThreadId == turns._thread && TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
    }
}
