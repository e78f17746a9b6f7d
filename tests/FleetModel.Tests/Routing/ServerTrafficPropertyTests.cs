using System.Net;
using CsCheck;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Tests.Routing;

/// <summary>Whatever comes and goes, fails and crashes: nothing is open that the store does not know of, and nobody gets what was another's.</summary>
public sealed class ServerTrafficPropertyTests
{
    private const int Hosts = 4;
    private const int Ports = 3;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly AcceleratorMapping Mapping = AcceleratorMapping.Create(1, ["75.2.0.1"],
        from host in Enumerable.Range(0, Hosts)
        from port in Enumerable.Range(0, Ports)
        select new AcceleratorPort(IPAddress.Parse($"10.0.{host / 2}.{host}"), (ushort)(7000 + port), (ushort)(20_000 + (host * 16) + port), "arn:group", $"subnet-{host / 2}"));

    // A step: which destination, what becomes of it, which of the round's calls fails (if any), and whether the silo dies after it.
    private static readonly Gen<(int Where, int Kind, int FailedCall, bool Crash, int Seconds)[]> Steps =
        Gen.Select(Gen.Int[0, (Hosts * Ports) - 1], Gen.Int[0, 3], Gen.Int[0, 8], Gen.Int[0, 5].Select(number => number == 0), Gen.Int[0, 20]).Array[0, 80];

    [Fact]
    public void AnyHistory_NothingIsOpenThatTheStoreDoesNotKnowAndNobodyGetsWhatWasAnothers() =>
        Gen.Select(Steps, Gen.Int[1, 4]).Sample((steps, calls) => new History(calls).Play(steps));

    [Fact]
    public void AnyHistory_ThenQuiet_OpenIsWhatIsThereAndNothingElse() =>
        Gen.Select(Steps, Gen.Int[1, 4]).Sample((steps, calls) =>
        {
            var history = new History(calls);
            history.Play(steps);
            history.Settle();
            Assert.Equal(history.Wanted.Select(server => server.Destination).ToHashSet(), history.Allowed.ToHashSet());
            Assert.Equal(history.Wanted.Select(server => (server.Destination, server.Server, server.Occupant)).ToHashSet(), history.Ledger.Open.Select(opening => (opening.Destination, opening.Server, opening.Occupant)).ToHashSet());
        });

    private static readonly Gen<Destination[]> Destinations =
        Gen.Select(Gen.Int[0, 255], Gen.Int[0, 299]).Select((host, port) => Destination.Of(new IPAddress([10, 0, (byte)(host / 128), (byte)host]), (ushort)(7000 + port))).Array[0, 400];

    private static readonly AcceleratorMapping Large = AcceleratorMapping.Create(1, ["75.2.0.1"],
        from host in Enumerable.Range(0, 256)
        from port in Enumerable.Range(0, 250)
        select new AcceleratorPort(new IPAddress([10, 0, (byte)(host / 128), (byte)host]), (ushort)(7000 + port), (ushort)(1 + (host * 250) + port), "arn:group", $"subnet-{host / 128}"));

    [Fact]
    public void Batches_AnyDestinations_CoverThemExactlyWithinTheApisLimits() =>
        Destinations.Sample(
            destinations =>
            {
                var batches = TrafficBatch.Of(Large, destinations);
                Assert.All(batches, batch =>
                {
                    Assert.InRange(batch.Hosts.Count, 1, TrafficBatch.MaxAddresses);
                    Assert.InRange(batch.Ports.Count, 1, TrafficBatch.MaxPorts);
                    Assert.All(batch.Destinations, destination => Assert.Equal(batch.EndpointId, Large.SubnetOf(destination)!.EndpointId));
                });
                Assert.Equal(destinations.Where(destination => Large.Find(destination) is not null).Distinct().OrderBy(destination => destination.Packed), batches.SelectMany(batch => batch.Destinations).OrderBy(destination => destination.Packed));
            },
            iter: 200);

    [Fact]
    public void Batches_AWholeSubnetOrOnePortOfManyNodes_FewCalls()
    {
        var all = from host in Enumerable.Range(0, 128) from port in Enumerable.Range(0, 250) select Destination.Of(new IPAddress([10, 0, 0, (byte)host]), (ushort)(7000 + port));
        Assert.Equal(2 * 3, TrafficBatch.Of(Large, all).Count);
        Assert.Equal(2, TrafficBatch.Of(Large, all.Where(destination => destination.Port == 7003)).Count);
        Assert.Single(TrafficBatch.Of(Large, all.Where(destination => destination.Host % 128 == 5 && destination.Port < 7100)));
    }

    /// <summary>A region's servers, a silo that may die, and an API that may fail before or after it has done what it was asked.</summary>
    private sealed class History(int calls)
    {
        private readonly ServerTrafficOptions _options = new() { CallsPerRound = calls, ReopenAfter = TimeSpan.FromSeconds(30) };
        private readonly Dictionary<Destination, RoutableServer> _servers = [];

        // For whom the API let traffic through, and when it last stopped doing so.
        private readonly Dictionary<Destination, ulong> _allowedFor = [];
        private readonly Dictionary<Destination, (ulong Occupant, DateTimeOffset At)> _deniedAt = [];
        private readonly HashSet<ulong> _claimed = [];
        private byte[] _store = [];
        private DateTimeOffset _now = Start;
        private ulong _names = 1;

        public ServerTrafficLedger Ledger { get; private set; } = new([]);

        public IEnumerable<RoutableServer> Wanted => _servers.Values;

        public IEnumerable<Destination> Allowed => _allowedFor.Keys;

        public void Play((int Where, int Kind, int FailedCall, bool Crash, int Seconds)[] steps)
        {
            foreach (var (where, kind, failedCall, crash, seconds) in steps)
            {
                _now += TimeSpan.FromSeconds(seconds);
                Change(At(where), kind);
                Round(failedCall, crash);
            }
        }

        public void Settle()
        {
            for (var i = 0; i < 60; i++)
            {
                _now += TimeSpan.FromSeconds(5);
                Round(failedCall: -1, crash: false);
            }
        }

        private void Change(Destination where, int kind)
        {
            switch (kind)
            {
                case 0:
                    _servers.Remove(where);
                    break;
                case 1:
                    var name = _names++;
                    _servers[where] = new RoutableServer(where, 1, name, name, name, IsClaimed: false);
                    break;
                case 2 when _servers.TryGetValue(where, out var server):
                    _servers[where] = server with { Occupant = _names++, IsClaimed = true };
                    break;
                default:
                    break;
            }
        }

        private void Round(int failedCall, bool crash)
        {
            var round = Ledger.Plan(_servers.Values, new HashSet<ulong>(), Mapping, _now, _options, _ => false);
            _store = ServerOpening.Export(Ledger.Openings);
            Check();
            var call = 0;
            foreach (var (batch, allow) in round.Denies.Select(batch => (batch, false)).Concat(round.Allows.Select(batch => (batch, true))))
            {
                // Of a call that fails nobody knows whether it was carried out: of every second it was.
                var fails = call++ == failedCall;
                if (!fails || failedCall % 2 == 0) foreach (var destination in batch.Destinations) Carry(destination, allow);
                Check();
                if (fails) break;
                if (allow) Ledger.NoteAllowed(batch, _now);
                else Ledger.NoteDenied(batch, _now);
            }

            if (crash) Ledger = new ServerTrafficLedger(ServerOpening.Import(_store));
            else _store = ServerOpening.Export(Ledger.Openings);
            Check();
        }

        private void Carry(Destination destination, bool allow)
        {
            if (!allow)
            {
                if (_allowedFor.Remove(destination, out var was)) _deniedAt[destination] = (was, _now);
                return;
            }

            var opening = Ledger.Openings.Single(known => known.Destination == destination);
            if (_allowedFor.TryGetValue(destination, out var earlier)) Assert.Equal(earlier, opening.Server);
            if (_deniedAt.TryGetValue(destination, out var denied) && denied.Occupant != opening.Server && _claimed.Contains(denied.Occupant))
                Assert.InRange((_now - denied.At).TotalSeconds, _options.ReopenAfter.TotalSeconds - 1, double.MaxValue);
            _allowedFor[destination] = opening.Server;
        }

        private void Check()
        {
            var known = ServerOpening.Import(_store).Where(opening => opening.MayBeOpen).Select(opening => opening.Destination).ToHashSet();
            Assert.All(_allowedFor.Keys, destination => Assert.Contains(destination, known));
            foreach (var opening in Ledger.Openings.Where(opening => opening.Claimed)) _claimed.Add(opening.Server);
        }

        private static Destination At(int where) => Destination.Of(IPAddress.Parse($"10.0.{where / Ports / 2}.{where / Ports}"), (ushort)(7000 + (where % Ports)));
    }
}
