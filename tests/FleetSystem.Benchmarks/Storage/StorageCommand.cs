using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FleetSystem.Benchmarks.Load;

namespace FleetSystem.Benchmarks.Storage;

/// <summary><c>storage</c>: durable writes a second of the SQLite grain storage, many writers at once, each waiting for its write.</summary>
internal static class StorageCommand
{
    public static Command Create(TimeProvider time)
    {
        var writers = new Option<int>("--writers") { Description = "Writers at once, each waiting for its write.", DefaultValueFactory = _ => 256 };
        var seconds = new Option<int>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 5 };
        var bytes = new Option<int>("--bytes") { Description = "Characters of a state.", DefaultValueFactory = _ => 800 };
        var folder = new Option<string?>("--folder") { Description = "Where to put the database; the temporary folder unless given." };
        var command = new Command("storage", "Measures durable writes a second of the grain storage: half new states, half updates.") { writers, seconds, bytes, folder };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var store = new BenchmarkStore(result.GetValue(folder));
            await store.OpenAsync();
            var run = new StorageRun(store, time, new string('x', result.GetValue(bytes)));
            var report = await run.RunAsync(result.GetValue(writers), TimeSpan.FromSeconds(result.GetValue(seconds)), cancellationToken);
            Console.WriteLine(JsonSerializer.Serialize(report, LoadJson.Options));
            return 0;
        });
        return command;
    }

    private sealed class StorageRun(BenchmarkStore store, TimeProvider time, string text)
    {
        public async Task<object> RunAsync(int writers, TimeSpan duration, CancellationToken cancellationToken)
        {
            var latencies = Enumerable.Range(0, writers).Select(_ => new LatencyRecorder()).ToList();
            await store.CreateAsync("warm-up", text);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            end.CancelAfter(duration);
            var started = time.GetTimestamp();
            await Task.WhenAll(latencies.Select((recorder, writer) => Task.Run(() => WriteAsync(writer, recorder, end.Token), CancellationToken.None)));
            var elapsed = time.GetElapsedTime(started);
            var all = LatencyRecorder.Merge(latencies);
            return new
            {
                writers,
                stateCharacters = text.Length,
                writes = all.Count,
                writesPerSecond = Math.Round(all.Count / elapsed.TotalSeconds),
                p50Milliseconds = all.Percentile(50),
                p99Milliseconds = all.Percentile(99),
                maxMilliseconds = all.Max,
                durationSeconds = Math.Round(elapsed.TotalSeconds, 3),
            };
        }

        private async Task WriteAsync(int writer, LatencyRecorder recorder, CancellationToken cancellationToken)
        {
            for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"{writer}-{i}");
                var state = new GrainState<BenchmarkState>(new BenchmarkState(text));
                // As a session does: it is stored when it is accepted and again when it has a server.
                for (var write = 0; write < 2; write++)
                {
                    var started = time.GetTimestamp();
                    await store.WriteAsync(key, state);
                    recorder.Add(time.GetElapsedTime(started));
                }
            }
        }
    }
}
