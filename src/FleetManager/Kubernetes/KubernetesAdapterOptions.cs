namespace FleetSystem.FleetManager.Kubernetes;

/// <summary>Deadlines and limits of the way into Kubernetes. The configuration section <c>FleetManager:Kubernetes</c>.</summary>
public sealed class KubernetesAdapterOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "FleetManager:Kubernetes";

    /// <summary>How long a patch, a delete, or the first byte of a watch may take. The default is 5 seconds; 100 ms to 1 minute.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long Agones may take over one allocation, its batch wait included. The default is 5 seconds; 100 ms to 1 minute.</summary>
    public TimeSpan AllocationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long looking for a session's servers may take, all pages together. The default is 3 seconds; 100 ms to 1 minute.</summary>
    public TimeSpan FindTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one page of a list may take. The default is 15 seconds; 100 ms to 5 minutes.</summary>
    public TimeSpan ListTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a TCP and TLS connection may take to come up. The default is 2 seconds; 100 ms to 1 minute.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the API server keeps one watch open before it closes it in good order; up to half as much again is added at random, so that
    /// watches do not all end together. The default is 5 minutes; 1 second to 1 hour.
    /// </summary>
    public TimeSpan WatchTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A watch that brought neither event nor bookmark for this long is dropped and listed anew. Bookmarks come about once a minute. The
    /// default is 3 minutes; 1 second to 1 hour.
    /// </summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Wait before the first new try. The default is 100 ms; 1 ms to 1 minute.</summary>
    public TimeSpan BackoffMin { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between tries. The default is 10 seconds; at least <see cref="BackoffMin"/>, at most 10 minutes.</summary>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A longer Retry-After than this is cut to it. The default is 1 minute; 1 second to 10 minutes.</summary>
    public TimeSpan RetryAfterMax { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Objects a page of a list. The default is 500; 1 to 10,000.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>
    /// Changes that wait for a slow consumer; beyond them the watch is not read on, and TCP holds the API server back. The default is 4,096;
    /// 16 to 1,000,000.
    /// </summary>
    public int ChannelCapacity { get; set; } = 4_096;

    /// <summary>HTTP/1.1 connections to one API server at once; HTTP/2 shares one. The default is 256; 4 to 10,000.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>Longest watch event in bytes; etcd allows objects of 1.5 MiB. The default is 4 MiB; 64 KiB to 64 MiB.</summary>
    public int MaxEventBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Longest page of a list in bytes. The default is 128 MiB; 1 MiB to 1 GiB.</summary>
    public int MaxPageBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>
    /// Strings that snapshots share (fleets, nodes, zones, addresses), a watch. The default is 32,768; 256 to 1,000,000.
    /// </summary>
    public int InternedStrings { get; set; } = 32_768;

    /// <summary>Seed of the jitter, or null for another one at each start.</summary>
    public int? JitterSeed { get; set; }
}
