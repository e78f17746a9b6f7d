using System.Net;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>How the drop-in for agones-allocator works. The configuration section <c>Matchmaker:Allocator</c>.</summary>
public sealed class AllocatorOptions
{
    /// <summary>Most selectors of one request: with their zones, all of them travel to Agones each time.</summary>
    public const int MaxSelectors = 64;

    /// <summary>
    /// Address that gRPC is served on, as <c>http</c> or <c>https</c> with an IP address or localhost; empty for none. Over <c>https</c> it may
    /// be the same as <see cref="RestUrl"/>. The default is empty.
    /// </summary>
    public string GrpcUrl { get; set; } = "";

    /// <summary>Address that <c>POST /gameserverallocation</c> is served on, likewise. The default is empty.</summary>
    public string RestUrl { get; set; } = "";

    /// <summary>Certificates; needed by an address with <c>https</c>.</summary>
    public AllocatorTlsOptions Tls { get; set; } = new();

    /// <summary>Regions in which a request that names none is tried, first choice first; empty for all in the order of the configuration.</summary>
    public IList<string> Regions { get; set; } = [];

    /// <summary>How long a request may take when its caller sets no earlier deadline. The default is 30 seconds; 1 second to 5 minutes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// HTTP status when no server is free; gRPC has the code that belongs to it. The default is 429; 400, 401, 403, 404, 409, 429, 499, 500,
    /// 501, 503 and 504 are possible, as in agones-allocator.
    /// </summary>
    public int UnallocatedStatus { get; set; } = StatusCodes.Status429TooManyRequests;

    /// <summary>Adds what is wrong, by key.</summary>
    internal void Check(string prefix, FleetSystemOptions system, FaultList faults)
    {
        CheckAddress(GrpcUrl, prefix + nameof(GrpcUrl), faults);
        CheckAddress(RestUrl, prefix + nameof(RestUrl), faults);
        var secure = new[] { GrpcUrl, RestUrl }.Any(IsSecure);
        if (EndPoint(GrpcUrl) is { Port: > 0 } one && EndPoint(RestUrl) is { } other && one.Equals(other))
        {
            faults.Check(IsSecure(GrpcUrl) && IsSecure(RestUrl), prefix + nameof(GrpcUrl), $"is {GrpcUrl}, as RestUrl: HTTP/2 without TLS cannot share a port with HTTP/1, use https for both or give each its own");
        }

        if (secure) Tls.Check(prefix + nameof(Tls) + ":", faults);
        for (var i = 0; i < Regions.Count; i++)
            faults.Check(system.Regions.Any(region => region.Id == Regions[i]), $"{prefix}{nameof(Regions)}:{i}", $"is '{Regions[i]}', which is no region of this configuration");
        faults.Check(Timeout >= TimeSpan.FromSeconds(1) && Timeout <= TimeSpan.FromMinutes(5), prefix + nameof(Timeout), $"is {Timeout}: 00:00:01 to 00:05:00 is possible");
        faults.Check(AllocatorStatus.FromHttp(UnallocatedStatus) is not null, prefix + nameof(UnallocatedStatus), $"is {UnallocatedStatus}: 400, 401, 403, 404, 409, 429, 499, 500, 501, 503 and 504 are possible");
    }

    /// <summary>Where an address listens, or null when there is none or it is malformed.</summary>
    internal static IPEndPoint? EndPoint(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.PathAndQuery != "/") return null;
        if (address.Host == "localhost") return new IPEndPoint(IPAddress.Loopback, address.Port);
        return IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) ? new IPEndPoint(ip, address.Port) : null;
    }

    /// <summary>Whether an address is one with TLS.</summary>
    internal static bool IsSecure(string url) => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private static void CheckAddress(string url, string key, FaultList faults) =>
        faults.Check(url.Length == 0 || EndPoint(url) is not null, key, $"is '{url}', not an address such as http://127.0.0.1:8443 or https://0.0.0.0:8443");
}

/// <summary>Certificates of the allocator, read from files as Kubernetes mounts secrets. Renewed files are taken up without a restart.</summary>
public sealed class AllocatorTlsOptions
{
    /// <summary>PEM file with the server's certificate, and those that it was issued by if clients lack them.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the certificate's private key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Whether clients must show a certificate. The default is true.</summary>
    public bool MutualTls { get; set; } = true;

    /// <summary>Directory with the authorities of clients' certificates: every file that ends in <c>.crt</c> or <c>.pem</c>. Needed for mutual TLS.</summary>
    public string ClientCaDirectory { get; set; } = "";

    /// <summary>Time between two looks at the files. The default is 10 seconds; 1 second to 1 hour.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    internal void Check(string prefix, FaultList faults)
    {
        faults.Check(File.Exists(CertificateFile), prefix + nameof(CertificateFile), $"is '{CertificateFile}', no file that exists: https needs the server's certificate");
        faults.Check(File.Exists(KeyFile), prefix + nameof(KeyFile), $"is '{KeyFile}', no file that exists: https needs the certificate's private key");
        faults.Check(!MutualTls || Directory.Exists(ClientCaDirectory), prefix + nameof(ClientCaDirectory), $"is '{ClientCaDirectory}', no directory that exists: name the one with the authorities of clients' certificates, or set MutualTls to false");
        faults.Check(ReloadInterval >= TimeSpan.FromSeconds(1) && ReloadInterval <= TimeSpan.FromHours(1), prefix + nameof(ReloadInterval), $"is {ReloadInterval}: 00:00:01 to 01:00:00 is possible");
    }
}
