using System.Globalization;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// The writing verbs of the API on a store: what a client may change, the order of checks and the words of refusals. Controllers, which
/// the real system trusts, write to the store directly.
/// </summary>
internal sealed class ResourceOperations(ObjectStore store)
{
    // The API server validates metadata once for each layer of a custom resource, and reports each time.
    private const int MetadataValidations = 3;

    public StoredObject Create(ResourceKind kind, string? @namespace, JsonObject body)
    {
        CheckType(kind, body);
        var metadata = body.Ensure("metadata");
        if (kind.Namespaced)
        {
            metadata["namespace"] ??= @namespace;
            if (metadata.Text("namespace") != @namespace)
            {
                throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
            }

            if (store.Get(CoreKinds.Namespace, @namespace!) is null) throw ApiException.NotFound(CoreKinds.Namespace, @namespace!);
        }

        if (metadata.Text("name") is null or "" && metadata.Text("generateName") is null or "")
        {
            throw ApiException.Invalid(kind, "", [new("FieldValueRequired", "Required value: name or generateName is required", "metadata.name")]);
        }

        if (metadata["resourceVersion"].Text() is { Length: > 0 })
        {
            throw ApiException.BadRequest("resourceVersion should not be set on objects to be created");
        }

        if (kind.StatusSubresource && kind.Custom) body.Remove("status");
        kind.Admission?.Admit(body, null);
        CheckMetadata(kind, body);
        return store.Create(kind, body);
    }

    public StoredObject Get(ResourceKind kind, string? @namespace, string name) =>
        store.Get(kind, kind.Key(@namespace, name)) ?? throw ApiException.NotFound(kind, name);

    public StoredObject Replace(ResourceKind kind, string? @namespace, string name, string? subresource, JsonObject body)
    {
        CheckType(kind, body);
        var current = Get(kind, @namespace, name);
        if (body.Child("metadata").Text("name") is { } named && named != name)
        {
            throw ApiException.BadRequest($"the name of the object ({named}) does not match the name on the URL ({name})");
        }

        if (kind.Custom && body.Child("metadata").Text("resourceVersion") is null or "")
        {
            throw ApiException.Invalid(kind.GroupResource, kind.Group, kind.Plural, name,
                [new("FieldValueInvalid", "Invalid value: 0: must be specified for an update", "metadata.resourceVersion")]);
        }

        return Store(current, subresource, body) ?? throw ApiException.Conflict(kind, name);
    }

    /// <summary>Applies a patch; one without a resourceVersion is tried again when others write meanwhile.</summary>
    public StoredObject Patch(ResourceKind kind, string? @namespace, string name, string? subresource, Func<JsonObject, JsonObject> patch)
    {
        while (true)
        {
            var current = Get(kind, @namespace, name);
            var patched = patch(current.ToJson());
            if (Store(current, subresource, patched) is { } stored) return stored;
        }
    }

    public Deletion Delete(ResourceKind kind, string? @namespace, string name, DeletionOptions options) =>
        store.Delete(kind, kind.Key(@namespace, name), options) ?? throw ApiException.NotFound(kind, name);

    public static JsonObject ReadScale(StoredObject stored)
    {
        var body = stored.ToJson();
        var property = stored.Kind.ScaleProperty!;
        var metadata = body.Child("metadata")!;
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = stored.Name,
                ["namespace"] = stored.Namespace,
                ["uid"] = stored.Uid,
                ["resourceVersion"] = metadata["resourceVersion"]!.DeepClone(),
                ["creationTimestamp"] = metadata["creationTimestamp"]!.DeepClone(),
            },
            ["spec"] = new JsonObject { ["replicas"] = body.Child("spec").Integer(property) ?? 0 },
            ["status"] = new JsonObject { ["replicas"] = body.Child("status").Integer(property) ?? 0 },
        };
    }

    /// <summary>Changes the number of replicas through the Scale object.</summary>
    public StoredObject ChangeScale(ResourceKind kind, string? @namespace, string name, Func<JsonObject, JsonObject> change)
    {
        while (true)
        {
            var current = Get(kind, @namespace, name);
            var scale = change(ReadScale(current));
            if (scale.Child("spec").Integer("replicas") is not { } replicas || replicas < 0)
            {
                throw ApiException.Invalid("Scale.autoscaling", "autoscaling", "Scale", name,
                    [new("FieldValueInvalid", $"Invalid value: {scale.Child("spec")?["replicas"]?.ToJsonString() ?? "null"}: must be greater than or equal to 0", "spec.replicas")]);
            }

            CheckVersion(current, scale);
            var body = current.ToJson();
            body.Ensure("spec")[kind.ScaleProperty!] = replicas;
            if (store.TryReplace(current, body) is { } stored) return stored;
        }
    }

    private StoredObject? Store(StoredObject current, string? subresource, JsonObject body)
    {
        CheckVersion(current, body);
        if (body.Child("metadata").Text("uid") is { Length: > 0 } uid && uid != current.Uid)
        {
            throw ApiException.Conflict(current.Kind, current.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        var before = current.ToJson();
        if (subresource == "status")
        {
            var after = current.ToJson();
            after["status"] = body["status"]?.DeepClone();
            body = after;
        }
        else
        {
            KeepSystemMetadata(before.Child("metadata")!, body.Ensure("metadata"));
            body["apiVersion"] ??= current.Kind.ApiVersion;
            body["kind"] ??= current.Kind.Kind;
            if (current.Kind.StatusSubresource) Restore(before, body, "status");
            current.Kind.Admission?.Admit(body, before);
            CheckMetadata(current.Kind, body);
        }

        return store.TryReplace(current, body);
    }

    // What only the system sets stays as it is, whatever a client sends.
    private static void KeepSystemMetadata(JsonObject before, JsonObject after)
    {
        foreach (var property in (ReadOnlySpan<string>)["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName"])
        {
            Restore(before, after, property);
        }
    }

    private static void Restore(JsonObject before, JsonObject after, string property)
    {
        if (before.TryGetPropertyValue(property, out var value)) after[property] = value?.DeepClone();
        else after.Remove(property);
    }

    private static void CheckVersion(StoredObject current, JsonObject body)
    {
        if (body.Child("metadata")?["resourceVersion"] is not { } asked) return;
        var version = asked.Text() ?? asked.ToJsonString();
        if (version.Length > 0 && version != current.ResourceVersion.ToString(CultureInfo.InvariantCulture))
        {
            throw ApiException.Conflict(current.Kind, current.Name);
        }
    }

    private static void CheckType(ResourceKind kind, JsonObject body)
    {
        body["apiVersion"] ??= kind.ApiVersion;
        body["kind"] ??= kind.Kind;
        if (body.Text("apiVersion") != kind.ApiVersion)
        {
            throw ApiException.BadRequest($"the API version in the data ({body.Text("apiVersion")}) does not match the expected API version ({kind.ApiVersion})");
        }

        if (body.Text("kind") != kind.Kind)
        {
            throw ApiException.BadRequest($"{body.Text("kind")} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: "
                + $"no kind \"{body.Text("kind")}\" is registered for version \"{kind.ApiVersion}\"");
        }
    }

    private static void CheckMetadata(ResourceKind kind, JsonObject body)
    {
        var metadata = body.Child("metadata");
        var causes = new List<StatusCause>();
        causes.AddRange(LabelRules.Faults(metadata.Child("labels"), "metadata.labels"));
        causes.AddRange(LabelRules.AnnotationFaults(metadata.Child("annotations"), "metadata.annotations"));
        if (causes.Count == 0) return;
        var reported = kind.Custom ? Enumerable.Repeat(causes, MetadataValidations).SelectMany(all => all) : causes;
        throw ApiException.Invalid(kind, metadata.Text("name") ?? "", [.. reported]);
    }
}
