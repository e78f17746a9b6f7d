using FleetSystem.FleetManager.Matchmaking;
using FleetSystem.FleetModel.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

/// <summary>
/// Several lives of a queue at once, each of which takes itself for the queue: they open the journal, append, trim, lose activations and answers, and go on although they were
/// replaced long ago. Whatever was acknowledged is read by every later life, and what one life has read never changes.
/// </summary>
public sealed class TicketJournalPropertyTests
{
    private const int Seeds = 500;

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void Lives_InAnyOrderOfSteps_AgreeOnWhatWasAcknowledged(double faults)
    {
        for (var seed = 0; seed < Seeds; seed++) new Run(seed, faults).Play();
    }

    private sealed class Run : IDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<JournalMetrics>().BuildServiceProvider();
        private readonly int _seed;
        private readonly Random _random;
        private readonly SteppedStorage _storage;
        private readonly List<Task> _lives = [];
        private readonly List<(long Epoch, long Number, string Name)> _acknowledged = [];
        private readonly List<(JournalOpening Opening, Dictionary<long, string> Seen)> _seen = [];
        private int _names;

        public Run(int seed, double faults)
        {
            _seed = seed;
            _random = new Random(seed);
            _storage = new SteppedStorage(_random, faults);
        }

        public void Play()
        {
            for (var step = 0; step < 400; step++)
            {
                if (_lives.Count == 0 || (_lives.Count < 6 && _random.Next(40) == 0)) _lives.Add(LiveAsync(appends: 12));
                if (_storage.HasWaiting) _storage.Step();
            }

            // Then the store works, everybody comes to an end, and a last life reads what there is.
            _storage.Faults = 0;
            Drain();
            _lives.Add(LiveAsync(appends: 0));
            Drain();
            foreach (var life in _lives) Check(life.IsCompletedSuccessfully, life.Exception?.ToString() ?? "A life did not end.");
            Judge();
            Dispose();
        }

        public void Dispose() => _services.Dispose();

        private void Drain()
        {
            while (_storage.HasWaiting) _storage.Step();
        }

        private void Judge()
        {
            foreach (var (opening, seen) in _seen)
            {
                foreach (var (epoch, number, name) in _acknowledged.Where(entry => entry.Epoch < opening.Epoch && entry.Number >= opening.First))
                    Check(seen.GetValueOrDefault(number) == name, $"Epoch {epoch} had {name} acknowledged as {number}, and epoch {opening.Epoch} read '{seen.GetValueOrDefault(number)}'.");

                foreach (var (later, laterSeen) in _seen.Where(other => other.Opening.Epoch > opening.Epoch))
                {
                    var before = seen.Where(row => row.Key >= later.First).OrderBy(row => row.Key);
                    var after = laterSeen.Where(row => row.Key < opening.Next).OrderBy(row => row.Key);
                    Check(before.SequenceEqual(after), $"Epoch {opening.Epoch} read {string.Join(' ', before)}, and of these epoch {later.Epoch} read {string.Join(' ', after)}.");
                }
            }

            var last = _seen.MaxBy(life => life.Opening.Epoch);
            Check(last.Seen.Count == last.Seen.Values.Distinct().Count(), "A segment is there twice.");
        }

        private async Task LiveAsync(int appends)
        {
            try
            {
                var journal = NewActivation();
                var opening = await AgainAsync(() => journal.OpenAsync());
                var seen = new Dictionary<long, string>();
                for (var from = opening.First; ;)
                {
                    var start = from;
                    var answer = await AgainAsync(() => journal.ReadAsync(opening.Epoch, start));
                    if (answer.Count == 0) break;
                    foreach (var segment in answer) seen.Add(segment.Number, JournalSegments.NameOf(segment.Segment));
                    from = answer[^1].Number + 1;
                }

                _seen.Add((opening, seen));
                var next = opening.Next;
                for (var i = 0; i < appends; i++)
                {
                    if (_random.Next(4) == 0)
                    {
                        var before = _random.NextInt64(opening.First, next + 1);
                        await AgainAsync(async () =>
                        {
                            await journal.TrimAsync(opening.Epoch, before);
                            return true;
                        });
                    }

                    var name = $"{opening.Epoch}/{next}/{_names++}";
                    await AgainAsync(async () =>
                    {
                        // The journal's silo dies from time to time; what it had under way may still be served.
                        if (_random.Next(6) == 0) journal = NewActivation();
                        if (_random.Next(12) == 0) _ = AbandonAsync(journal.AppendAsync(opening.Epoch, next, JournalSegments.Named(name)), ref journal);
                        await journal.AppendAsync(opening.Epoch, next, JournalSegments.Named(name));
                        _acknowledged.Add((opening.Epoch, next, name));
                        return true;
                    });
                    next++;
                }
            }
            catch (JournalClosedException)
            {
                // Another life has begun.
            }
        }

        // The caller does not wait for the answer any more, and asks another activation.
        private Task AbandonAsync(Task append, ref TicketJournal journal)
        {
            journal = NewActivation();
            return append.ContinueWith(done => _ = done.Exception, TaskContinuationOptions.ExecuteSynchronously);
        }

        private static async Task<T> AgainAsync<T>(Func<Task<T>> call)
        {
            while (true)
            {
                try
                {
                    return await call();
                }
                catch (Exception fault) when (fault is IOException or InconsistentStateException)
                {
                    // The same again.
                }
            }
        }

        private TicketJournal NewActivation() => new("arena", _storage, _services.GetRequiredService<JournalMetrics>(), NullLogger<TicketJournal>.Instance);

        private void Check(bool holds, string otherwise) => Assert.True(holds, $"Seed {_seed} with faults of {_storage.Faults}: {otherwise}");
    }
}
