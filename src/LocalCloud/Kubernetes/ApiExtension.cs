using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>A resource that is served by code instead of the store, as an aggregated API is.</summary>
/// <param name="Group">API group.</param>
/// <param name="Version">API version.</param>
/// <param name="Plural">Resource in paths.</param>
/// <param name="Discovery">Its entry in the group's APIResourceList.</param>
/// <param name="HandleAsync">Answers a request; it has been authenticated.</param>
internal sealed record ApiExtension(
    string Group, string Version, string Plural, Func<JsonObject> Discovery, Func<HttpContext, ApiRequest, Task> HandleAsync);
