namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>Something that an operator should know of.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Region">The region that it concerns.</param>
/// <param name="What">What is wrong, in a sentence.</param>
/// <param name="Since">Since when, or null when that is not known.</param>
/// <param name="Link">Page that shows more, relative to the dashboard.</param>
public sealed record Problem(Severity Severity, string Region, string What, DateTimeOffset? Since, string Link);
