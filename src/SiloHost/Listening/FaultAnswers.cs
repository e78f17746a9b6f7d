using FleetSystem.FleetModel.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.SiloHost.Listening;

/// <summary>
/// Answers requests that end in an exception. One that will pass, such as a silo that dies with a call, is 503 and a line of the log: an outage has thousands of
/// them, and their stacks would bury what is worth reading. A fault of the caller is told to him alone. Any other is ours, and is logged whole.
/// </summary>
public static partial class FaultAnswers
{
    /// <summary>Answers with the status of the exception; what the body says is the host's problem document.</summary>
    /// <param name="app">The host.</param>
    public static void UseFaultAnswers(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(FaultAnswers));
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = StatusOf,
            SuppressDiagnosticsCallback = context =>
            {
                var fault = context.Exception;
                if (IsPassing(fault)) LogPassing(log, context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName, fault.GetType().Name, fault.Message);
                return StatusOf(fault) != StatusCodes.Status500InternalServerError;
            },
        });
    }

    /// <summary>Whether a fault is one that passes: the same call can be made again.</summary>
    /// <param name="fault">What a call ended in.</param>
    public static bool IsPassing(Exception fault) => fault is TimeoutException or OrleansException or SessionUnavailableException or QueueUnavailableException;

    private static int StatusOf(Exception fault) =>
        IsPassing(fault) ? StatusCodes.Status503ServiceUnavailable : (fault as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Endpoint} was not answered, and can be asked again: {Fault}: {Reason}")]
    private static partial void LogPassing(ILogger logger, string? endpoint, string fault, string reason);
}
