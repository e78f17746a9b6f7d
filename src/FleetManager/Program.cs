using FleetSystem.FleetManager;
using FleetSystem.SiloHost;

return await HostProgram.RunAsync("FleetManager", () => FleetManagerHost.Build(args), Console.Error);
