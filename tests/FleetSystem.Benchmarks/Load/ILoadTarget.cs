namespace FleetSystem.Benchmarks.Load;

/// <summary>Where a closed loop creates sessions and ends them.</summary>
internal interface ILoadTarget
{
    /// <summary>Creates one session and returns what <see cref="EndAsync"/> takes. Throws <see cref="LoadException"/> when it is refused.</summary>
    Task<string> CreateAsync(int connection, long sequence);

    Task EndAsync(string id);
}

/// <summary>A request that did not do what was asked.</summary>
/// <param name="status">HTTP status, 0 when there was no answer.</param>
/// <param name="code">The answer's own code, or the kind of failure.</param>
internal sealed class LoadException(int status, string code) : Exception($"{status} {code}")
{
    public int Status => status;

    public string Code => code;
}
