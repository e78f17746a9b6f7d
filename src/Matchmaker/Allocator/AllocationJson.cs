using System.Globalization;
using System.Text;
using System.Text.Json;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.Matchmaker.Allocator.Protocol;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>
/// Agones' messages as JSON, as its gateway reads and writes them: every field of an answer, also the empty ones, 64-bit numbers as text. Unlike
/// there a field that is not known is a fault: it would have been dropped in silence. Pure.
/// </summary>
internal static class AllocationJson
{
    // The request has no more than five levels.
    private const int MaxDepth = 16;

    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithRecursionLimit(MaxDepth));
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    /// <summary>The request that a body holds, or everything that cannot be read of it, each with its path. An empty body is an empty request.</summary>
    public static (AllocationRequest? Request, IReadOnlyList<FieldFault> Faults) Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return (new AllocationRequest(), []);
        try
        {
            using var document = JsonDocument.Parse(body, ReadOptions);
            var faults = new List<FieldFault>();
            CheckMessage(document.RootElement, AllocationRequest.Descriptor, "", faults);
            return faults.Count == 0 ? (Parser.Parse<AllocationRequest>(Encoding.UTF8.GetString(body.Span)), faults) : (null, faults);
        }
        catch (Exception fault) when (fault is JsonException or InvalidProtocolBufferException or InvalidJsonException)
        {
            return (null, [new FieldFault("body", $"cannot be read as JSON: {fault.Message}")]);
        }
    }

    /// <summary>An answer.</summary>
    public static string Write(AllocationResponse response) => Formatter.Format(response);

    /// <summary>A fault, as the gateway tells the status of a call.</summary>
    public static byte[] Write(AllocatorFault fault) =>
        JsonSerializer.SerializeToUtf8Bytes(new { code = (int)fault.Code, message = fault.Message, details = Array.Empty<object>() });

    private static void CheckMessage(JsonElement element, MessageDescriptor type, string path, List<FieldFault> faults)
    {
        if (!Expect(element, JsonValueKind.Object, "an object", path, faults)) return;
        foreach (var property in element.EnumerateObject())
        {
            var fieldPath = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            var field = type.Fields.InFieldNumberOrder().FirstOrDefault(candidate => candidate.JsonName == property.Name || candidate.Name == property.Name);
            if (field is null) faults.Add(new FieldFault(fieldPath, $"is not known; {type.Name} has {string.Join(", ", type.Fields.InFieldNumberOrder().Select(known => known.Name))}"));
            else if (property.Value.ValueKind != JsonValueKind.Null) CheckField(property.Value, field, fieldPath, faults);
        }
    }

    private static void CheckField(JsonElement element, FieldDescriptor field, string path, List<FieldFault> faults)
    {
        if (field.IsMap)
        {
            if (!Expect(element, JsonValueKind.Object, "an object", path, faults)) return;
            foreach (var entry in element.EnumerateObject()) CheckValue(entry.Value, field.MessageType.FindFieldByNumber(2), $"{path}[{entry.Name}]", faults);
        }
        else if (field.IsRepeated)
        {
            if (!Expect(element, JsonValueKind.Array, "an array", path, faults)) return;
            foreach (var (index, item) in element.EnumerateArray().Index()) CheckValue(item, field, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), faults);
        }
        else
        {
            CheckValue(element, field, path, faults);
        }
    }

    private static void CheckValue(JsonElement element, FieldDescriptor field, string path, List<FieldFault> faults)
    {
        switch (field.FieldType)
        {
            case FieldType.Message when field.MessageType.File.Package == "google.protobuf":
                // A wrapper: its JSON is that of its value.
                CheckValue(element, field.MessageType.FindFieldByNumber(1), path, faults);
                break;
            case FieldType.Message:
                CheckMessage(element, field.MessageType, path, faults);
                break;
            case FieldType.Enum when element.ValueKind == JsonValueKind.String:
                if (field.EnumType.FindValueByName(element.GetString()) is null)
                    faults.Add(new FieldFault(path, $"is '{element.GetString()}'; it must be one of {string.Join(", ", field.EnumType.Values.Select(value => value.Name))}"));
                break;
            case FieldType.Enum or FieldType.Int32:
                if (!(element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out _))) Wrong(element, "a number", path, faults);
                break;
            case FieldType.String:
                Expect(element, JsonValueKind.String, "a text", path, faults);
                break;
            case FieldType.Bool:
                if (element.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) Wrong(element, "true or false", path, faults);
                break;
            case FieldType.UInt64:
                if (!IsNumber(element, text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))) Wrong(element, "a whole number, not negative, of 64 bits", path, faults);
                break;
            case FieldType.Int64:
                if (!IsNumber(element, text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))) Wrong(element, "a whole number of 64 bits", path, faults);
                break;
            default:
                throw new InvalidOperationException($"allocation.proto has a field of type {field.FieldType}, which nobody has taught this reader.");
        }
    }

    private static bool IsNumber(JsonElement element, Func<string, bool> parses) => element.ValueKind switch
    {
        JsonValueKind.Number => parses(element.GetRawText()),
        JsonValueKind.String => parses(element.GetString()!),
        _ => false,
    };

    private static bool Expect(JsonElement element, JsonValueKind kind, string expected, string path, List<FieldFault> faults)
    {
        if (element.ValueKind == kind) return true;
        Wrong(element, expected, path, faults);
        return false;
    }

    private static void Wrong(JsonElement element, string expected, string path, List<FieldFault> faults) =>
        faults.Add(new FieldFault(path.Length == 0 ? "body" : path, $"is {element.GetRawText()[..Math.Min(40, element.GetRawText().Length)]}; it must be {expected}"));
}
