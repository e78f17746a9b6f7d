using System.Text.RegularExpressions;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.Matchmaker.Allocator;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>Other cells, and how this one speaks with them. The configuration section <c>Matchmaker:Cells</c>.</summary>
public sealed partial class CellsOptions
{
    /// <summary>Most peers.</summary>
    public const int MaxPeers = 16;

    /// <summary>Address that peers reach this cell by, as <c>https</c> with an IP address or localhost; empty for none. The default is empty.</summary>
    public string Url { get; set; } = "";

    /// <summary>The other cells; up to 16. The default is none: then session ids name no cell, and nothing here is used.</summary>
    public IList<CellPeerOptions> Peers { get; set; } = [];

    /// <summary>Certificates of both sides; needed where there is an address or a peer.</summary>
    public CellTlsOptions Tls { get; set; } = new();

    /// <summary>Time between two questions to a peer what it has. The default is 1 second; 0.1 second to 1 minute.</summary>
    public TimeSpan ExchangeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Age above which what a peer told is not gone by for new sessions. The default is 10 seconds; <see cref="ExchangeInterval"/> to 10 minutes.</summary>
    public TimeSpan SnapshotMaxAge { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection to a peer may take to come up. The default is 1 second; 0.1 second to 1 minute.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a peer's answer to a question about a session is waited for; creating one may last as long as its deadline and this on top. The
    /// default is 5 seconds; 0.1 second to 1 minute.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After how long a question about a session is sent once more, by another address where there is one. The default is 0.5 seconds; 10 ms to 1 minute.</summary>
    public TimeSpan HedgeDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// After how long the creation of a session is sent once more: its key makes both the same session, but an allocation takes its time. The
    /// default is 3 seconds; 10 ms to 1 minute.
    /// </summary>
    public TimeSpan CreateHedgeDelay { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Most sessions whose creation a peer was asked for and did not answer, and that are to be ended there when it is back; the oldest go, and
    /// end there when their players do not come. The default is 1000; 1 to 100000.
    /// </summary>
    public int MaxAbandoned { get; set; } = 1000;

    /// <summary>Most sessions at once whose cell is looked for at all peers, since their ids name none. The default is 64; 1 to 10000.</summary>
    public int MaxLookups { get; set; } = 64;

    /// <summary>When a peer counts as away and is asked no more; <c>SlowCall</c> is 1 minute by default, for a session may take long.</summary>
    public CircuitOptions Circuit { get; set; } = new() { FailuresToOpen = 3, TimeoutsToOpen = 2, SlowCall = TimeSpan.FromMinutes(1), OpenMax = TimeSpan.FromSeconds(5) };

    internal void Check(FleetSystemOptions system, FaultList faults)
    {
        const string prefix = "Cells:";
        if (Url.Length == 0 && Peers.Count == 0) return;
        faults.Check(Url.Length == 0 || (AllocatorOptions.EndPoint(Url) is not null && AllocatorOptions.IsSecure(Url)), prefix + nameof(Url), $"is '{Url}', not an address such as https://0.0.0.0:8444");
        faults.Check(Peers.Count <= MaxPeers, prefix + nameof(Peers), $"names {Peers.Count} peers: {MaxPeers} are possible");
        faults.Check(Name().IsMatch(system.Cell), prefix + nameof(Peers), $"needs a name of this cell that peers can use, and FleetSystem:Cell is '{system.Cell}': use up to 63 lower-case letters, digits and dashes");
        for (var p = 0; p < Peers.Count; p++)
        {
            var peer = Peers[p];
            if (!Name().IsMatch(peer.Cell)) faults.Add($"{prefix}Peers:{p}:Cell", $"is '{peer.Cell}': use the peer's FleetSystem:Cell, up to 63 lower-case letters, digits and dashes");
            else faults.Check(peer.Cell != system.Cell && Peers.Take(p).All(other => other.Cell != peer.Cell), $"{prefix}Peers:{p}:Cell", $"is '{peer.Cell}', which is this cell or is there already");
            faults.Check(peer.Urls.Count > 0, $"{prefix}Peers:{p}:Urls", "is empty: give at least one address of the peer");
            for (var u = 0; u < peer.Urls.Count; u++)
                faults.Check(Uri.TryCreate(peer.Urls[u], UriKind.Absolute, out var url) && url.Scheme == "https" && url.PathAndQuery == "/", $"{prefix}Peers:{p}:Urls:{u}", $"is '{peer.Urls[u]}', not an address such as https://cells.tokyo.example.com:8444");
        }

        Tls.Check(prefix + nameof(Tls) + ":", faults);
        Within(ExchangeInterval, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), nameof(ExchangeInterval));
        Within(SnapshotMaxAge, ExchangeInterval, TimeSpan.FromMinutes(10), nameof(SnapshotMaxAge));
        Within(ConnectTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), nameof(ConnectTimeout));
        Within(CallTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), nameof(CallTimeout));
        Within(HedgeDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(HedgeDelay));
        Within(CreateHedgeDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(CreateHedgeDelay));
        faults.Check(MaxAbandoned is >= 1 and <= 100_000, prefix + nameof(MaxAbandoned), $"is {MaxAbandoned}: 1 to 100000 is possible");
        faults.Check(MaxLookups is >= 1 and <= 10_000, prefix + nameof(MaxLookups), $"is {MaxLookups}: 1 to 10000 is possible");
        Circuit.Check(faults, prefix + nameof(Circuit));

        void Within(TimeSpan value, TimeSpan least, TimeSpan most, string key) =>
            faults.Check(value >= least && value <= most, prefix + key, $"is {value}: {least} to {most} is possible");
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex Name();
}

/// <summary>A peer.</summary>
public sealed class CellPeerOptions
{
    /// <summary>Its name: its own <c>FleetSystem:Cell</c>, and a DNS name of its certificate.</summary>
    public string Cell { get; set; } = "";

    /// <summary>Its addresses, equal in rank, as <c>https://HOST:PORT</c>: of its Matchmakers, or of a load balancer before them.</summary>
    public IList<string> Urls { get; set; } = [];
}

/// <summary>Certificates between cells, read from files as Kubernetes mounts secrets. Renewed files are taken up without a restart.</summary>
public sealed class CellTlsOptions
{
    /// <summary>PEM file with this cell's certificate, for both TLS server and client; the cell's name is one of its DNS names.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the certificate's private key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Directory with the authorities of the peers' certificates: every file that ends in <c>.crt</c> or <c>.pem</c>.</summary>
    public string AuthorityDirectory { get; set; } = "";

    /// <summary>Time between two looks at the files. The default is 10 seconds; 1 second to 1 hour.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    internal void Check(string prefix, FaultList faults)
    {
        faults.Check(File.Exists(CertificateFile), prefix + nameof(CertificateFile), $"is '{CertificateFile}', no file that exists: cells show each other certificates");
        faults.Check(File.Exists(KeyFile), prefix + nameof(KeyFile), $"is '{KeyFile}', no file that exists: the certificate needs its private key");
        faults.Check(Directory.Exists(AuthorityDirectory), prefix + nameof(AuthorityDirectory), $"is '{AuthorityDirectory}', no directory that exists: name the one with the authorities of the peers' certificates");
        faults.Check(ReloadInterval >= TimeSpan.FromSeconds(1) && ReloadInterval <= TimeSpan.FromHours(1), prefix + nameof(ReloadInterval), $"is {ReloadInterval}: 00:00:01 to 01:00:00 is possible");
    }
}
