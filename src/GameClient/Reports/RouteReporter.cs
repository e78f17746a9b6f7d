using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>
/// Tells the service which path a player uses and how all of them fare (<c>POST /v1/sessions/{id}/route-reports</c>): soon after a change, else now and then, never
/// more often than allowed. Reports help others; nothing here depends on them, so every failure is passed over and tried again later.
/// </summary>
public sealed class RouteReporter : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(500);

    private readonly SessionTransport _transport;
    private readonly HttpClient _http;
    private readonly Uri _api;
    private readonly RouteReporterOptions _options;
    private readonly IClock _clock;
    private readonly Backoff _backoff;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _timer;
    private RouteReport? _last;
    private TimeSpan _reportedAt;
    private TimeSpan _notBefore;
    private int _isBusy;
    private long _delivered;

    /// <summary>Starts to report.</summary>
    /// <param name="transport">The player's transport; it is not disposed of.</param>
    /// <param name="http">The caller's client; it is not disposed of.</param>
    /// <param name="api">The players' API, for example <c>https://play.example.com/</c>.</param>
    /// <param name="options">Rates; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of their ranges.</exception>
    public RouteReporter(SessionTransport transport, HttpClient http, Uri api, RouteReporterOptions? options = null)
        : this(transport, http, api, options, SystemClock.Instance, RandomNumberGenerator.GetInt32(int.MaxValue))
    {
    }

    internal RouteReporter(SessionTransport transport, HttpClient http, Uri api, RouteReporterOptions? options, IClock clock, int seed)
    {
        _transport = transport ?? throw new ArgumentNullException(nameof(transport));
        _http = http ?? throw new ArgumentNullException(nameof(http));
        _api = api ?? throw new ArgumentNullException(nameof(api));
        _options = (options ?? new RouteReporterOptions()).Copy();
        _options.Validate();
        _clock = clock;
        _random = new Random(seed);
        _backoff = new Backoff(_options.IntervalMin, _options.PauseMax, _random);
        _reportedAt = clock.Now;
        _notBefore = clock.Now + Jittered(_options.IntervalMin);
        _timer = clock.Every(CheckInterval, () => _ = CheckAsync());
    }

    /// <summary>Reports that the service took.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Ends it; a report under way is called off.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _stop.Cancel();
    }

    /// <summary>Reports when it is time to.</summary>
    internal async Task CheckAsync()
    {
        if (Interlocked.Exchange(ref _isBusy, 1) != 0) return;
        try
        {
            var now = _clock.Now;
            var status = _transport.Status;
            if (now < _notBefore || status.State is not (TransportState.Joining or TransportState.Joined)) return;
            var report = RouteReport.Of(status);
            if (now - _reportedAt < _options.Interval && !report.IsNewsAfter(_last)) return;
            _reportedAt = now;
            var pause = await SendAsync(status.Connection, report).ConfigureAwait(false);
            _notBefore = _clock.Now + pause;
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    /// <returns>How long to be quiet then.</returns>
    private async Task<TimeSpan> SendAsync(SessionConnection connection, RouteReport report)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_api, $"/v1/sessions/{Uri.EscapeDataString(connection.SessionId)}/route-reports"))
            {
                Content = new StringContent(report.Body(connection.PlayerId, _last), Encoding.UTF8, "application/json"),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", connection.JoinToken);
            using (_clock.CancelAfter(late, _options.AnswerTimeout))
            using (var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token).ConfigureAwait(false))
            {
                if (answer.IsSuccessStatusCode)
                {
                    _last = report;
                    _backoff.Reset();
                    Interlocked.Increment(ref _delivered);
                    return Jittered(_options.IntervalMin);
                }

                // A service that takes no reports, or not from here: that changes seldom.
                return answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented
                    ? _options.PauseMax
                    : RetryAfter.Of(answer, _backoff.Next(), _options.PauseMax);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return _backoff.Next();
        }
    }

    private TimeSpan Jittered(TimeSpan interval) => interval * (1 + _random.NextDouble() / 2);
}
