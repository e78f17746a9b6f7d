using System.Net;
using System.Text.Json;
using FleetSystem.GameClient.Tests.Feed;
using FleetSystem.GameClient.Tests.Transport;

namespace FleetSystem.GameClient.Tests.Reports;

public sealed class RouteReporterTests : IDisposable
{
    private readonly TransportFixture _player = new();
    private readonly FakeService _service = new() { Answer = _ => FakeRequest.Refusal(HttpStatusCode.Accepted) };
    private readonly HttpClient _http;
    private readonly RouteReporter _reporter;

    public RouteReporterTests()
    {
        _http = new HttpClient(_service);
        _reporter = new RouteReporter(_player.Transport, _http, FakeService.Api, null, _player.Clock, seed: 1);
    }

    public void Dispose()
    {
        _reporter.Dispose();
        _player.Dispose();
        _http.Dispose();
    }

    [Fact]
    public void Report_AcceleratorDies_TellsPathInUseStatesAndCountsWithTheJoinToken()
    {
        _player.Play(10);
        var quiet = _service.All.Count;
        _player.CutAccelerator();
        _player.Play(6);

        Assert.InRange(_service.All.Count - quiet, 1, 3);
        var request = _service.All.Last();
        Assert.Equal(("POST", "/v1/sessions/s-1/route-reports", "Bearer join-token"), (request.Method, request.Url.AbsolutePath, request.Authorization));
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal(("p2", "networkLoadBalancer"), (body.RootElement.GetProperty("playerId").GetString(), body.RootElement.GetProperty("current").GetString()));
        var paths = body.RootElement.GetProperty("paths").EnumerateArray().ToList();
        Assert.Equal(
            [("accelerator", "down"), ("networkLoadBalancer", "healthy"), ("direct", "healthy")],
            paths.Select(path => (path.GetProperty("kind").GetString(), path.GetProperty("state").GetString())));
        Assert.True(paths[0].GetProperty("lost").GetInt64() > 0 && paths[0].GetProperty("sent").GetInt64() >= paths[0].GetProperty("lost").GetInt64(), request.Body);
        Assert.Equal(0, paths[1].GetProperty("lost").GetInt64());
        Assert.Equal(40, paths[1].GetProperty("rttMilliseconds").GetDouble());
        Assert.Equal(_service.All.Count, _reporter.Delivered);
    }

    [Fact]
    public void Report_OneAddressOfTheAcceleratorDies_TheRouteIsStillHealthy()
    {
        _player.Play(10);
        _player.Network[TransportFixture.First].IsCut = true;
        _player.Play(40);

        Assert.Contains("""{"kind":"accelerator","state":"healthy","lost":""", _service.All.Last().Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_NothingHappens_ComesSeldom()
    {
        _player.Play(300);
        Assert.InRange(_service.All.Count, 9, 12);
    }

    [Fact]
    public void Report_PathsFlap_NeverMoreOftenThanAllowed()
    {
        _reporter.Dispose();
        var times = new List<TimeSpan>();
        _service.Answer = _ =>
        {
            times.Add(_player.Clock.Now);
            return FakeRequest.Refusal(HttpStatusCode.Accepted);
        };
        using var reporter = new RouteReporter(_player.Transport, _http, FakeService.Api, new RouteReporterOptions { IntervalMin = TimeSpan.FromSeconds(10) }, _player.Clock, seed: 1);

        for (var i = 0; i < 60; i++)
        {
            _player.CutAccelerator(i % 2 == 0);
            _player.Play(3);
        }

        Assert.InRange(times.Count, 10, 18);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(10), $"{pair}"));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.MethodNotAllowed)]
    public void Report_ServiceTakesNone_IsQuietForLong(HttpStatusCode status)
    {
        _service.Answer = _ => FakeRequest.Refusal(status);
        for (var i = 0; i < 30; i++)
        {
            _player.CutAccelerator(i % 2 == 0);
            _player.Play(19);
        }

        Assert.Single(_service.All);
        Assert.Equal((TransportState.Joined, 0), (_player.Status.State, _reporter.Delivered));
    }

    [Fact]
    public void Report_ServiceIsBusyOrDown_WaitsAsItAsksAndLongerEachTime()
    {
        _service.Answer = _ => FakeRequest.Refusal(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(50));
        _player.Play(49);
        Assert.Single(_service.All);

        _service.Answer = _ => throw new HttpRequestException("down");
        _player.Play(600);

        Assert.InRange(_service.All.Count, 6, 14);
    }

    [Fact]
    public void Report_TransportIsGone_Stops()
    {
        _player.Play(10);
        _player.Transport.Dispose();
        var before = _service.All.Count;
        _player.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(before, _service.All.Count);
    }
}
