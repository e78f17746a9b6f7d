using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>What names one version of an object; the name is null where there is none.</summary>
internal readonly record struct ObjectMetadata(string? Name, string Uid, string ResourceVersion)
{
    /// <summary>Reads the value of the property that the reader stands on.</summary>
    public static ObjectMetadata Read(ref Utf8JsonReader reader)
    {
        var (name, uid, version) = ((string?)null, "", "");
        if (JsonFields.Enter(ref reader, JsonTokenType.StartObject))
        {
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("name"u8)) name = JsonFields.String(ref reader);
                else if (reader.ValueTextEquals("uid"u8)) uid = JsonFields.String(ref reader) ?? "";
                else if (reader.ValueTextEquals("resourceVersion"u8)) version = JsonFields.String(ref reader) ?? "";
                else JsonFields.SkipValue(ref reader);
            }
        }

        return new ObjectMetadata(name, uid, version);
    }
}
