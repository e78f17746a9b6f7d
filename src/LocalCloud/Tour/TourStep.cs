using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Tour;

/// <summary>One step of the tour.</summary>
/// <param name="Name">Its name, as in the report.</param>
/// <param name="RunAsync">Does it, and returns what was seen. Fails with <see cref="TourFailedException"/> when the claim does not hold.</param>
internal sealed record TourStep(string Name, Func<CancellationToken, Task<JsonObject>> RunAsync);

/// <summary>What came of a step.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ok">Whether its claim held.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Detail">What was seen; of a failed step <c>error</c> says why.</param>
internal sealed record TourResult(string Name, bool Ok, long Milliseconds, JsonObject Detail);

/// <summary>A claim of the tour does not hold.</summary>
internal sealed class TourFailedException(string message) : Exception(message);
