using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Matchmaking;

/// <summary>A queue's journal as a grain: one call after the other.</summary>
internal sealed class TicketJournalGrain(
    [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage,
    IOptions<FleetSystemOptions> system,
    JournalMetrics metrics,
    ILogger<TicketJournal> log) : Grain, ITicketJournalGrain
{
    private TicketJournal _journal = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var queue = this.GetPrimaryKeyString();
        if (system.Value.Queues.All(known => known.Id != queue)) throw new InvalidOperationException($"Queue '{queue}' is not part of the configuration.");
        _journal = new TicketJournal(queue, storage, metrics, log);
        return Task.CompletedTask;
    }

    public Task<JournalOpening> Open() => _journal.OpenAsync();

    public Task<IReadOnlyList<NumberedSegment>> Read(long epoch, long from) => _journal.ReadAsync(epoch, from);

    public Task Append(long epoch, long number, TicketSegment segment) => _journal.AppendAsync(epoch, number, segment);

    public Task Trim(long epoch, long before) => _journal.TrimAsync(epoch, before);
}
