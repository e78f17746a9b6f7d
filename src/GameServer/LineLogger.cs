using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FleetSystem.GameServer;

/// <summary>Writes a line for each message to a stream. The console logger would cost more memory than the game.</summary>
internal sealed class LineLogger(Stream output, TimeProvider time) : ILogger
{
    private readonly Lock _gate = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {logLevel} {formatter(state, exception)}{(exception is null ? "" : " " + exception.GetType().Name)}\n");
        try
        {
            lock (_gate)
            {
                output.Write(Encoding.UTF8.GetBytes(line));
                output.Flush();
            }
        }
        catch (IOException)
        {
            // Whoever read the output is gone; the game goes on without.
        }
    }
}
