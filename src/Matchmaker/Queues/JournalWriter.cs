using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>
/// Writes what a queue decides into its journal: one segment at a time, and all that is decided meanwhile goes into the next. A segment whose outcome is not known is
/// written again under its number, until it is stored or the journal is another's.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="state">Its decisions.</param>
/// <param name="stored">What follows once a segment is stored.</param>
/// <param name="closed">What follows when the journal is another's.</param>
/// <param name="broken">What follows on a fault of ours, such as a segment that can never be stored.</param>
/// <param name="ended">The end of the queue's life.</param>
internal sealed class JournalWriter(QueueContext context, QueueState state, Action<SegmentDraft> stored, Action<string> closed, Action<Exception> broken, CancellationToken ended)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(1);

    private readonly Waiters _waiting = new(context.Options.MaxWaitingCalls);
    private ITicketJournalGrain _journal = null!;
    private long _epoch;
    private long _through;
    private bool _isWriting;
    private bool _isTrimming;
    private long? _trim;
    private DateTimeOffset _trimmedAt;

    /// <summary>Opens the journal and reads it from its beginning.</summary>
    /// <returns>The epoch, and how many segments there were.</returns>
    public async Task<(long Epoch, int Segments)> OpenAsync()
    {
        _journal = context.Grains.Reach<ITicketJournalGrain>(context.Id);
        var opening = await _journal.Open();
        _epoch = opening.Epoch;
        state.Open(new(opening.First, opening.Next));
        var segments = 0;
        for (var from = opening.First; from < opening.Next && !ended.IsCancellationRequested;)
        {
            var read = await _journal.Read(_epoch, from);
            if (read.Count == 0) break;
            foreach (var (number, segment) in read) state.Load(number, segment, context.Now);
            segments += read.Count;
            from = read[^1].Number + 1;
        }

        return (_epoch, segments);
    }

    /// <summary>Waits until all that was decided so far is stored.</summary>
    /// <exception cref="QueueUnavailableException">It was not in time, or the queue's life is over.</exception>
    public Task StoredAsync()
    {
        if (ended.IsCancellationRequested) throw new QueueUnavailableException($"Queue {context.Id} moves to another silo.");
        if (state.Decided <= _through) return Task.CompletedTask;
        var waiting = _waiting.WaitAsync(state.Decided, context.Now);
        Write();
        return waiting;
    }

    /// <summary>Writes what there is to write.</summary>
    public void Write()
    {
        if (!_isWriting && state.Unstored > 0) _ = WriteAsync();
    }

    /// <summary>Fails calls that have waited too long, and lets the journal drop what nobody needs.</summary>
    public void Turn(DateTimeOffset now)
    {
        _waiting.FailOlder(now - context.Options.CallPatience, $"The journal of queue {context.Id} did not store in time.");
        _trim = state.TakeTrim() ?? _trim;
        if (_trim is { } before && !_isTrimming && now - _trimmedAt >= TrimInterval) _ = TrimAsync(before, now);
    }

    /// <summary>The queue's life is over: nothing is answered any more.</summary>
    public void End() => _waiting.Fail($"Queue {context.Id} moves to another silo.");

    private async Task WriteAsync()
    {
        _isWriting = true;
        try
        {
            while (!ended.IsCancellationRequested && state.TakeSegment() is { } draft)
            {
                await AppendAsync(draft);
                if (ended.IsCancellationRequested) return;
                _through = draft.Through;
                context.Metrics.Wrote(context.Id, isStored: true);
                stored(draft);
                _waiting.Release(_through);
            }
        }
        catch (Exception fault)
        {
            broken(fault);
        }
        finally
        {
            _isWriting = false;
        }
    }

    private async Task AppendAsync(SegmentDraft draft)
    {
        for (var pause = FirstPause; !ended.IsCancellationRequested; pause = pause * 2 < context.Options.JournalRetryPause ? pause * 2 : context.Options.JournalRetryPause)
        {
            try
            {
                await _journal.Append(_epoch, draft.Number, draft.Segment);
                return;
            }
            catch (JournalClosedException fault)
            {
                closed(fault.Message);
                return;
            }
            catch (Exception fault) when (fault is SegmentTooLargeException or ArgumentException)
            {
                // It will never be stored: a fault of ours, and what is stored is the truth.
                broken(fault);
                return;
            }
            catch (Exception fault)
            {
                context.Metrics.Wrote(context.Id, isStored: false);
                QueueLog.AppendFailed(context.Log, context.Id, draft.Number, fault);
            }

            await context.PauseAsync(pause, ended);
        }
    }

    private async Task TrimAsync(long before, DateTimeOffset now)
    {
        (_isTrimming, _trimmedAt) = (true, now);
        try
        {
            await _journal.Trim(_epoch, before);
            if (_trim == before) _trim = null;
        }
        catch (JournalClosedException fault)
        {
            closed(fault.Message);
        }
        catch (Exception fault)
        {
            QueueLog.TrimFailed(context.Log, context.Id, fault);
        }
        finally
        {
            _isTrimming = false;
        }
    }
}
