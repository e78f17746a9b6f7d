using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Autoscaling;

/// <summary>A webhook that cannot be asked or that answers nonsense.</summary>
internal sealed class AutoscalerWebhookException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Asks a Fleet's webhook how many replicas it wants: a FleetAutoscaleReview there and back.</summary>
internal sealed class AutoscalerWebhook(TimeProvider time, IdSource ids) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private const int AnswerLimit = 1024 * 1024;

    private readonly HttpClient _http = new() { MaxResponseContentBufferSize = AnswerLimit, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Replicas that the webhook wants; the Fleet's own number when it wants no change.</summary>
    /// <exception cref="AutoscalerWebhookException">The webhook cannot be asked.</exception>
    public async Task<int> AskAsync(Uri url, StoredObject fleet, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Deadline, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var content = new ByteArrayContent(CanonicalJson.Serialize(Review(fleet)));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(url, content, ending.Token);
            if (!response.IsSuccessStatusCode) throw new AutoscalerWebhookException($"bad status code {(int)response.StatusCode} from the server: {url}");
            var review = JsonNodes.ParseStrict(await response.Content.ReadAsByteArrayAsync(ending.Token)) as JsonObject;
            var answer = review.Child("response") ?? throw new AutoscalerWebhookException($"{url} answered without a response");
            var scale = answer["scale"] is JsonValue value && value.TryGetValue<bool>(out var yes) && yes;
            if (!scale) return ReplicaFacts.Of(fleet).Replicas;
            return answer.Integer("replicas") is { } replicas and >= 0 and <= int.MaxValue
                ? (int)replicas
                : throw new AutoscalerWebhookException($"{url} wants {answer["replicas"]?.ToJsonString() ?? "no"} replicas");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new AutoscalerWebhookException($"{url} cannot be asked: {exception.Message}", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private JsonObject Review(StoredObject fleet)
    {
        var body = fleet.ToJson();
        var metadata = body.Child("metadata");
        var request = new JsonObject
        {
            ["uid"] = ids.Uid(),
            ["name"] = fleet.Name,
            ["namespace"] = fleet.Namespace,
            ["status"] = body["status"]?.DeepClone(),
        };
        if (metadata.Child("labels") is { Count: > 0 } labels) request["labels"] = labels.Copy();
        if (metadata.Child("annotations") is { Count: > 0 } annotations) request["annotations"] = annotations.Copy();
        return new JsonObject { ["request"] = request, ["response"] = null };
    }
}
