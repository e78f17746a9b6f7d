using FleetSystem.LocalCloud;

return await CommandLine.Create(RunCommand.RunAsync, TourCommand.RunAsync).Parse(args).InvokeAsync();
