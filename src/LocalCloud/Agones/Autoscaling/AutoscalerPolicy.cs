using System.Globalization;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Autoscaling;

/// <summary>How many replicas a policy wants.</summary>
/// <param name="Replicas">The number, within the policy's bounds.</param>
/// <param name="Limited">Whether a bound decided it.</param>
internal readonly record struct DesiredReplicas(int Replicas, bool Limited);

/// <summary>The Buffer policy: so many servers more than are Allocated, as a number or as a share of all.</summary>
internal static class BufferPolicy
{
    public static DesiredReplicas Decide(JsonObject buffer, int allocated)
    {
        var wanted = buffer.Text("bufferSize") is { } share && share.EndsWith('%')
            ? OfShare(share, allocated)
            : allocated + (int)(buffer.Integer("bufferSize") ?? 0);
        var least = (int)(buffer.Integer("minReplicas") ?? 0);
        var most = (int)(buffer.Integer("maxReplicas") ?? int.MaxValue);
        var bounded = Math.Min(Math.Max(wanted, least), most);
        return new DesiredReplicas(bounded, bounded != wanted);
    }

    // A buffer of 20 % means that a fifth of all servers is free, so four fifths are the Allocated ones.
    private static int OfShare(string share, int allocated)
    {
        var percent = int.Parse(share.AsSpan(0, share.Length - 1), CultureInfo.InvariantCulture);
        return (int)Math.Ceiling(allocated * 100.0 / (100 - percent));
    }
}
