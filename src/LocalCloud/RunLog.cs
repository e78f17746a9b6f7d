using Serilog;
using Serilog.Extensions.Logging;

namespace FleetSystem.LocalCloud;

/// <summary>Logs of a run: everything goes to one file, so that the terminal stays for people.</summary>
internal static class RunLog
{
    private const long MaxFileBytes = 64 * 1024 * 1024;
    private const int MaxFiles = 4;

    /// <summary>Opens the log in a data directory.</summary>
    public static ILoggerFactory Create(string dataDirectory, string name = "localcloud")
    {
        var log = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Orleans", Serilog.Events.LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.AspNetCore", Serilog.Events.LogEventLevel.Warning)
            .MinimumLevel.Override("Grpc", Serilog.Events.LogEventLevel.Warning)
            .MinimumLevel.Override("Polly", Serilog.Events.LogEventLevel.Fatal)
            .WriteTo.File(
                Path.Combine(dataDirectory, $"{name}.log"),
                outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}",
                fileSizeLimitBytes: MaxFileBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: MaxFiles, formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .CreateLogger();
        return new SerilogLoggerFactory(log, dispose: true);
    }
}
