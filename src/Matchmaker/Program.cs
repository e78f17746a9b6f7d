using FleetSystem.Matchmaker;
using FleetSystem.Matchmaker.RuleSets;
using FleetSystem.SiloHost;

return RuleSetCheck.FileIn(args) is { } file
    ? RuleSetCheck.Run(file, Console.Out, Console.Error)
    : await HostProgram.RunAsync("Matchmaker", args, rest => MatchmakerHost.Build(rest));
