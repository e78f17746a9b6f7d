namespace FleetSystem.FleetManager.Ops;

/// <summary>What the OpenAPI document says of an endpoint beyond its path.</summary>
internal static class OpsDescription
{
    /// <summary>An endpoint that changes something by a body.</summary>
    public static RouteHandlerBuilder Changes<TRequest, TAnswer>(this RouteHandlerBuilder endpoint, string summary)
        where TRequest : notnull =>
        endpoint.WithSummary(summary)
            .Accepts<TRequest>("application/json")
            .Produces<TAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>An endpoint that tells something.</summary>
    public static RouteHandlerBuilder Tells<TAnswer>(this RouteHandlerBuilder endpoint, string summary) =>
        endpoint.WithSummary(summary).Produces<TAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
}
