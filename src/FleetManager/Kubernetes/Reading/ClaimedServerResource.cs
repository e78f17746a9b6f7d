using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>GameServers of a namespace, read as the answer to their allocation would tell of them. One reader, one thread.</summary>
internal sealed class ClaimedServerResource(string @namespace, StringPool pool, PortNames portNames) : ListedResource<AllocationAnswer.Allocated>
{
    private readonly ServerDraft _draft = new(pool, portNames);

    public override string Path { get; } = ApiPaths.GameServers(@namespace);

    public override RbacRule Rule => RbacRule.ReadGameServers;

    public override AllocationAnswer.Allocated? Read(ref Utf8JsonReader reader, ResourceVersion version)
    {
        _draft.Clear();
        var status = new StatusDraft();
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) ReadMetadata(ref reader, status);
            else if (reader.ValueTextEquals("status"u8)) ReadStatus(ref reader, status);
            else JsonFields.SkipValue(ref reader);
        }

        return _draft.Name is null ? null : new AllocationAnswer.Allocated(_draft.ToSnapshot()) { Status = status.ToStatus(_draft.Ports) };
    }

    private void ReadMetadata(ref Utf8JsonReader reader, StatusDraft status)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            // Twice over the same bytes: the snapshot takes what it knows, the status takes all.
            var again = reader;
            if (reader.ValueTextEquals("name"u8)) _draft.Name = JsonFields.String(ref reader);
            else if (reader.ValueTextEquals("uid"u8)) _draft.Uid = JsonFields.String(ref reader) ?? "";
            else if (reader.ValueTextEquals("deletionTimestamp"u8)) _draft.Deleting = JsonFields.IsPresent(ref reader);
            else if (reader.ValueTextEquals("labels"u8)) _draft.ReadLabels(ref reader);
            else if (reader.ValueTextEquals("annotations"u8)) _draft.ReadAnnotations(ref reader);
            else JsonFields.SkipValue(ref reader);
            status.ReadMetadataField(ref again);
        }
    }

    private void ReadStatus(ref Utf8JsonReader reader, StatusDraft status)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (!_draft.ReadStatusField(ref reader) && !status.ReadStatusField(ref reader)) JsonFields.SkipValue(ref reader);
        }
    }
}
