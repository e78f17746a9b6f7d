using System.Globalization;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>Values as people read them: the same words on every page.</summary>
public static class Words
{
    /// <summary>A kind of route.</summary>
    public static string Of(RouteKind kind) => kind switch
    {
        RouteKind.Accelerator => "Accelerator",
        RouteKind.NetworkLoadBalancer => "NLB",
        _ => "Direct",
    };

    /// <summary>What players speak.</summary>
    public static string Of(GameProtocol protocol) => protocol == GameProtocol.Tcp ? "TCP" : "UDP";

    /// <summary>A number of things.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A rate, with as many digits as it has meaning; a dash when it is not known.</summary>
    public static string Rate(double? rate) => rate switch
    {
        null => "–",
        >= 100 => rate.Value.ToString("N0", CultureInfo.InvariantCulture),
        _ => rate.Value.ToString("0.#", CultureInfo.InvariantCulture),
    };

    /// <summary>A short time; a dash when it is not known.</summary>
    public static string Duration(double? seconds) => seconds switch
    {
        null => "–",
        < 1 => (seconds.Value * 1000).ToString("0", CultureInfo.InvariantCulture) + " ms",
        _ => seconds.Value.ToString("0.##", CultureInfo.InvariantCulture) + " s",
    };

    /// <summary>How long something has been so.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => "now",
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalSeconds} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes} min"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours} h {age.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays} d {age.Hours} h"),
    };

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) => share.ToString(share is > 0 and < 0.01 ? "0.0 %" : "0 %", CultureInfo.InvariantCulture);

    /// <summary>A time of day, UTC.</summary>
    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A moment, UTC.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
