using FleetSystem.SiloHost.Diagnosis;

namespace FleetSystem.FleetManager.Ops;

/// <summary>What this host finds when it looks around itself: clusters and rights, accelerators, stores.</summary>
internal static class DiagnosisEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/ops/v1/diagnosis", GetAsync)
        .WithName("GetDiagnosis").WithSummary("Whether this host reaches what it needs, and may do what it must.")
        .WithDescription("Looks at most every 5 seconds, whoever asks; what is looked at is not changed. A look that gets no answer takes 15 seconds.")
        .Produces<OpsDiagnosis>();

    private static async Task<IResult> GetAsync(HostDiagnosis diagnosis, CancellationToken cancellationToken)
    {
        var round = await diagnosis.LookAsync(cancellationToken);
        return TypedResults.Ok(new OpsDiagnosis(round.Worst, round.At, round.Findings));
    }
}

/// <summary>What was found.</summary>
/// <param name="State">The worst of the findings.</param>
/// <param name="At">When it was looked.</param>
/// <param name="Findings">The findings.</param>
internal sealed record OpsDiagnosis(FindingState State, DateTimeOffset At, IReadOnlyList<Finding> Findings);
