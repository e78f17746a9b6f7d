using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>GameServers of a namespace. One reader, one thread.</summary>
internal sealed class GameServerResource(string @namespace, StringPool pool, PortNames portNames) : WatchedResource<GameServerSnapshot>
{
    private readonly ServerDraft _draft = new(pool, portNames);

    public override string Path { get; } = ApiPaths.GameServers(@namespace);

    public override RbacRule Rule => RbacRule.ReadGameServers;

    public override GameServerSnapshot? Read(ref Utf8JsonReader reader, ResourceVersion version)
    {
        _draft.Clear();
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) ReadMetadata(ref reader, version);
            else if (reader.ValueTextEquals("spec"u8)) _draft.ReadSpec(ref reader);
            else if (reader.ValueTextEquals("status"u8)) ReadStatus(ref reader);
            else JsonFields.SkipValue(ref reader);
        }

        return _draft.Name is null ? null : _draft.ToSnapshot();
    }

    public override ClusterChange Listed(IReadOnlyList<GameServerSnapshot> items) => new ClusterChange.GameServersListed(items);

    public override ClusterChange Changed(GameServerSnapshot item) => new ClusterChange.GameServerChanged(item);

    public override ClusterChange Deleted(GameServerSnapshot item) => new ClusterChange.GameServerDeleted(item.Name, item.Uid);

    private void ReadMetadata(ref Utf8JsonReader reader, ResourceVersion version)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("name"u8)) _draft.Name = JsonFields.String(ref reader);
            else if (reader.ValueTextEquals("uid"u8)) _draft.Uid = JsonFields.String(ref reader) ?? "";
            else if (reader.ValueTextEquals("resourceVersion"u8)) version.Read(ref reader);
            else if (reader.ValueTextEquals("deletionTimestamp"u8)) _draft.Deleting = JsonFields.IsPresent(ref reader);
            else if (reader.ValueTextEquals("labels"u8)) _draft.ReadLabels(ref reader);
            else if (reader.ValueTextEquals("annotations"u8)) _draft.ReadAnnotations(ref reader);
            else JsonFields.SkipValue(ref reader);
        }
    }

    private void ReadStatus(ref Utf8JsonReader reader)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (!_draft.ReadStatusField(ref reader)) JsonFields.SkipValue(ref reader);
        }
    }
}
