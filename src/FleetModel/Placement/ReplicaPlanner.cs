using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Placement;

/// <summary>How many servers an Agones Fleet should have, by those that are allocated and those that sessions wait for.</summary>
public static class ReplicaPlanner
{
    /// <summary>
    /// Every allocated server, one for each waiting session, and the buffer, within the bounds. Of a fleet that consists of several Agones
    /// Fleets, over zones or clusters, each takes its part of those who wait, so that together they grow by as many as are wanted. One that
    /// cannot grow leaves its part waiting, and the parts of the others follow from those who still wait.
    /// </summary>
    /// <param name="options">Buffer and bounds.</param>
    /// <param name="allocated">Servers of the Agones Fleet that are allocated.</param>
    /// <param name="waiting">Sessions that wait for the fleet in the region.</param>
    /// <param name="part">Which of the parts the Agones Fleet is, from 0.</param>
    /// <param name="parts">Agones Fleets in clusters that take sessions; 0 when this one's cluster takes none.</param>
    public static int Plan(AutoscalerOptions options, int allocated, int waiting, int part, int parts)
    {
        var share = parts == 0 ? 0 : (waiting / parts) + (part < waiting % parts ? 1 : 0);
        return (int)Math.Clamp((long)allocated + share + options.BufferSize, options.MinReplicas, options.MaxReplicas);
    }
}
