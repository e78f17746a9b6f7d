namespace FleetSystem.Matchmaker.Queues;

/// <summary>What queues tell the log.</summary>
internal static partial class QueueLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {QueueId} was read from its journal: epoch {Epoch}, {Segments} segments, {Tickets} open tickets")]
    public static partial void Begun(ILogger logger, string queueId, long epoch, int segments, int tickets);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId} could not be read from its journal yet; trying again")]
    public static partial void OpeningFailed(ILogger logger, string queueId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId}: segment {Segment} could not be stored; trying again")]
    public static partial void AppendFailed(ILogger logger, string queueId, long segment, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId}: the journal could not be shortened; trying again later")]
    public static partial void TrimFailed(ILogger logger, string queueId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId} is run by another activation: {Reason}")]
    public static partial void Closed(ILogger logger, string queueId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId}: pool '{Pool}' gave no answer and is begun anew")]
    public static partial void PassFailed(ILogger logger, string queueId, string pool, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {QueueId}: pool '{Pool}' has started anew")]
    public static partial void PoolLost(ILogger logger, string queueId, string pool);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId}: the rule set could not be asked for; the last known one holds")]
    public static partial void RuleSetFailed(ILogger logger, string queueId, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {QueueId} goes by rule set {Version}")]
    public static partial void RuleSetChanged(ILogger logger, string queueId, string version);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {QueueId}: rule set {Version} has faults and does not hold: {Faults}")]
    public static partial void RuleSetFaulty(ILogger logger, string queueId, string version, string faults);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId}: match {MatchId} could not be placed: {Reason}")]
    public static partial void NotPlaced(ILogger logger, string queueId, string matchId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {QueueId}: session {SessionId} of match {MatchId} could not be asked and is asked again: {Reason}")]
    public static partial void AskedAgain(ILogger logger, string queueId, string matchId, string sessionId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {QueueId}: a turn failed; the next goes on")]
    public static partial void TurnFailed(ILogger logger, string queueId, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {QueueId} stopped by a fault of ours and is read again from its journal")]
    public static partial void Broken(ILogger logger, string queueId, Exception fault);
}
