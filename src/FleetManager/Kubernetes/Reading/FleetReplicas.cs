using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>The numbers of replicas of an Agones Fleet.</summary>
internal struct FleetReplicas
{
    /// <summary>Those that its spec asks for.</summary>
    public int Wanted { get; private set; }

    /// <summary>Those that there are, in whatever state.</summary>
    public int Current { get; private set; }

    /// <summary>Those that are Ready.</summary>
    public int Ready { get; private set; }

    /// <summary>Those that are Allocated.</summary>
    public int Allocated { get; private set; }

    /// <summary>Reads the field the reader stands on if it has any of them.</summary>
    /// <returns>Whether it was read.</returns>
    public bool TryRead(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("spec"u8)) ReadSpec(ref reader);
        else if (reader.ValueTextEquals("status"u8)) ReadStatus(ref reader);
        else return false;
        return true;
    }

    private void ReadSpec(ref Utf8JsonReader reader)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("replicas"u8)) Wanted = JsonFields.Int(ref reader);
            else JsonFields.SkipValue(ref reader);
        }
    }

    private void ReadStatus(ref Utf8JsonReader reader)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("replicas"u8)) Current = JsonFields.Int(ref reader);
            else if (reader.ValueTextEquals("readyReplicas"u8)) Ready = JsonFields.Int(ref reader);
            else if (reader.ValueTextEquals("allocatedReplicas"u8)) Allocated = JsonFields.Int(ref reader);
            else JsonFields.SkipValue(ref reader);
        }
    }
}
