using FleetSystem.FleetManager;

await FleetManagerHost.Build(args).RunAsync();
