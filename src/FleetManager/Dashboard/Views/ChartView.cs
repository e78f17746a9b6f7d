using System.Globalization;
using System.Text;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Style">Name of its style: a class <c>line-…</c> of the style sheet.</param>
/// <param name="Values">Its values, oldest first; null where none is known. All lines of a chart have as many.</param>
public sealed record ChartLine(string Name, string Style, IReadOnlyList<double?> Values);

/// <summary>A line as it is drawn.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Style">Name of its style.</param>
/// <param name="Path">SVG path data; empty when it has no value.</param>
/// <param name="Last">Its newest value as people read it.</param>
public sealed record DrawnLine(string Name, string Style, string Path, string Last);

/// <summary>A chart of values over time, in the coordinates of its drawing.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Top">What the upper edge stands for, as people read it.</param>
/// <param name="Summary">What it says, in words: for those who do not see it.</param>
public sealed record ChartView(string Title, IReadOnlyList<DrawnLine> Lines, string Top, string Summary)
{
    /// <summary>Width of the drawing.</summary>
    public const double Width = 240;

    /// <summary>Height of the drawing.</summary>
    public const double Height = 64;

    // A chart that has just begun is drawn as if it went on for so many points: three lone ones would be a picture of nothing.
    private const int LeastSlots = 36;

    /// <summary>Points that the width stands for: as many as there are, within bounds.</summary>
    /// <param name="points">Points that there are.</param>
    /// <param name="most">Points of a full chart.</param>
    public static int SlotsFor(int points, int most) => Math.Clamp(points, Math.Min(LeastSlots, most), most);

    /// <summary>Draws lines.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="slots">Values that a full chart has: with fewer it fills from the right.</param>
    /// <param name="least">What the upper edge stands for at least: else noise looks like news.</param>
    /// <param name="unit">A value as people read it.</param>
    public static ChartView Of(string title, IReadOnlyList<ChartLine> lines, int slots, double least, Func<double?, string> unit)
    {
        var top = Nice(Math.Max(least, lines.SelectMany(line => line.Values).Max() ?? 0));
        var drawn = lines.Select(line => new DrawnLine(line.Name, line.Style, Draw(line.Values, Math.Max(slots, 2), top), unit(line.Values.Count > 0 ? line.Values[^1] : null))).ToList();
        return new ChartView(title, drawn, unit(top), $"{title}: {string.Join(", ", drawn.Select(line => $"{line.Name} {line.Last}"))}");
    }

    private static string Draw(IReadOnlyList<double?> values, int slots, double top)
    {
        var path = new StringBuilder();
        var isDown = false;
        var first = Math.Max(0, values.Count - slots);
        for (var index = first; index < values.Count; index++)
        {
            if (values[index] is not { } value)
            {
                isDown = false;
                continue;
            }

            var x = Width * (slots - values.Count + index) / (slots - 1);
            var y = Height - (Height * Math.Clamp(value / top, 0, 1));
            path.Append(CultureInfo.InvariantCulture, $"{(isDown ? 'L' : 'M')}{x:0.#} {y:0.#}");

            // A value between two gaps would be a line without length, which nobody sees.
            if (!isDown && (index + 1 >= values.Count || values[index + 1] is null)) path.Append("h0.1");
            isDown = true;
        }

        return path.ToString();
    }

    // The next of 1, 2, 5, 10, 20, 50, ...
    private static double Nice(double value)
    {
        if (value <= 0) return 1;
        var scale = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return (value / scale) switch
        {
            <= 1 => scale,
            <= 2 => 2 * scale,
            <= 5 => 5 * scale,
            _ => 10 * scale,
        };
    }
}
