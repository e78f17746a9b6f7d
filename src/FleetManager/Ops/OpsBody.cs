using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Matching.RuleSets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads JSON bodies up to a limit and tells where one cannot be read; nothing unknown is accepted.</summary>
internal static class OpsBody
{
    /// <summary>Longest body in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Format = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Camel case, enumerations by name, numbers as numbers.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        // A rule set's, and what is around it.
        options.MaxDepth = RuleSetLimits.MaxJsonDepth + 2;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }

    /// <summary>Reads the body, and goes on with it; what is unknown about the path comes before what is wrong with the body.</summary>
    public static async Task<IResult> ThenAsync<T>(HttpContext context, ProblemHttpResult? unknown, Func<T, Task<IResult>> then, int maxBytes = MaxBytes)
        where T : class
    {
        if (unknown is not null) return unknown;
        var (asked, unreadable) = await ReadAsync<T>(context.Request, maxBytes);
        return asked is null ? unreadable! : await then(asked);
    }

    /// <summary>The body, or the problem that it has.</summary>
    private static async Task<(T? Body, IResult? Problem)> ReadAsync<T>(HttpRequest request, int maxBytes)
        where T : class
    {
        if (request.ContentLength > maxBytes) return (null, OpsProblem.TooLarge(maxBytes));
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > maxBytes) return (null, OpsProblem.TooLarge(maxBytes));
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body.GetBuffer().AsSpan(0, (int)body.Length), Format) is { } parsed
                ? (parsed, null)
                : (null, OpsProblem.Invalid([new("$", ErrorCodes.MalformedRequest, "The body is null: send an object.")]));
        }
        catch (JsonException fault)
        {
            return (null, OpsProblem.Invalid([new(fault.Path ?? "$", ErrorCodes.MalformedRequest, $"The body cannot be read{(fault.LineNumber is { } line ? $" at line {line + 1}, byte {(fault.BytePositionInLine ?? 0) + 1}" : "")}: it is not JSON, has a field that is not known, or a value of the wrong type.")]));
        }
    }
}
