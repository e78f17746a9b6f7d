using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Defaults and refusals for GameServers that clients create.</summary>
internal sealed class GameServerAdmission : IAdmission
{
    private const string WebhookPrefix = "admission webhook \"validations.agones.dev\" denied the request: ";

    public void Admit(JsonObject body, JsonObject? current)
    {
        // Later writes are free, as they are on a real cluster: the SDK, controllers and operators all make them.
        if (current is not null) return;
        var name = body.Child("metadata").Text("name") ?? "";
        var causes = GameServerDefaults.Faults(body.Ensure("spec"), "").ToList();
        if (causes.Count > 0) throw ApiException.Invalid(AgonesKinds.GameServer, name, causes, WebhookPrefix);
        body.Remove("status");
        GameServerDefaults.Complete(body);
    }
}
