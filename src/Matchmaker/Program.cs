using FleetSystem.Matchmaker;

await MatchmakerHost.Build(args).RunAsync();
