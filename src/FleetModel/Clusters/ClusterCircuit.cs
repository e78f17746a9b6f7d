namespace FleetSystem.FleetModel.Clusters;

/// <summary>States of a cluster's circuit.</summary>
public enum CircuitState
{
    /// <summary>The cluster is asked.</summary>
    Closed,

    /// <summary>The cluster is not asked: it failed or was slow.</summary>
    Open,

    /// <summary>The cluster answers again; a few claims at a time try it.</summary>
    HalfOpen,
}

/// <summary>How a claim's call ended, as far as the cluster's health is concerned.</summary>
public enum CallResult
{
    /// <summary>Answered, with or without a server.</summary>
    Succeeded,

    /// <summary>Refused as too many, broken, or answered with an error.</summary>
    Failed,

    /// <summary>Not answered in time.</summary>
    TimedOut,

    /// <summary>It says nothing of the cluster: the request was at fault, or its caller gave up early.</summary>
    Neutral,
}

/// <summary>Leave for one call; given back to the circuit with the call's result.</summary>
/// <param name="Epoch">Which stretch between two changes of state it belongs to.</param>
/// <param name="At">When it was given.</param>
public readonly record struct CircuitPass(int Epoch, DateTimeOffset At);

/// <summary>
/// Decides whether a cluster is asked. It opens on failures in a row, on time-outs, or on a share of failed and slow claims; it turns
/// half-open only once a probe has been answered, so that no claim finds out at its own cost; the first claim that succeeds closes it, and so
/// do enough probes where nobody claims. The wait before a probe grows until a claim has succeeded. No clock, no I/O: the same calls, times
/// and seed give the same states. One owner, one thread at a time.
/// </summary>
public sealed class ClusterCircuit
{
    // How finely the window of calls is divided.
    private const int Buckets = 10;

    // Beyond it the doubled wait is longer than any limit.
    private const int MostDoublings = 24;

    private readonly CircuitOptions _options;
    private readonly Random _jitter;
    private readonly (long Slot, int Calls, int Bad)[] _window = new (long, int, int)[Buckets];
    private int _epoch;
    private int _failures;
    private int _timeouts;
    private int _openings;
    private int _claiming;
    private int _probesAnswered;
    private bool _trusted = true;

    /// <summary>A closed circuit.</summary>
    /// <param name="options">Limits, checked.</param>
    /// <param name="seed">Seed of the jitter.</param>
    /// <param name="now">The time.</param>
    public ClusterCircuit(CircuitOptions options, int seed, DateTimeOffset now)
    {
        (_options, _jitter) = (options, new Random(seed));
        Since = now;
    }

    /// <summary>Where it stands.</summary>
    public CircuitState State { get; private set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Why it is not closed, for people; empty while it is.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>When the next probe is due; the end of time while closed.</summary>
    public DateTimeOffset ProbeAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Leave for a claim, or null when the cluster must not be asked now.</summary>
    public CircuitPass? TryEnter(DateTimeOffset now)
    {
        if (State == CircuitState.Open || (State == CircuitState.HalfOpen && _claiming >= _options.HalfOpenClaims)) return null;
        _claiming++;
        return new CircuitPass(_epoch, now);
    }

    /// <summary>A claim's call has ended. Calls that began before the last change of state say nothing of the present one.</summary>
    /// <param name="pass">The leave it had.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="reason">Why it failed, for people.</param>
    /// <param name="now">The time.</param>
    public void Leave(CircuitPass pass, CallResult result, string reason, DateTimeOffset now)
    {
        if (pass.Epoch != _epoch) return;
        _claiming--;
        if (result == CallResult.Neutral) return;
        var failed = result != CallResult.Succeeded;
        var slow = now - pass.At > _options.SlowCall;
        if (failed)
        {
            Fail(result == CallResult.TimedOut, reason, now);
            if (State == CircuitState.Open) return;
        }
        else
        {
            (_failures, _timeouts) = (0, 0);
            if (State == CircuitState.HalfOpen)
            {
                if (slow) Open($"a claim took {(now - pass.At).TotalSeconds:0.0} s", now);
                else Close(now, trusted: true);
                return;
            }

            if (!slow) (_trusted, _openings) = (true, 0);
        }

        var (calls, bad) = Count(failed || slow, now);
        if (calls >= _options.WindowMinCalls && bad >= calls * _options.BadShareToOpen)
            Open($"{bad} of the last {calls} claims failed or took more than {_options.SlowCall.TotalSeconds:0.##} s{(failed ? $"; {reason}" : "")}", now);
    }

    /// <summary>A probe, or any other read, was answered.</summary>
    public void ReadAnswered(DateTimeOffset now)
    {
        switch (State)
        {
            case CircuitState.Open:
                Enter(CircuitState.HalfOpen, now);
                goto case CircuitState.HalfOpen;
            case CircuitState.HalfOpen:
                ProbeAt = now + _options.ProbeInterval;

                // While a claim is under way it is the better proof: Agones may be away behind an API server that answers.
                if (++_probesAnswered >= _options.ProbesToClose && _claiming == 0) Close(now, trusted: false);
                break;
            default:
                break;
        }
    }

    /// <summary>A probe, or any other read, failed.</summary>
    /// <param name="timedOut">Whether it was not answered in time.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="now">The time.</param>
    public void ReadFailed(bool timedOut, string reason, DateTimeOffset now) => Fail(timedOut, reason, now);

    private void Fail(bool timedOut, string reason, DateTimeOffset now)
    {
        if (State != CircuitState.Closed || !_trusted)
        {
            Open(reason, now);
            return;
        }

        _failures++;
        if (timedOut) _timeouts++;
        if (_failures >= _options.FailuresToOpen || _timeouts >= _options.TimeoutsToOpen) Open(reason, now);
    }

    private void Open(string reason, DateTimeOffset now)
    {
        var wait = _options.OpenMin * Math.Pow(2, Math.Min(_openings, MostDoublings));
        if (wait > _options.OpenMax) wait = _options.OpenMax;
        _openings++;
        if (State != CircuitState.Open) Enter(CircuitState.Open, now);
        Reason = reason;
        ProbeAt = now + (wait * (0.5 + (_jitter.NextDouble() / 2)));
    }

    private void Close(DateTimeOffset now, bool trusted)
    {
        Enter(CircuitState.Closed, now);
        (Reason, ProbeAt, _trusted) = ("", DateTimeOffset.MaxValue, trusted);
        if (trusted) _openings = 0;
    }

    private void Enter(CircuitState state, DateTimeOffset now)
    {
        (State, Since) = (state, now);
        _epoch++;
        (_failures, _timeouts, _claiming, _probesAnswered) = (0, 0, 0, 0);
        Array.Clear(_window);
    }

    private (int Calls, int Bad) Count(bool isBad, DateTimeOffset now)
    {
        var slot = now.UtcTicks / (_options.Window.Ticks / Buckets);
        ref var bucket = ref _window[slot % Buckets];
        if (bucket.Slot != slot) bucket = (slot, 0, 0);
        bucket = (slot, bucket.Calls + 1, bucket.Bad + (isBad ? 1 : 0));
        var (calls, bad) = (0, 0);
        foreach (var (counted, callsThen, badThen) in _window)
        {
            if (counted <= slot - Buckets) continue;
            (calls, bad) = (calls + callsThen, bad + badThen);
        }

        return (calls, bad);
    }
}
