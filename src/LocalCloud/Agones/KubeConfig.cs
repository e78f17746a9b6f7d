using System.Text;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Writes a kubeconfig with one context a cluster, so that every Kubernetes client finds them as it finds real ones.</summary>
internal static class KubeConfig
{
    /// <summary>Writes the file; the first cluster's context is the current one. Readable by its owner only: it holds tokens.</summary>
    public static async Task WriteAsync(string path, IReadOnlyList<LocalCluster> clusters, CancellationToken cancellationToken)
    {
        if (clusters.Count == 0) throw new ArgumentException("a kubeconfig needs at least one cluster", nameof(clusters));
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(path, Encoding.UTF8, options);
        await writer.WriteAsync(Compose(clusters).AsMemory(), cancellationToken);
    }

    public static string Compose(IReadOnlyList<LocalCluster> clusters)
    {
        var text = new StringBuilder()
            .AppendLine("apiVersion: v1").AppendLine("kind: Config").Append("current-context: ").AppendLine(clusters[0].Name)
            .AppendLine("clusters:");
        foreach (var cluster in clusters)
        {
            text.Append("- name: ").AppendLine(cluster.Name).AppendLine("  cluster:").Append("    server: ").AppendLine(cluster.Endpoint);
        }

        text.AppendLine("users:");
        foreach (var cluster in clusters)
        {
            text.Append("- name: ").AppendLine(cluster.Name);
            if (cluster.Token is null) text.AppendLine("  user: {}");
            else text.AppendLine("  user:").Append("    token: ").AppendLine(cluster.Token);
        }

        text.AppendLine("contexts:");
        foreach (var cluster in clusters)
        {
            text.Append("- name: ").AppendLine(cluster.Name).AppendLine("  context:")
                .Append("    cluster: ").AppendLine(cluster.Name)
                .Append("    user: ").AppendLine(cluster.Name)
                .AppendLine("    namespace: default");
        }

        return text.ToString();
    }
}
