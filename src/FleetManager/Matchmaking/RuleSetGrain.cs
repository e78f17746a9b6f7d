using System.Text;
using FleetSystem.FleetManager.Auditing;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Operations;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Matchmaking;

/// <summary>A queue's rule set: the operator's, kept with its audit entry in one write, or the configuration's.</summary>
internal sealed partial class RuleSetGrain(
    [PersistentState(RuleSetState.Name)] IPersistentState<RuleSetState> store,
    RuleSetFiles files,
    IOptions<FleetSystemOptions> system,
    TimeProvider time,
    ILogger<RuleSetGrain> log) : Grain, IRuleSetGrain
{
    /// <summary>Most bytes of an operator's rule set once it is compressed; beside them the audit log has room in a state. Ten times as many characters fit, about.</summary>
    internal const int MaxPackedBytes = 180_000;

    private AuditLog _audit = null!;
    private RuleSetVersion _now = null!;

    private string Queue => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // No region's id has a colon.
        _audit = new AuditLog($"queue:{Queue}", GrainFactory, time);
        var configured = files.Of(Queue);
        _now = store.State.Text is { } packed ? RuleSetVersion.Of(Encoding.UTF8.GetString(CompressedBytes.Unpack(packed)), store.State.By, store.State.Since) : configured;
        return Task.CompletedTask;
    }

    public Task<RuleSetVersion?> GetSince(string known) => Task.FromResult(_now.Version == known ? null : _now);

    public async Task<RuleSetReply> Set(string text, string by, string reason)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reading = RuleSetReader.Read(bytes);
        if (reading.RuleSet is not { } ruleSet) return new RuleSetReply(_now, reading.Faults, reading.Warnings);
        if (RuleSetFileValidator.FleetFault(ruleSet, system.Value.Queues.First(queue => queue.Id == Queue), system.Value) is { } larger)
            return new RuleSetReply(_now, [new("$.teams", $"This cannot be used: {larger}.")], reading.Warnings);
        var packed = CompressedBytes.Pack(bytes);
        if (packed.Length > MaxPackedBytes)
            return new RuleSetReply(_now, [new("$", $"It has {packed.Length} bytes once it is compressed, and {MaxPackedBytes} can be stored: make it shorter, or put it into the configuration's file.")], reading.Warnings);
        var next = RuleSetVersion.Of(text, by, time.GetUtcNow());
        await StoreAsync(next, packed, by, reason);
        return new RuleSetReply(_now, [], reading.Warnings);
    }

    public async Task<RuleSetReply> Reset(string by, string reason)
    {
        await StoreAsync(files.Of(Queue), null, by, reason);
        return new RuleSetReply(_now, [], []);
    }

    public Task<AuditPage> ReadAudit(long before, int most) => _audit.ReadAsync(store.State, before, most);

    private async Task StoreAsync(RuleSetVersion next, byte[]? packed, string by, string reason)
    {
        try
        {
            await _audit.TurnPageAsync(store.State);
            _audit.Append(store.State, AuditKind.RuleSet, Queue, by, reason, Audited(_now), Audited(next));
            (store.State.Text, store.State.By, store.State.Since) = (packed, next.By, next.Since);
            await store.WriteStateAsync();
        }
        catch (Exception fault)
        {
            // What is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw new QueueUnavailableException($"The rule set of queue {Queue} is being read again from the store: {fault.Message}", fault);
        }

        _now = next;
        LogSet(log, Queue, next.Version, by, reason);
    }

    private static AuditedRuleSet Audited(RuleSetVersion version) => new(version.Version, version.By is null, Encoding.UTF8.GetByteCount(version.Text));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId} goes by rule set {RuleSetVersion} from now on, as {By} wants: {Reason}")]
    private static partial void LogSet(ILogger logger, string queueId, string ruleSetVersion, string by, string reason);
}
