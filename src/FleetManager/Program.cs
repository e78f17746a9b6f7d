using FleetSystem.FleetManager;
using FleetSystem.SiloHost;

return await HostProgram.RunAsync("FleetManager", args, rest => FleetManagerHost.Build(rest));
