using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FleetSystem.Benchmarks.Load;

/// <summary>The players' API: <c>POST /v1/tickets</c>. Each ticket is one player with a skill about 1000, near one of the regions.</summary>
internal sealed class TicketsTarget(HttpClient http, string queue, IReadOnlyList<string> regions, long seed)
{
    private const double MeanSkill = 1000;
    private const double SkillSpread = 200;
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>Regions that the service has.</summary>
    public static async Task<IReadOnlyList<string>> RegionsAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/regions");
        var json = await LoadRequests.SendAsync(http, request, static problem => LoadRequests.StringAt(problem, "code"));
        return [.. json.GetProperty("regions").EnumerateArray().Select(region => region.GetProperty("id").GetString()!)];
    }

    /// <summary>Creates a ticket.</summary>
    /// <param name="sequence">Counts the tickets.</param>
    /// <param name="random">Makes the player.</param>
    public async Task<string> CreateAsync(long sequence, Random random)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"load-{seed:x}-{sequence}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/tickets") { Content = new ByteArrayContent(Body(key, random)) { Headers = { ContentType = Json } } };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        var answer = await LoadRequests.SendAsync(http, request, static problem => LoadRequests.StringAt(problem, "code"));
        return LoadRequests.StringAt(answer, "ticketId") ?? throw new LoadException(200, "no ticket in the answer");
    }

    private byte[] Body(string player, Random random)
    {
        var skill = MeanSkill + (SkillSpread * (Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6));
        var home = random.Next(regions.Count);
        var latencies = string.Join(',', regions.Select((region, index) => string.Create(CultureInfo.InvariantCulture, $"\"{region}\":{(index == home ? random.Next(20, 60) : random.Next(110, 145))}")));
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $$$"""{"queue":"{{{JsonEncodedText.Encode(queue)}}}","players":[{"id":"{{{player}}}","latencyMilliseconds":{{{{latencies}}}},"attributes":{"skill":{{{skill:0.#}}}}}]}"""));
    }
}
