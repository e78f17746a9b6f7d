using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FleetSystem.LocalCloud.Hosting;

namespace FleetSystem.LocalCloud.Tests.Hosting.Cluster;

/// <summary>
/// Sessions created and ended without a pause over all Matchmakers, as a game's backends do: a broken connection is tried again at the other
/// address at once, under the same idempotency key; everything else that is no success is a failed request. It remembers what was acknowledged.
/// </summary>
internal sealed class SessionLoad : IAsyncDisposable
{
    private const int Workers = 8;
    private const int LiveAWorker = 4;
    private static readonly TimeSpan RequestDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<Uri> _urls;
    private readonly string _name;
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<string, Acknowledged> _sessions = new();
    private readonly ConcurrentDictionary<string, string> _servers = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Lock _gate = new();
    private readonly Task _running;
    private DateTimeOffset _lastAnswer;
    private TimeSpan _longestGap;
    private TimeSpan _longestRequest;
    private int _created;
    private int _reconnects;

    /// <param name="name">Part of every idempotency key.</param>
    /// <param name="cloud">The system, whose Matchmakers are asked.</param>
    public SessionLoad(string name, LocalCloudSystem cloud)
    {
        (_name, _urls) = (name, cloud.ApiUrls);
        _http.DefaultRequestHeaders.Authorization = new("Bearer", cloud.Access!.BackendKey);
        _lastAnswer = TimeProvider.System.GetUtcNow();
        _running = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(worker))));
    }

    /// <summary>Sessions whose creation was acknowledged with a server.</summary>
    public int Created => Volatile.Read(ref _created);

    /// <summary>Requests that failed for good, with what was answered.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Servers that two sessions had at the same time.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>The longest time in which nobody got a session, of all workers.</summary>
    public TimeSpan LongestGap
    {
        get
        {
            lock (_gate) return _longestGap;
        }
    }

    /// <summary>Starts measuring anew.</summary>
    public void ResetGap()
    {
        lock (_gate) (_longestGap, _longestRequest, _lastAnswer) = (TimeSpan.Zero, TimeSpan.Zero, TimeProvider.System.GetUtcNow());
    }

    /// <summary>Waits until that many more sessions were acknowledged.</summary>
    public async Task UntilCreatedAsync(int more, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var wanted = Created + more;
        using var late = new CancellationTokenSource(deadline, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var timer = new PeriodicTimer(Pause, TimeProvider.System);
        try
        {
            while (Created < wanted) await timer.WaitForNextTickAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"{_name}: only {Created + more - wanted} of {more} sessions were created within {deadline}. {Describe()}");
        }
    }

    /// <summary>Ends the load and looks at every session that was acknowledged: none may be lost, none may share its server.</summary>
    public async Task<string> StopAndVerifyAsync(LocalCloudSystem cloud, CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        await _running;
        var lost = new ConcurrentQueue<string>();
        var servers = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(_sessions.Values, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (session, token) =>
        {
            var (status, body) = await RequestAsync(HttpMethod.Get, $"/v1/sessions/{session.Id}", null, null, session.GetHashCode(), token);
            if (status != HttpStatusCode.OK || body is not { } told)
            {
                lost.Enqueue($"{session.Id}, acknowledged on {session.Server}, was answered with {(int)status}");
                return;
            }

            var (state, server) = Read(told);
            if (session.IsEnded ? state is not "ended" : !session.IsEnding && state is not ("allocated" or "playable"))
                lost.Enqueue($"{session.Id} is {state} and was acknowledged as {(session.IsEnded ? "ended" : "allocated")} on {session.Server}");
            if (state is "allocated" or "playable" && server is not null && !servers.TryAdd(server, session.Id)) _violations.Enqueue($"{server} is {session.Id}'s and {servers[server]}'s");
        });

        var summary = $"{_name}: {Describe()}, {_sessions.Count} verified";
        Assert.True(lost.IsEmpty, $"{summary}; lost: {string.Join("; ", lost.Take(10))}");
        Assert.True(_violations.IsEmpty, $"{summary}; claimed twice: {string.Join("; ", _violations.Take(10))}");

        // By the cluster's own objects: a server that a live session has is Allocated there.
        var allocated = cloud.Regions.SelectMany(region => cloud.AllocatedNames(region.Id)).ToHashSet();
        Assert.All(servers.Keys, server => Assert.Contains(server, allocated));
        return summary;
    }

    /// <summary>The figures so far.</summary>
    public string Describe()
    {
        lock (_gate)
            return string.Create(CultureInfo.InvariantCulture, $"{_created} sessions created, longest gap {_longestGap.TotalSeconds:0.0} s, longest request {_longestRequest.TotalSeconds:0.0} s, {_reconnects} connections tried again, {_failures.Count} failed requests{Sample()}");

        string Sample() => _failures.IsEmpty ? "" : $" ({string.Join(", ", _failures.CountBy(failure => failure).OrderByDescending(pair => pair.Value).Take(3).Select(pair => $"{pair.Value} x {pair.Key}"))})";
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _http.Dispose();
        _ending.Dispose();
    }

    private async Task WorkAsync(int worker)
    {
        var live = new Queue<Acknowledged>();
        using var timer = new PeriodicTimer(Pause, TimeProvider.System);
        for (var number = 0; !_ending.IsCancellationRequested; number++)
        {
            if (await CreateAsync(worker, number) is { } session) live.Enqueue(session);
            if (live.Count > LiveAWorker) await EndAsync(live.Dequeue(), worker + number);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task<Acknowledged?> CreateAsync(int worker, int number)
    {
        var from = TimeProvider.System.GetTimestamp();
        var body = new { fleet = LocalFleet.SimulatedName, players = new[] { new { id = $"p{worker}" } }, waitFor = "allocated", deadlineSeconds = 15 };
        var (status, told) = await RequestAsync(HttpMethod.Post, "/v1/sessions", $"{_name}-{worker}-{number}", body, worker + number, CancellationToken.None);
        if (status is not (HttpStatusCode.Created or HttpStatusCode.OK) || told is not { } answer)
        {
            if (status != HttpStatusCode.Accepted) _failures.Enqueue($"create {(int)status} {Code(told)}");
            return null;
        }

        var (state, server) = Read(answer);
        var session = new Acknowledged(answer.GetProperty("sessionId").GetString()!, server ?? "");
        _sessions[session.Id] = session;
        if (state is "allocated" or "playable" && !_servers.TryAdd(session.Server, session.Id)) _violations.Enqueue($"{session.Server} is {session.Id}'s and {_servers[session.Server]}'s");
        Interlocked.Increment(ref _created);
        lock (_gate)
        {
            var now = TimeProvider.System.GetUtcNow();
            if (now - _lastAnswer > _longestGap) _longestGap = now - _lastAnswer;
            _lastAnswer = now;
            if (TimeProvider.System.GetElapsedTime(from) is var took && took > _longestRequest) _longestRequest = took;
        }

        return session;
    }

    private async Task EndAsync(Acknowledged session, int turn)
    {
        session.IsEnding = true;
        _servers.TryRemove(session.Server, out _);
        var (status, told) = await RequestAsync(HttpMethod.Delete, $"/v1/sessions/{session.Id}", null, null, turn, CancellationToken.None);
        if (status == HttpStatusCode.OK) session.IsEnded = true;
        else _failures.Enqueue($"end {(int)status} {Code(told)}");
    }

    private async Task<(HttpStatusCode Status, JsonElement? Body)> RequestAsync(HttpMethod method, string path, string? key, object? body, int turn, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(RequestDeadline, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var timer = new PeriodicTimer(Pause, TimeProvider.System);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(_urls[(int)((uint)(turn + attempt) % _urls.Count)], path));
                if (key is not null) request.Headers.Add("Idempotency-Key", key);
                if (body is not null) request.Content = JsonContent.Create(body);
                using var answer = await _http.SendAsync(request, both.Token);
                var text = await answer.Content.ReadAsStringAsync(both.Token);
                return (answer.StatusCode, text.Length == 0 ? null : JsonDocument.Parse(text).RootElement.Clone());
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException)
            {
                // That host is gone: the other address, and not in a tight loop when both are.
                Interlocked.Increment(ref _reconnects);
                if (attempt % _urls.Count != 0 && !await Tick()) return (0, null);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return (0, null);
            }
        }

        async Task<bool> Tick()
        {
            try
            {
                return await timer.WaitForNextTickAsync(both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private static (string State, string? Server) Read(JsonElement session) => (
        session.GetProperty("state").GetString()!,
        session.TryGetProperty("gameServer", out var server) && server.ValueKind == JsonValueKind.Object ? server.GetProperty("name").GetString() : null);

    private static string Code(JsonElement? problem) => problem is { ValueKind: JsonValueKind.Object } told && told.TryGetProperty("code", out var code) ? code.GetString()! : "";

    private sealed class Acknowledged(string id, string server)
    {
        public string Id => id;

        public string Server => server;

        public bool IsEnding { get; set; }

        public bool IsEnded { get; set; }
    }
}
