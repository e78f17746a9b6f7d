using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>
/// One life of a queue, from the opening of its journal to its end: calls and the time drive its decisions (<see cref="QueueState"/>), and what is decided is stored
/// before anybody sees it. A fault of ours ends it: the next life begins from what is stored. It runs in turns of its grain.
/// </summary>
internal sealed class QueueRun : IDisposable
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OpeningPause = TimeSpan.FromMilliseconds(250);

    private readonly QueueContext _context;
    private readonly Action _over;
    private readonly CancellationTokenSource _ended = new();
    private readonly Waiters _starting;
    private readonly RuleSetFollower _rules;
    private QueueState _state = null!;
    private JournalWriter _journal = null!;
    private PoolPasses _passes = null!;
    private Placements _placements = null!;
    private NewsFeed? _news;
    private bool _hasBegun;

    /// <summary>Begins.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="over">What follows when this life is over by itself.</param>
    public QueueRun(QueueContext context, Action over)
    {
        (_context, _over) = (context, over);
        _starting = new(context.Options.MaxWaitingCalls);
        _rules = new(context);
        _ = OpenAsync();
        _ = RunAsync();
    }

    /// <summary>Its decisions.</summary>
    internal QueueState State => _state;

    private DateTimeOffset Now => _context.Now;

    private bool IsOver => _ended.IsCancellationRequested;

    /// <summary>Does something once the queue has begun, and answers once it is stored.</summary>
    /// <exception cref="QueueUnavailableException">The queue has not begun, or has not stored it, in time.</exception>
    public async Task<T> DecideAsync<T>(Func<QueueState, DateTimeOffset, T> decide)
    {
        await BegunAsync();
        var answer = Decide(decide);
        await _journal.StoredAsync();
        return answer;
    }

    /// <summary>As <see cref="DecideAsync"/> for what makes more of it: refused while too much waits for the journal.</summary>
    public async Task<T> AdmitAsync<T>(Func<QueueState, DateTimeOffset, T> decide)
    {
        await BegunAsync();
        if (_state.Unstored >= _context.Options.MaxUnstored) throw new QueueUnavailableException($"Queue {_context.Id} waits for its journal.");
        return await DecideAsync(decide);
    }

    /// <summary>Takes in a session's wish for players, if it is a session that this queue can fill.</summary>
    public async Task<BackfillReply> CreateBackfillAsync(BackfillRequest request)
    {
        var session = (await _context.Grains.Reach<ISessionGrain>(request.SessionId).Get())?.Session;
        return session is { IsClosed: false } && session.Request.Fleet == _context.Fleet.Id
            ? await AdmitAsync((state, now) => state.Create(request, session.Server?.Region, now))
            : new(BackfillOutcome.NoSession, null, []);
    }

    /// <summary>Reads what is stored.</summary>
    public async Task<T> ReadAsync<T>(Func<QueueState, DateTimeOffset, T> read)
    {
        await BegunAsync();
        return read(_state, Now);
    }

    /// <summary>What happened since a moment.</summary>
    public async Task<QueueNews> GetNewsAsync(NewsCursor? after)
    {
        await BegunAsync();
        return await _news!.SinceAsync(after);
    }

    /// <summary>How the queue does.</summary>
    public async Task<QueueStatus> GetStatusAsync()
    {
        await BegunAsync();
        _passes.Explain();
        return _state.Status(_rules.Version, Now);
    }

    /// <summary>Ends this life.</summary>
    public void End()
    {
        if (IsOver) return;
        _ended.Cancel();
        _starting.Fail($"Queue {_context.Id} moves to another silo.");
        _journal.End();
        _news?.End();
        _context.Metrics.Forget(_context.Id);
    }

    public void Dispose() => _ended.Dispose();

    private T Decide<T>(Func<QueueState, DateTimeOffset, T> decide)
    {
        try
        {
            return decide(_state, Now);
        }
        catch (Exception fault)
        {
            Break(fault);
            throw;
        }
    }

    private Task BegunAsync()
    {
        if (IsOver) throw new QueueUnavailableException($"Queue {_context.Id} moves to another silo.");
        return _hasBegun ? Task.CompletedTask : _starting.WaitAsync(0, Now);
    }

    private async Task OpenAsync()
    {
        NewState();
        while (!IsOver)
        {
            try
            {
                var rules = await _rules.AskAsync() ?? throw new InvalidDataException($"Queue {_context.Id} has no rule set without faults.");
                var (epoch, segments) = await _journal.OpenAsync();
                if (!IsOver) Begin(epoch, segments, rules);
                return;
            }
            catch (JournalClosedException fault)
            {
                // A newer life reads it. To open it again would shut that one out, and so on for ever.
                Close(fault.Message);
                return;
            }
            catch (Exception fault) when (!IsOver)
            {
                QueueLog.OpeningFailed(_context.Log, _context.Id, fault);
            }

            // What was read so far may be another's by now.
            NewState();
            await _context.PauseAsync(OpeningPause, _ended.Token);
        }
    }

    private void NewState()
    {
        _rules.Forget();
        _state = new(_context.Queue, _context.Options.Limits, _context.Regions);
        _journal = new(_context, _state, NoteStored, Close, Break, _ended.Token);
    }

    private void Begin(long epoch, int segments, (RuleSet RuleSet, string Text) rules)
    {
        var toPlace = _state.Begin(FormattableString.Invariant($"{epoch}"), rules.RuleSet, rules.Text, Now);
        _news = new(_context, _state, epoch);
        _placements = new(_context, _state, _journal.StoredAsync, Break, _ended.Token);
        _passes = new(_context, _state, _journal.Write, Break, new Random(unchecked((int)epoch)), _ended.Token);
        _hasBegun = true;
        QueueLog.Begun(_context.Log, _context.Id, epoch, segments, _state.OpenTickets);
        _starting.Release(0);
        _placements.Add(toPlace);
    }

    private async Task RunAsync()
    {
        var pause = _context.Queue.PassInterval < LongestTurn ? _context.Queue.PassInterval : LongestTurn;
        while (true)
        {
            await _context.PauseAsync(pause, _ended.Token);
            if (IsOver) return;
            try
            {
                Turn(Now);
            }
            catch (Exception fault)
            {
                Break(fault);
            }
        }
    }

    private void Turn(DateTimeOffset now)
    {
        _starting.FailOlder(now - _context.Options.CallPatience, $"Queue {_context.Id} is still being read from its journal.");
        if (!_hasBegun) return;
        _state.Elapse(now);
        _journal.Turn(now);
        _journal.Write();
        _news!.Turn(now);
        if (_state.Unstored < _context.Options.MaxUnstored) _passes.Turn(now);
        _ = _rules.FollowAsync(now, _state.Change);
        _context.Metrics.Waiting(_context.Id, _state.Waiting);
    }

    private void NoteStored(SegmentDraft draft)
    {
        var toPlace = _state.NoteStored(draft, Now);
        _news!.Add(draft);
        if (toPlace.Count > 0) _placements.Add(toPlace);
    }

    private void Close(string reason)
    {
        if (IsOver) return;
        QueueLog.Closed(_context.Log, _context.Id, reason);
        End();
        _over();
    }

    private void Break(Exception fault)
    {
        if (IsOver) return;
        QueueLog.Broken(_context.Log, _context.Id, fault);
        End();
        _over();
    }
}
