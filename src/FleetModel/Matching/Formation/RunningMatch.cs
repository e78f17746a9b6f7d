namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A running match that asks for players. Its members are kept as tickets of one player each that wait for nothing.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Created">When it began to wait, in ticks.</param>
/// <param name="Expires">When it is given up, in ticks.</param>
/// <param name="Region">Index of the region in which it runs; -1 when that does not matter.</param>
/// <param name="Members">Who is in it, with their teams.</param>
internal sealed record RunningMatch(string Id, long Created, long Expires, int Region, (int Team, int Ticket)[] Members)
{
    /// <summary>The member who stands for it where neighbours are looked for.</summary>
    public int First => Members[0].Ticket;
}
