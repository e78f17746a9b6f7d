using System.Text.Json.Nodes;
using FleetSystem.SiloHost.Access;
using Microsoft.OpenApi;

namespace FleetSystem.FleetManager.Ops;

/// <summary>The OpenAPI document of the operators' API.</summary>
internal static class OpsOpenApi
{
    /// <summary>Where it is served.</summary>
    public const string Path = "/openapi/ops-v1.json";

    private const string Name = "ops-v1";
    private const string Covered = "ops/v1/";

    /// <summary>Adds it.</summary>
    public static void AddOpsOpenApi(this IServiceCollection services) => services.AddOpenApi(Name, openApi =>
    {
        openApi.ShouldInclude = description => description.RelativePath?.StartsWith(Covered, StringComparison.Ordinal) == true;
        openApi.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var parameter in context.Description.ParameterDescriptions)
            {
                var type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
                if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(OpsWord<>)) continue;
                var words = (IReadOnlyList<string>)type.GetProperty(nameof(OpsWord<DayOfWeek>.Words))!.GetValue(null)!;
                if (operation.Parameters?.OfType<OpenApiParameter>().FirstOrDefault(known => known.Name == parameter.Name) is { } told)
                    told.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)word)] };
            }

            return Task.CompletedTask;
        });
        openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "FleetSystem operators' API";
            document.Info.Description = "What operators see and do. Each change takes a reason and is kept in the audit log. Errors are problem documents (RFC 9457) with a stable code.";
            return Task.CompletedTask;
        });
    });

    /// <summary>Serves it, to whoever may read the API.</summary>
    public static void MapOpsOpenApi(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(AccessPolicies.Viewer);
}
