using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace FleetSystem.FleetManager.Dashboard.Serving;

/// <summary>
/// The dashboard's scripts and styles, which are part of this assembly: nothing is fetched from elsewhere. Each has an address that changes with its
/// content, so that browsers keep it for good and never an old one.
/// </summary>
internal static class DashboardAssets
{
    /// <summary>Path below which they are.</summary>
    public const string Prefix = "/assets";

    private const string ResourcePrefix = "dashboard/";

    private static readonly FrozenDictionary<string, Asset> All = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
        .Select(name => new Asset(name[ResourcePrefix.Length..], Read(name)))
        .ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>The address of one, for pages.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public static string Link(string name) => $"{Prefix[1..]}/{name}?v={All[name].Version}";

    /// <summary>Serves them, to anybody: they say nothing of the cell, and the sign-in page needs them.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Prefix + "/{name}", Serve).AllowAnonymous().ExcludeFromDescription();

    private static IResult Serve(string name, string? v, HttpContext context)
    {
        if (!All.TryGetValue(name, out var asset)) return TypedResults.NotFound();
        context.Response.Headers.CacheControl = v == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var isZipped = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase);
        if (isZipped) context.Response.Headers.ContentEncoding = "br";
        return TypedResults.Bytes(isZipped ? asset.Zipped.Value : asset.Content, asset.MediaType, entityTag: new EntityTagHeaderValue($"\"{asset.Version}{(isZipped ? "-br" : "")}\""));
    }

    private static byte[] Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private sealed record Asset(string Name, byte[] Content)
    {
        public string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, 8));

        public string MediaType { get; } = Path.GetExtension(Name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };

        // Once for each process that is asked for it.
        public Lazy<byte[]> Zipped { get; } = new(() =>
        {
            using var zipped = new MemoryStream();
            using (var brotli = new BrotliStream(zipped, CompressionLevel.Optimal)) brotli.Write(Content);
            return zipped.ToArray();
        });
    }
}
