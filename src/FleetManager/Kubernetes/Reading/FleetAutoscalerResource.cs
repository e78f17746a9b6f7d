using System.Globalization;
using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>FleetAutoscalers of a namespace: what they scale, and by which policy. Listed when asked for, not watched.</summary>
internal sealed class FleetAutoscalerResource(string @namespace) : ListedResource<FleetAutoscalerSnapshot>
{
    private const int DefaultIntervalSeconds = 30;

    public override string Path { get; } = ApiPaths.FleetAutoscalers(@namespace);

    public override RbacRule Rule => RbacRule.ListFleetAutoscalers;

    public override FleetAutoscalerSnapshot? Read(ref Utf8JsonReader reader, ResourceVersion version)
    {
        var metadata = default(ObjectMetadata);
        var (fleet, type, buffer, webhook, interval) = ("", "", (BufferPolicy?)null, "", DefaultIntervalSeconds);
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) metadata = ObjectMetadata.Read(ref reader);
            else if (reader.ValueTextEquals("spec"u8))
            {
                if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
                while (JsonFields.Next(ref reader))
                {
                    if (reader.ValueTextEquals("fleetName"u8)) fleet = JsonFields.String(ref reader) ?? "";
                    else if (reader.ValueTextEquals("policy"u8)) (type, buffer, webhook) = ReadPolicy(ref reader);
                    else if (reader.ValueTextEquals("sync"u8)) interval = ReadInterval(ref reader);
                    else JsonFields.SkipValue(ref reader);
                }
            }
            else JsonFields.SkipValue(ref reader);
        }

        return metadata.Name is { } name
            ? new FleetAutoscalerSnapshot
            {
                Name = name,
                Uid = metadata.Uid,
                ResourceVersion = metadata.ResourceVersion,
                AgonesFleet = fleet,
                Policy = type,
                Buffer = type == "Buffer" ? buffer : null,
                IntervalSeconds = interval,
                WebhookPath = type == "Webhook" ? webhook : "",
            }
            : null;
    }

    private static (string Type, BufferPolicy? Buffer, string Webhook) ReadPolicy(ref Utf8JsonReader reader)
    {
        var (type, buffer, webhook) = ("", (BufferPolicy?)null, "");
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return (type, buffer, webhook);
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("type"u8)) type = JsonFields.String(ref reader) ?? "";
            else if (reader.ValueTextEquals("buffer"u8)) buffer = ReadBuffer(ref reader);
            else if (reader.ValueTextEquals("webhook"u8)) webhook = ReadWebhook(ref reader);
            else JsonFields.SkipValue(ref reader);
        }

        return (type, buffer, webhook);
    }

    /// <summary>The path of a webhook's url, or of its service.</summary>
    private static string ReadWebhook(ref Utf8JsonReader reader)
    {
        var path = "";
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return path;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("url"u8)) path = Uri.TryCreate(JsonFields.String(ref reader), UriKind.Absolute, out var url) ? url.AbsolutePath : "";
            else if (reader.ValueTextEquals("service"u8))
            {
                if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
                while (JsonFields.Next(ref reader))
                {
                    if (reader.ValueTextEquals("path"u8)) path = JsonFields.String(ref reader) ?? "";
                    else JsonFields.SkipValue(ref reader);
                }
            }
            else JsonFields.SkipValue(ref reader);
        }

        return path.TrimStart('/');
    }

    private static BufferPolicy? ReadBuffer(ref Utf8JsonReader reader)
    {
        var (least, most, size) = (0, 0, (BufferSize?)null);
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return null;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("minReplicas"u8)) least = JsonFields.Int(ref reader);
            else if (reader.ValueTextEquals("maxReplicas"u8)) most = JsonFields.Int(ref reader);
            else if (reader.ValueTextEquals("bufferSize"u8)) size = ReadSize(ref reader);
            else JsonFields.SkipValue(ref reader);
        }

        // One whose buffer cannot be read is not changed: a part of it would be made up.
        return size is { } known ? new BufferPolicy(least, most, known) : null;
    }

    /// <summary>A number, or a text such as <c>20%</c>.</summary>
    private static BufferSize? ReadSize(ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when reader.TryGetInt32(out var servers):
                return new BufferSize(servers, IsPercent: false);
            case JsonTokenType.String when reader.GetString() is [.., '%'] text
                && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and < 100:
                return new BufferSize(percent, IsPercent: true);
            default:
                reader.Skip();
                return null;
        }
    }

    private static int ReadInterval(ref Utf8JsonReader reader)
    {
        var seconds = DefaultIntervalSeconds;
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return seconds;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("fixedInterval"u8))
            {
                if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
                while (JsonFields.Next(ref reader))
                {
                    if (reader.ValueTextEquals("seconds"u8)) seconds = JsonFields.Int(ref reader);
                    else JsonFields.SkipValue(ref reader);
                }
            }
            else JsonFields.SkipValue(ref reader);
        }

        return seconds;
    }
}
