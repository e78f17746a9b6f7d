using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FleetSystem.Simulation.Tests.Engine;

/// <summary>
/// The last things that happened, and the first invariant that broke. A run writes nothing down; the seed of a broken one is run again with
/// the journal on.
/// </summary>
internal sealed class Journal(VirtualTime time, bool isOn) : ILoggerProvider
{
    private const int Kept = 400;
    private readonly Queue<string> _lines = new();

    public bool IsOn => isOn;

    /// <summary>The first invariant that broke, or null.</summary>
    public string? Broken { get; private set; }

    public IEnumerable<string> Lines => _lines;

    public void Write(string what)
    {
        if (!isOn) return;
        if (_lines.Count == Kept) _lines.Dequeue();
        _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed.TotalSeconds,9:0.0000} {what}"));
    }

    /// <summary>An invariant broke; the run ends.</summary>
    public void Break(string invariant)
    {
        if (Broken is not null) return;
        Broken = invariant;
        Write($"BROKEN: {invariant}");
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private sealed class Category(Journal journal, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => journal.IsOn;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (journal.IsOn) journal.Write($"{category}: {formatter(state, exception)}{(exception is null ? "" : $" [{exception.GetType().Name}: {exception.Message}]")}");
        }
    }
}
