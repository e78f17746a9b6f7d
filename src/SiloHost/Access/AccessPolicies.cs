namespace FleetSystem.SiloHost.Access;

/// <summary>
/// Names of the authorization policies of what operators reach, for endpoints and pages that say themselves who may use them (<c>RequireAuthorization(AccessPolicies.Admin)</c>). What says
/// nothing takes a viewer to read (GET, HEAD) and an operator to change.
/// </summary>
public static class AccessPolicies
{
    /// <summary>Whoever may see: viewers, operators and admins.</summary>
    public const string Viewer = nameof(AccessRole.Viewer);

    /// <summary>Whoever may change: operators and admins.</summary>
    public const string Operator = nameof(AccessRole.Operator);

    /// <summary>Admins: what cannot be taken back with one call, or concerns who may do what.</summary>
    public const string Admin = nameof(AccessRole.Admin);

    /// <summary>Roles that satisfy a policy.</summary>
    internal static string[] RolesFor(AccessRole needed) => [.. new[] { AccessRole.Viewer, AccessRole.Operator, AccessRole.Admin }.Where(role => role >= needed).Select(role => role.ToString())];
}
