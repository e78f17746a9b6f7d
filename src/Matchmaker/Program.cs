using FleetSystem.Matchmaker;
using FleetSystem.SiloHost;

return await HostProgram.RunAsync("Matchmaker", args, rest => MatchmakerHost.Build(rest));
