using FleetSystem.Matchmaker;
using FleetSystem.SiloHost;

return await HostProgram.RunAsync("Matchmaker", () => MatchmakerHost.Build(args), Console.Error);
