using FleetSystem.FleetManager.Ops;
using FleetSystem.SiloHost.Access;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Dashboard.Actions;

/// <summary>
/// What somebody does on a page: the same commands that the API calls, in his name. He is asked for his role each time, whatever the page showed him. Belongs to one page.
/// </summary>
internal sealed partial class OperatorActions(
    RegionCommands regions, ClusterCommands clusters, SessionCommands sessions, FleetSizeCommands sizes, AuthenticationStateProvider authentication, IAuthorizationService authorization, ILogger<OperatorActions> log)
{
    // Without access control nobody has a name.
    private const string Nobody = "dashboard";

    /// <summary>Drains or opens a region.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> SetRegionAsync(string region, SetRegionRequest asked) => ActAsync(async caller => FaultOf((await regions.SetRegionAsync(region, asked, caller)).Result));

    /// <summary>Evacuates a zone, or lets it in again.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> SetZoneAsync(string region, string zone, SetZoneRequest asked) => ActAsync(async caller => FaultOf((await regions.SetZoneAsync(region, zone, asked, caller)).Result));

    /// <summary>Forces a kind of route, or no longer.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> SetRouteAsync(string region, SetRouteRequest asked) => ActAsync(async caller => FaultOf((await regions.SetRouteAsync(region, asked, caller)).Result));

    /// <summary>Shifts a standard accelerator's traffic.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> SetTrafficAsync(string region, SetTrafficRequest asked) => ActAsync(async caller => FaultOf((await regions.SetTrafficAsync(region, asked, caller)).Result));

    /// <summary>Sets a cluster's priority and weight.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> SetClusterAsync(string region, string cluster, SetClusterRequest asked) => ActAsync(async caller => FaultOf((await clusters.SetAsync(region, cluster, asked, caller)).Result));

    /// <summary>Lets a cluster's priority and weight be the configuration's again.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> ResetClusterAsync(string region, string cluster, ReasonRequest asked) => ActAsync(async caller => FaultOf((await clusters.ResetAsync(region, cluster, asked, caller)).Result));

    /// <summary>Changes the size of a fleet's Agones Fleet in a cluster.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> SetFleetSizeAsync(string fleet, string cluster, string agonesFleet, SetFleetSizeRequest asked) => ActAsync(async caller => FaultOf((await sizes.SetAsync(fleet, cluster, agonesFleet, asked, caller)).Result));

    /// <summary>Ends a session.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> EndSessionAsync(string id, ReasonRequest asked) => ActAsync(async caller => FaultOf((await sessions.EndAsync(id, asked, caller)).Result));

    /// <summary>Gives a session another server.</summary>
    /// <returns>What is wrong, for people; null when it is done.</returns>
    public Task<string?> MoveSessionAsync(string id, ReasonRequest asked) => ActAsync(async caller => FaultOf((await sessions.MoveAsync(id, asked, caller)).Result));

    private async Task<string?> ActAsync(Func<string, Task<string?>> act)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (!(await authorization.AuthorizeAsync(user, AccessPolicies.Operator)).Succeeded) return "Your role may see, but not change: it takes an operator's. Nothing was changed.";
        try
        {
            return await act(user.Identity?.Name ?? Nobody);
        }
        catch (Exception fault)
        {
            LogFailed(log, user.Identity?.Name ?? Nobody, fault);
            return FaultAnswers.IsPassing(fault)
                ? "A part of the service did not answer. Whether it was changed is not certain: look before you try again."
                : "Something went wrong on our side; the log says what. Look before you try again.";
        }
    }

    private static string? FaultOf(IResult result) => result is ProblemHttpResult problem ? problem.ProblemDetails.Detail ?? problem.ProblemDetails.Title : null;

    [LoggerMessage(Level = LogLevel.Error, Message = "What {By} did on a page of the dashboard failed")]
    private static partial void LogFailed(ILogger logger, string by, Exception fault);
}
