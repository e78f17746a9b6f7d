using FleetSystem.FleetManager.Ops;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Events;

/// <summary>Looks at the silos of the cell and at the other cells from time to time, and keeps what has changed.</summary>
internal sealed partial class CellWatch(SiloReader silos, PeerReader peers, EventLog events, IOptions<EventOptions> options, TimeProvider time, ILogger<CellWatch> log) : BackgroundService
{
    private IReadOnlyList<OpsSilo>? _silos;
    private IReadOnlyList<OpsPeer>? _peers;
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

                var told = await peers.ListAsync();
                if (_peers is { } known) events.Append(PeerEvents.Between(known, told, time.GetUtcNow()));
                _peers = told;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silos or the other cells could not be looked at; what changes meanwhile is seen afterwards: {Reason}")]
    private static partial void LogSilent(ILogger logger, string reason);
}
