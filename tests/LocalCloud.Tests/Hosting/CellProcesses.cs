using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>Cells that know each other, each of a FleetManager and a Matchmaker as processes over a local cluster of its own with simulated servers.</summary>
internal sealed class CellProcesses : IAsyncDisposable
{
    /// <summary>Servers a cell.</summary>
    public const int Servers = 16;

    private readonly string _directory = Directory.CreateTempSubdirectory("cells-").FullName;
    private readonly List<Cell> _cells = [];

    public static async Task<CellProcesses> StartAsync(params (string Name, string Region)[] cells)
    {
        var all = new CellProcesses();
        try
        {
            all.IssueCertificates(cells.Select(cell => cell.Name));
            foreach (var (index, (name, region)) in cells.Index()) all._cells.Add(new Cell(name, region, index, Path.Combine(all._directory, name)));
            foreach (var cell in all._cells) await cell.StartAsync(all._cells, all._directory);
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    public Cell this[string name] => _cells.Single(cell => cell.Name == name);

    public async ValueTask DisposeAsync()
    {
        foreach (var cell in _cells) await cell.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private void IssueCertificates(IEnumerable<string> cells)
    {
        var start = TimeProvider.System.GetUtcNow().AddDays(-1);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=cells", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(start, start.AddYears(10));
        Directory.CreateDirectory(Path.Combine(_directory, "authorities"));
        File.WriteAllText(Path.Combine(_directory, "authorities", "ca.crt"), authority.ExportCertificatePem());
        foreach (var cell in cells)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={cell}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(cell);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
            using var issued = request.Create(authority, start.AddMinutes(1), start.AddYears(1), RandomNumberGenerator.GetBytes(8));
            File.WriteAllText(Path.Combine(_directory, $"{cell}.crt"), issued.ExportCertificatePem());
            File.WriteAllText(Path.Combine(_directory, $"{cell}.key"), key.ExportPkcs8PrivateKeyPem());
        }
    }

    /// <summary>One cell.</summary>
    internal sealed class Cell(string name, string region, int index, string directory) : IAsyncDisposable
    {
        private readonly int _operations = FreePorts.NextTcp();
        private readonly int _api = FreePorts.NextTcp();
        private readonly int _peers = FreePorts.NextTcp();
        private readonly int[] _silos = [FreePorts.NextTcp(), FreePorts.NextTcp()];
        private readonly List<ProcessHost> _hosts = [];
        private readonly HttpClient _http = new();
        private LocalCluster? _cluster;

        public string Name => name;

        public string RegionId => region;

        private Uri Api => new($"http://127.0.0.1:{_api}");

        public async Task StartAsync(IReadOnlyList<Cell> cells, string shared)
        {
            var cancellation = TestContext.Current.CancellationToken;
            Directory.CreateDirectory(directory);
            _cluster = new LocalCluster(new LocalClusterOptions
            {
                Name = name,
                Region = region,
                Nodes = LocalNode.ForZones(region, [region + "a", region + "b"], 1, (zone, node) => new IPAddress([127, 0, (byte)(60 + (10 * index) + zone), (byte)(1 + node)]), simulated: true),
                Token = "token",
                AllocationDelay = TimeSpan.Zero,
            });
            await _cluster.StartAsync(cancellation);
            _cluster.Apply(Agones.TestCluster.Fleet("arena", Servers));
            await KubeConfig.WriteAsync(Path.Combine(directory, "kubeconfig"), [_cluster], cancellation);
            var (signingKey, _) = CellKeys.EnsureJoinKeys(directory);
            foreach (var kind in HostKind.All)
            {
                var isManager = kind == HostKind.FleetManager;
                var document = new JsonObject
                {
                    ["Urls"] = $"http://127.0.0.1:{_operations}",
                    ["Silo"] = new JsonObject { ["Port"] = _silos[isManager ? 0 : 1], ["PrimarySilo"] = $"127.0.0.1:{_silos[0]}" },
                    ["Storage"] = new JsonObject { ["Sqlite"] = new JsonObject { ["Path"] = Path.Combine(directory, "cell.db") } },
                    ["FleetManager"] = new JsonObject { ["JoinTokenKeyFile"] = signingKey },
                    ["Matchmaker"] = new JsonObject
                    {
                        ["Url"] = Api.ToString(),
                        ["GrpcUrl"] = "",
                        ["RegionRefreshInterval"] = "00:00:00.2",
                        ["Cells"] = new JsonObject
                        {
                            ["Url"] = $"https://127.0.0.1:{_peers}",
                            ["ExchangeInterval"] = "00:00:00.2",
                            ["Peers"] = new JsonArray([.. cells.Where(other => other != this).Select(other => (JsonNode)new JsonObject { ["Cell"] = other.Name, ["Urls"] = new JsonArray($"https://127.0.0.1:{other._peers}") })]),
                            ["Tls"] = new JsonObject
                            {
                                ["CertificateFile"] = Path.Combine(shared, $"{name}.crt"),
                                ["KeyFile"] = Path.Combine(shared, $"{name}.key"),
                                ["AuthorityDirectory"] = Path.Combine(shared, "authorities"),
                            },
                        },
                    },
                    ["FleetSystem"] = new JsonObject
                    {
                        ["Cell"] = name,
                        ["Regions"] = new JsonArray(new JsonObject { ["Id"] = region, ["Zones"] = new JsonArray(region + "a", region + "b") }),
                        ["Clusters"] = new JsonArray(new JsonObject { ["Id"] = name, ["Region"] = region, ["KubeConfig"] = Path.Combine(directory, "kubeconfig") }),
                        ["Fleets"] = new JsonArray(new JsonObject { ["Id"] = "arena", ["Port"] = "game", ["Routes"] = new JsonArray("Direct"), ["MaxLatencyMilliseconds"] = 100 }),
                    },
                };
                await File.WriteAllTextAsync(Path.Combine(directory, $"{kind.Name}.json"), document.ToJsonString(), cancellation);
            }

            await StartHostsAsync();
        }

        /// <summary>Starts both processes.</summary>
        public async Task StartHostsAsync()
        {
            foreach (var kind in HostKind.All)
            {
                var address = kind == HostKind.FleetManager ? new Uri($"http://127.0.0.1:{_operations}") : Api;
                _hosts.Add(await ProcessHost.StartAsync(new HostInstance(kind, 0), Path.Combine(directory, $"{kind.Name}.json"), address, directory, TimeProvider.System, TestContext.Current.CancellationToken));
            }
        }

        /// <summary>Ends both processes as a power cut does.</summary>
        public async Task KillAsync()
        {
            foreach (var host in _hosts) await host.KillAsync();
            foreach (var host in _hosts) await host.DisposeAsync();
            _hosts.Clear();
        }

        /// <summary>Process ids of both hosts.</summary>
        public IReadOnlyList<int> Processes => [.. _hosts.Select(host => host.ProcessId!.Value)];

        /// <summary>Waits until this cell lists a region with so many servers free, its own or a peer's.</summary>
        public async Task UntilItKnowsAsync(Cell other)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            while (true)
            {
                var (_, list) = await SendAsync(HttpMethod.Get, "/v1/regions");
                var known = list["regions"]!.AsArray().FirstOrDefault(candidate => (string)candidate!["id"]! == other.RegionId);
                if (other != this && known is not null) return;
                if (other == this && known!["zones"]!.AsArray().Sum(zone => zone!["fleets"]!.AsArray().Sum(fleet => (int)fleet!["ready"]!)) == Servers) return;
                await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }

        /// <summary>Asks for a session of a player with these latencies.</summary>
        public async Task<(HttpStatusCode Status, JsonNode Body)> CreateAsync(string key, params (string Region, int Milliseconds)[] latencies)
        {
            var player = new JsonObject { ["id"] = "p1", ["latencyMilliseconds"] = new JsonObject([.. latencies.Select(latency => KeyValuePair.Create(latency.Region, (JsonNode?)latency.Milliseconds))]) };
            return await SendAsync(HttpMethod.Post, "/v1/sessions", key, new JsonObject { ["fleet"] = "arena", ["players"] = new JsonArray(player) });
        }

        public async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpMethod method, string path, string? key = null, JsonNode? body = null)
        {
            using var request = new HttpRequestMessage(method, new Uri(Api, path)) { Content = body is null ? null : JsonContent.Create(body) };
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!);
        }

        /// <summary>What the operators' API answers.</summary>
        public async Task<JsonNode> ReadOpsAsync(string path) =>
            (await _http.GetFromJsonAsync<JsonNode>(new Uri($"http://127.0.0.1:{_operations}{path}"), TestContext.Current.CancellationToken))!;

        /// <summary>A session's event stream.</summary>
        public Task<Stream> EventsAsync(string id) => _http.GetStreamAsync(new Uri(Api, $"/v1/sessions/{id}/events"), TestContext.Current.CancellationToken);

        public async ValueTask DisposeAsync()
        {
            foreach (var host in Enumerable.Reverse(_hosts)) await host.DisposeAsync();
            if (_cluster is not null) await _cluster.DisposeAsync();
            _http.Dispose();
        }
    }
}
