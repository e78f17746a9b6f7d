using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Reading;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>
/// Turns what came of posting a GameServerAllocation into an answer. Pure. Whatever does not prove that nothing was claimed is
/// <see cref="AllocationAnswer.Unknown"/>: an unfounded Unknown costs one look for the tag, an unfounded Refused costs a lost server.
/// </summary>
internal static class AllocationResult
{
    /// <summary>The answer to a 2xx: the state is in the body, not in the HTTP status.</summary>
    public static AllocationAnswer FromSuccess(ReadOnlySpan<byte> body, PortNames portNames)
    {
        var draft = new ServerDraft(new StringPool(capacity: 32), portNames);
        var status = new StatusDraft();
        try
        {
            var reader = new Utf8JsonReader(body, JsonFields.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return new AllocationAnswer.Unknown("The allocation's answer is not a JSON object.");
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("status"u8)) ReadStatus(ref reader, draft, status);
                else JsonFields.SkipValue(ref reader);
            }
        }
        catch (JsonException exception)
        {
            return new AllocationAnswer.Unknown($"The allocation's answer is not whole: {exception.Message}");
        }

        return draft.State switch
        {
            "Allocated" when !string.IsNullOrEmpty(draft.Name) => new AllocationAnswer.Allocated(draft.ToSnapshot()) { Status = status.ToStatus(draft.Ports) },
            "UnAllocated" => new AllocationAnswer.NoServer(Contention: false),
            "Contention" => new AllocationAnswer.NoServer(Contention: true),
            var state => new AllocationAnswer.Unknown($"The allocation's answer has state '{state}' and names server '{draft.Name}'."),
        };
    }

    /// <summary>The answer to anything but a 2xx.</summary>
    public static AllocationAnswer FromFailure(ApiFailure failure) => failure.StatusCode switch
    {
        // Refused by validation, by RBAC, or by an API server that has no such API: the same again will be refused again.
        400 or 403 or 404 or 405 or 406 or 413 or 415 or 422 => new AllocationAnswer.Refused(failure.ToString(), Transient: false),

        // Turned away before Agones saw it. Credentials that expired (401) are renewed by the next call.
        401 or 409 or 429 => new AllocationAnswer.Refused(failure.ToString(), Transient: true),
        503 when failure.RetryAfter is not null || NeverReachedAgones(failure.Message) =>
            new AllocationAnswer.Refused(failure.ToString(), Transient: true),

        // 500 "could not update the selected GameServer" among them: of five tries one may have been written and its answer lost.
        _ => new AllocationAnswer.Unknown(failure.ToString()),
    };

    /// <summary>The answer when there is no whole answer.</summary>
    public static AllocationAnswer FromException(Exception exception, bool deadlinePassed, TimeSpan timeout)
    {
        if (TransportFailure.NothingSent(exception)) return new AllocationAnswer.Refused(TransportFailure.Describe(exception), Transient: true);
        return deadlinePassed
            ? new AllocationAnswer.Unknown($"No answer within {timeout.TotalSeconds:0.###} s.")
            : new AllocationAnswer.Unknown($"The connection failed before the answer was whole: {TransportFailure.Describe(exception)}");
    }

    /// <summary>
    /// The API server passes allocations on to Agones' extension. It says 503 both when it could not reach that at all and when the
    /// connection broke later; only in the first case was surely nothing claimed.
    /// </summary>
    private static bool NeverReachedAgones(string message) =>
        message == "service unavailable"
        || message.Contains("error trying to reach service: dial ", StringComparison.Ordinal)
        || message.Contains("no endpoints available for service", StringComparison.Ordinal);

    private static void ReadStatus(ref Utf8JsonReader reader, ServerDraft draft, StatusDraft status)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("gameServerName"u8)) draft.Name = JsonFields.String(ref reader);
            else if (reader.ValueTextEquals("metadata"u8)) ReadMetadata(ref reader, draft, status);
            else if (!draft.ReadStatusField(ref reader) && !status.ReadStatusField(ref reader)) JsonFields.SkipValue(ref reader);
        }
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, ServerDraft draft, StatusDraft status)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            // Twice over the same bytes: the snapshot takes what it knows, the status takes all.
            var again = reader;
            if (reader.ValueTextEquals("labels"u8)) draft.ReadLabels(ref reader);
            else if (reader.ValueTextEquals("annotations"u8)) draft.ReadAnnotations(ref reader);
            else JsonFields.SkipValue(ref reader);
            status.ReadMetadataField(ref again);
        }
    }
}
