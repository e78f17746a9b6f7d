using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CsCheck;
using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetManager.Kubernetes.Watching;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class PureRequestTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Delay_AnyFailure_StaysWithinItsLimits() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Double[0, 0.999], Gen.Int[0, 7200].Select(seconds => TimeSpan.FromSeconds(seconds)).Nullable()).Sample((failures, jitter, asked) =>
        {
            var options = new KubernetesAdapterOptions();
            var delay = Backoff.Delay(failures, asked, options, jitter);
            var most = asked is null ? options.BackoffMax : options.RetryAfterMax * 1.2;
            var least = asked < options.RetryAfterMax ? asked.Value : asked is null ? options.BackoffMin / 2 : options.RetryAfterMax;
            return delay >= least && delay <= most;
        });

    [Theory]
    [InlineData(1, 50, 100)]
    [InlineData(2, 100, 200)]
    [InlineData(5, 800, 1600)]
    [InlineData(50, 5000, 10000)]
    public void Delay_FailuresInARow_Doubles(int failures, int least, int most)
    {
        Assert.Equal(least, Backoff.Delay(failures, null, new KubernetesAdapterOptions(), 0).TotalMilliseconds);
        Assert.InRange(Backoff.Delay(failures, null, new KubernetesAdapterOptions(), 0.9999).TotalMilliseconds, least, most);
    }

    [Fact]
    public void RetryAfter_SecondsOrDate_IsATime()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), KubernetesApi.RetryAfter(RetryConditionHeaderValue.Parse("5"), Now));
        Assert.Equal(TimeSpan.FromSeconds(9), KubernetesApi.RetryAfter(new RetryConditionHeaderValue(Now.AddSeconds(9)), Now));
        Assert.Equal(TimeSpan.Zero, KubernetesApi.RetryAfter(new RetryConditionHeaderValue(Now.AddSeconds(-9)), Now));
        Assert.Null(KubernetesApi.RetryAfter(null, Now));
    }

    [Fact]
    public void Parse_RecordedStatus_SaysWhatAndWhen()
    {
        var failure = ApiFailure.Parse(504, null, Recording.Load("12-list-refused", 2).Body);
        Assert.Equal(("Timeout", TimeSpan.FromSeconds(1)), (failure.Reason, failure.RetryAfter));
        Assert.StartsWith("504 Timeout: Timeout: Too large resource version", failure.ToString());
    }

    [Fact]
    public void Parse_RecordedNotFound_NamesTheServer() =>
        Assert.True(ApiFailure.Parse(404, null, Recording.Load("10-patch-refused", 5).Body).SaysNotFound("nobody"));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{\"message\":17,\"details\":null,\"reason\":{}}")]
    [InlineData("<html>\n<b>bad gateway</b></html>")]
    public void Parse_AnyBody_HasAMessageOfOneLine(string body)
    {
        var failure = ApiFailure.Parse(502, null, Encoding.UTF8.GetBytes(body));
        Assert.Equal(502, failure.StatusCode);
        Assert.NotEmpty(failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void Parse_LongText_IsCut() => Assert.InRange(ApiFailure.Parse(500, null, Encoding.UTF8.GetBytes(new string('x', 100_000))).Message.Length, 1, 600);

    [Theory]
    [InlineData(410, false, true)]
    [InlineData(401, true, false)]
    [InlineData(403, true, false)]
    [InlineData(429, true, false)]
    [InlineData(503, true, false)]
    [InlineData(400, true, true)]
    [InlineData(404, true, true)]
    [InlineData(500, true, true)]
    [InlineData(504, true, true)]
    public void Interruption_OfARefusal_ListsAgainUnlessTheVersionCannotBeTheCause(int status, bool lost, bool listAgain)
    {
        var stopped = Interruption.From(new ApiException(new ApiFailure(status, "", "x", "", TimeSpan.FromSeconds(3))));
        Assert.Equal((lost, listAgain, TimeSpan.FromSeconds(3)), (stopped.Lost, stopped.ListAgain, stopped.RetryAfter!.Value));
    }

    [Fact]
    public void Interruption_OfABrokenConnection_Resumes()
    {
        Assert.False(Interruption.From(new IOException("reset")).ListAgain);
        Assert.False(Interruption.From(new HttpRequestException(HttpRequestError.ConnectionError)).ListAgain);
        Assert.True(Interruption.From(new JsonException("x")).ListAgain);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.NameResolutionError, true)]
    [InlineData(HttpRequestError.SecureConnectionError, true)]
    [InlineData(HttpRequestError.ResponseEnded, false)]
    [InlineData(HttpRequestError.HttpProtocolError, false)]
    [InlineData(HttpRequestError.Unknown, false)]
    public void NothingSent_HttpError_OnlyBeforeTheConnectionStood(HttpRequestError error, bool expected) =>
        Assert.Equal(expected, TransportFailure.NothingSent(new HttpRequestException(error)));

    [Fact]
    public void RbacRule_AsText_CanBePastedIntoARole() =>
        Assert.Equal("{apiGroups: [\"agones.dev\"], resources: [\"gameservers\"], verbs: [list, watch]}", RbacRule.ReadGameServers.ToString());
}
