using System.Globalization;
using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Simulation.Tests.Engine;
using Orleans.Storage;

namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>
/// The store: it outlives every silo, keeps the bytes that the real one keeps, and takes a write only over the version that its writer knew.
/// A write that has left its silo may take effect whatever becomes of the silo; an error may come before the effect or after it.
/// </summary>
internal sealed class SimulatedStore(VirtualTime time, Faults faults, Random random, Journal journal, Invariants invariants)
{
    private readonly Dictionary<(string Name, GrainId Grain), (int Version, byte[] Payload)> _rows = [];

    /// <summary>Sessions that are stored and not closed, as the session sweep finds them.</summary>
    public IReadOnlyList<string> OpenSessions => [.. invariants.Stored.Values.Where(session => !session.IsClosed).Select(session => session.Id)];

    public Task<(T? State, string? Etag)> ReadAsync<T>(string name, GrainId grain)
        where T : class
    {
        var answer = new TaskCompletionSource<(T?, string?)>();
        var fails = faults.Happen(faults.Store);
        time.After(Latency(), () =>
        {
            if (fails) answer.SetException(new IOException("The store cannot be read."));
            else if (!_rows.TryGetValue((name, grain), out var row)) answer.SetResult((null, null));
            else answer.SetResult((GrainStateJson.Deserialize<T>(GrainStateJson.Format, row.Payload), Tag(row.Version)));
        });
        return answer.Task;
    }

    public Task<string> WriteAsync<T>(string name, GrainId grain, T state, string? etag)
        where T : class
    {
        var answer = new TaskCompletionSource<string>();
        var payload = GrainStateJson.Serialize(state);
        var session = (state as SessionGrainState)?.Session;
        var (lost, unanswered) = (faults.Happen(faults.Store), faults.Happen(faults.Store));
        time.After(Latency(), () =>
        {
            var key = (name, grain);
            var version = _rows.TryGetValue(key, out var row) ? row.Version : 0;
            Action end;
            if (lost)
            {
                end = () => answer.SetException(new IOException("The store did not take it."));
            }
            else if (etag != (version == 0 ? null : Tag(version)))
            {
                end = () => answer.SetException(new InconsistentStateException($"Version {etag} is not the stored one any more."));
            }
            else
            {
                _rows[key] = (version + 1, payload);
                if (session is not null) invariants.OnStored(session);
                end = unanswered ? () => answer.SetException(new IOException("The store's answer was lost.")) : () => answer.SetResult(Tag(version + 1));
            }

            if (journal.IsOn && session is not null)
                journal.Write($"store {(lost ? "loses" : etag != (version == 0 ? null : Tag(version)) ? "refuses" : unanswered ? "keeps, unanswered," : "keeps")} {Describe(session)}");
            time.After(Latency(), end);
        });
        return answer.Task;
    }

    private static string Describe(SessionRecord session) => $"{session.Id} {session.State} #{session.LastSequence} incarnation {session.Incarnation} server {session.Server?.Name ?? "-"}";

    private TimeSpan Latency() => TimeSpan.FromMicroseconds(faults.Happen(0.02) ? random.Next(100_000, 3_000_000) : random.Next(200, 6_000));

    private static string Tag(int version) => version.ToString(CultureInfo.InvariantCulture);
}
