using System.Net;
using System.Text;
using Amazon.GlobalAccelerator;
using Amazon.Runtime;

namespace FleetSystem.GlobalAccelerator.Tests;

/// <summary>Stands where AWS would: keeps what the client sends, and answers from a list.</summary>
internal sealed class RecordedService : HttpClientFactory
{
    private readonly Queue<(HttpStatusCode Status, string Body)> _answers = new();

    public List<RecordedRequest> Requests { get; } = [];

    public RecordedRequest Request => Assert.Single(Requests);

    public AmazonGlobalAcceleratorClient NewClient(Action<AmazonGlobalAcceleratorConfig>? configure = null)
    {
        var config = new AmazonGlobalAcceleratorConfig
        {
            RegionEndpoint = Amazon.RegionEndpoint.USWest2,
            HttpClientFactory = this,
            MaxErrorRetry = 0,
        };
        configure?.Invoke(config);
        return new AmazonGlobalAcceleratorClient(new BasicAWSCredentials("key", "secret"), config);
    }

    public RecordedService Answer(string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        _answers.Enqueue((status, body));
        return this;
    }

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(this));

    // The SDK must not share this client with that of another test.
    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    private sealed class Handler(RecordedService service) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var headers = request.Headers.Concat(request.Content!.Headers).ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
            service.Requests.Add(new RecordedRequest(
                request.Method.Method, request.RequestUri!, headers, await request.Content.ReadAsStringAsync(cancellationToken)));
            var (status, body) = service._answers.Count > 0 ? service._answers.Dequeue() : (HttpStatusCode.OK, "{}");
            var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/x-amz-json-1.1") };
            answer.Headers.Add("x-amzn-RequestId", "request-1");
            return answer;
        }
    }
}

internal sealed record RecordedRequest(string Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Operation => Headers["X-Amz-Target"].Replace("GlobalAccelerator_V20180706.", "", StringComparison.Ordinal);
}
