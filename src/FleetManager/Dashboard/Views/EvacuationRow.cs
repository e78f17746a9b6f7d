using System.Globalization;
using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>How far an evacuation is, as a row.</summary>
/// <param name="Key">Names it.</param>
/// <param name="Where">Its zone, or its region.</param>
/// <param name="Severity">How bad it stands.</param>
/// <param name="Standing">The same in words.</param>
/// <param name="Percent">How much of it is done, 0 to 100; null where that is not known.</param>
/// <param name="Gone">What is gone and what is left, in words.</param>
/// <param name="Held">What stays and why, in words; null where nothing does.</param>
/// <param name="By">Who wanted it, and why.</param>
/// <param name="Since">Since when; null where nobody knows.</param>
public sealed record EvacuationRow(string Key, string Where, Severity Severity, string Standing, int? Percent, string Gone, string? Held, string By, DateTimeOffset? Since)
{
    /// <summary>The rows of a reading: of each region that has answered.</summary>
    public static IReadOnlyList<EvacuationRow> Of(FleetReading reading) =>
        [.. reading.Regions.Where(region => region.Status is not null).SelectMany(region => Evacuation.Of(region.Status!, reading.At)).Select(Of)];

    private static EvacuationRow Of(Evacuation evacuation)
    {
        var (severity, standing) = evacuation.State switch
        {
            EvacuationState.Done => (Severity.Good, "empty"),
            EvacuationState.Moving => (Severity.Notice, "moving"),
            EvacuationState.PlayingOut => (Severity.Notice, "playing out"),
            _ => (Severity.Warning, "held up"),
        };
        return new EvacuationRow(
            evacuation.Zone is null ? evacuation.Region : $"{evacuation.Region}/{evacuation.Zone}",
            evacuation.Zone is { } zone ? $"Zone {zone}" : $"Region {evacuation.Region}",
            severity,
            standing,
            evacuation.Progress is { } share ? (int)Math.Floor(share * 100) : null,
            GoneOf(evacuation),
            HeldOf(evacuation),
            $"{evacuation.By ?? "the zone monitor"}: {evacuation.Reason}",
            evacuation.Since);
    }

    private static string GoneOf(Evacuation evacuation)
    {
        var left = $"{Words.Count(evacuation.ToGo)} to go{(evacuation.SessionsThen is { } then ? $" of {Words.Count(then)}" : "")}";
        return evacuation.Moves is { } moves ? $"{Words.Count(moves.Moved)} moved, {left}" : left;
    }

    private static string? HeldOf(Evacuation evacuation)
    {
        if (evacuation is not { ToGo: > 0, Moves: { } moves } || moves is { NoRoom: 0, Failed: 0 }) return null;
        var parts = new List<string>();
        if (moves.NoRoom > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{moves.NoRoom} wait for a free server elsewhere"));
        if (moves.Failed > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{moves.Failed} could not be moved{(moves.LastFailure is { } why ? $" ({why})" : "")}"));
        return string.Join(", ", parts);
    }
}
