using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>Keeps what the silo logs, so that a test that fails can say it.</summary>
internal sealed class RecordedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IEnumerable<string> Lines => _lines;

    public string Last(int count) => string.Join(Environment.NewLine, _lines.TakeLast(count));

    // Orleans' watchdog takes a clock that leaps for a process that stalls.
    public ILogger CreateLogger(string categoryName) => categoryName.EndsWith("Watchdog", StringComparison.Ordinal) ? NullLogger.Instance : new Recorder(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Recorder(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue($"{logLevel} {category[(category.LastIndexOf('.') + 1)..]}: {formatter(state, exception)} {exception}");
        }
    }
}
