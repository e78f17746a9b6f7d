using Microsoft.Extensions.Logging;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// What a file says, looked at again from time to time: by its content, so that it is noticed however it was replaced (kubelets swap a symbolic link above a mounted secret). What cannot be read, or
/// has faults, leaves in force what was read last, and is told: to the log when it begins and every <see cref="ReminderInterval"/>, and by <see cref="Fault"/>.
/// </summary>
/// <typeparam name="T">What it says.</typeparam>
internal sealed partial class ReloadedFile<T> : IDisposable
    where T : class
{
    /// <summary>Time after which a fault that lasts is logged again.</summary>
    public static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(5);

    private readonly string _what;
    private readonly Func<byte[], T> _parse;
    private readonly Action<T> _changed;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _reload;
    private readonly Lock _looking = new();
    private volatile Content _content;
    private DateTimeOffset _reminded;

    /// <summary>Reads the file, and goes on reading it.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="what">What it holds, for people.</param>
    /// <param name="interval">Time between two looks.</param>
    /// <param name="parse">Reads it; throws <see cref="InvalidDataException"/> where it has faults.</param>
    /// <param name="changed">Told what it says from now on; not of the first reading.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public ReloadedFile(string path, string what, TimeSpan interval, Func<byte[], T> parse, Action<T> changed, TimeProvider time, ILogger log)
    {
        (Path, _what, _parse, _changed, _time, _log) = (path, what, parse, changed, time, log);
        _content = new Content([], null, null, null);
        Look(isFirst: true);
        _reload = time.CreateTimer(_ => Look(isFirst: false), null, interval, interval);
    }

    /// <summary>Most bytes that are read.</summary>
    public static int MaxBytes => 1024 * 1024;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What it said when it could be read last; null when it never could.</summary>
    public T? Current => _content.Value;

    /// <summary>Why it could not be read when it was looked at last, and since when; null while it can.</summary>
    public (string Reason, DateTimeOffset Since)? Fault => _content is { Fault: { } reason, Since: { } since } ? (reason, since) : null;

    /// <summary>Reads a file that is no larger than it may be.</summary>
    /// <exception cref="InvalidDataException">It is larger.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[Math.Min(file.Length, MaxBytes) + 1];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read <= MaxBytes ? bytes[..read] : throw new InvalidDataException($"it has more than {MaxBytes} bytes");
    }

    /// <inheritdoc/>
    public void Dispose() => _reload.Dispose();

    private void Look(bool isFirst)
    {
        // A look that hangs on a slow disk holds up no other; the next one sees what it would have seen.
        if (!_looking.TryEnter()) return;
        try
        {
            var before = _content;
            var bytes = Read(Path);
            if (before.Value is not null && before.Bytes.AsSpan().SequenceEqual(bytes))
            {
                if (before.Fault is not null) Heal(before);
                return;
            }

            var value = _parse(bytes);
            _content = new Content(bytes, value, null, null);
            if (before.Fault is not null) LogHealed(_log, _what, Path);
            if (!isFirst) _changed(value);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Tell(fault.Message);
        }
        finally
        {
            _looking.Exit();
        }
    }

    private void Heal(Content before)
    {
        _content = before with { Fault = null, Since = null };
        LogHealed(_log, _what, Path);
    }

    private void Tell(string reason)
    {
        var (before, now) = (_content, _time.GetUtcNow());
        _content = before with { Fault = reason, Since = before.Since ?? now };
        if (before.Fault == reason && now - _reminded < ReminderInterval) return;
        _reminded = now;
        if (before.Value is null) LogNeverRead(_log, _what, Path, reason);
        else LogFault(_log, _what, Path, reason);
    }

    private sealed record Content(byte[] Bytes, T? Value, string? Fault, DateTimeOffset? Since);

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} in {File} cannot be read; those known stay in force until it can: {Reason}")]
    private static partial void LogFault(ILogger logger, string what, string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} in {File} cannot be read, and none are known: {Reason}")]
    private static partial void LogNeverRead(ILogger logger, string what, string file, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} in {File} can be read again")]
    private static partial void LogHealed(ILogger logger, string what, string file);
}
