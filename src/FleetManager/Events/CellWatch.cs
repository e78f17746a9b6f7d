using FleetSystem.FleetManager.Ops;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Events;

/// <summary>Looks at the silos of the cell from time to time, and keeps what has changed.</summary>
internal sealed partial class CellWatch(SiloReader silos, EventLog events, IOptions<EventOptions> options, TimeProvider time, ILogger<CellWatch> log) : BackgroundService
{
    private IReadOnlyList<OpsSilo>? _silos;
    private bool _isSilent;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        do
        {
            try
            {
                if ((await silos.ReadAsync(null, null)).Result is Ok<OpsSiloPage> { Value.Silos: var next })
                {
                    if (_silos is { } before) events.Append(SiloEvents.Between(before, next, time.GetUtcNow()));
                    _silos = next;
                }

                _isSilent = false;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_isSilent) LogSilent(log, fault.Message);
                _isSilent = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The membership did not answer; what changes in it meanwhile is seen when it does: {Reason}")]
    private static partial void LogSilent(ILogger logger, string reason);
}
