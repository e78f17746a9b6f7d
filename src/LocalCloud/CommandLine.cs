using System.CommandLine;
using FleetSystem.LocalCloud.Hosting;
using Microsoft.Extensions.Options;

namespace FleetSystem.LocalCloud;

/// <summary>The command line: what it says goes over the configuration file, and that over the defaults.</summary>
internal static class CommandLine
{
    private static readonly Option<FileInfo> Config = new("--config") { Description = "Configuration file (JSON), section LocalCloud." };
    private static readonly Option<string> Data = new("--data") { Description = "Directory of what outlives a run." };
    private static readonly Option<int?> Simulated = new("--simulated-servers") { Description = "Ready servers a region without a process behind them, for load." };
    private static readonly Option<bool> SeparateHosts = new("--separate-hosts") { Description = "Run FleetManager and Matchmaker as processes of their own." };
    private static readonly Option<int?> Cluster = new("--cluster") { Description = "Run a cluster: that many FleetManagers (2 to 5) and two Matchmakers as processes, on DynamoDB Local." };
    private static readonly Option<bool> NoAccess = new("--no-access") { Description = "Let everybody on this machine call both APIs without a key." };
    private static readonly Option<int?> ApiPort = new("--api-port") { Description = "Port of the players' API (8080)." };
    private static readonly Option<int?> OpsPort = new("--ops-port") { Description = "Port of the operators' API (8081)." };
    private static readonly Option<int?> GrpcPort = new("--grpc-port") { Description = "Port of the players' API over gRPC (8082)." };
    private static readonly Option<int?> AllocatorPort = new("--allocator-port") { Description = "Port of the drop-in for agones-allocator, REST; gRPC follows (8083)." };
    private static readonly Option<int?> AcceleratorPort = new("--accelerator-port") { Description = "Port of the Global Accelerator API (8090)." };
    private static readonly Option<int?> KubernetesPort = new("--kubernetes-port") { Description = "Port of the first region's Kubernetes API (8101)." };
    private static readonly Option<int?> NlbPort = new("--nlb-port") { Description = "UDP port of the first region's NLB (7701)." };
    private static readonly Option<int?> SiloPort = new("--silo-port") { Description = "Port of the first silo (11111)." };
    private static readonly Option<int?> DynamoDBPort = new("--dynamodb-port") { Description = "Port of DynamoDB Local, in a cluster (8000)." };
    private static readonly Option<FileInfo> Report = new("--json") { Description = "File for the tour's report." };

    /// <summary>Makes the root command.</summary>
    /// <param name="run">Runs the cloud until it is cancelled.</param>
    /// <param name="tour">Runs the tour and writes its report to the file, if one is given.</param>
    public static RootCommand Create(Func<LocalCloudOptions, CancellationToken, Task<int>> run, Func<LocalCloudOptions, FileInfo?, CancellationToken, Task<int>> tour)
    {
        var root = new RootCommand("FleetSystem on this machine: Agones clusters, Global Accelerator, NLBs, silos and game servers on loopback.");
        foreach (var option in new Option[] { Config, Data, Simulated, SeparateHosts, Cluster, NoAccess, ApiPort, OpsPort, GrpcPort, AllocatorPort, AcceleratorPort, KubernetesPort, NlbPort, SiloPort, DynamoDBPort })
        {
            option.Recursive = true;
            root.Add(option);
        }

        root.SetAction((parsed, cancellationToken) => GuardAsync(() => run(Read(parsed, isTour: false), cancellationToken)));
        var tourCommand = new Command("tour", "Runs the main job in one go and shows each step.") { Report };
        tourCommand.SetAction((parsed, cancellationToken) => GuardAsync(() => tour(Read(parsed, isTour: true), parsed.GetValue(Report), cancellationToken)));
        root.Add(tourCommand);

        var kind = new Argument<string>("kind");
        var hostCommand = new Command(HostCommand.Name, "Runs one host of the cell.") { kind };
        hostCommand.Hidden = true;
        hostCommand.SetAction((parsed, cancellationToken) => GuardAsync(() =>
            HostCommand.RunAsync(parsed.GetRequiredValue(kind), parsed.GetRequiredValue(Config).FullName, parsed.GetRequiredValue(Data), cancellationToken)));
        root.Add(hostCommand);
        return root;
    }

    private static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explanation)
        {
            StartFault.Show(explanation);
            return 1;
        }
    }

    private static LocalCloudOptions Read(ParseResult parsed, bool isTour)
    {
        var configuration = new ConfigurationBuilder();
        if (parsed.GetValue(Config) is { } file)
        {
            if (!file.Exists) throw new OptionsValidationException(LocalCloudOptions.Section, typeof(LocalCloudOptions), [$"--config: {file.FullName} does not exist."]);
            configuration.AddJsonFile(file.FullName, optional: false);
        }

        var options = new LocalCloudOptions();
        configuration.Build().GetSection(LocalCloudOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        if (options.Regions.Count == 0) options.Regions = ["ap-northeast-2", "us-west-2"];
        if (parsed.GetValue(Data) is { } data) options.DataDirectory = Path.GetFullPath(data);

        // The tour starts from nothing every time, so that what it shows does not depend on what ran before.
        else if (isTour) options.DataDirectory = Directory.CreateTempSubdirectory("fleetsystem-tour-").FullName;
        if (parsed.GetValue(Simulated) is { } simulated) options.SimulatedServers = simulated;
        options.SeparateHosts |= parsed.GetValue(SeparateHosts);
        options.Access &= !parsed.GetValue(NoAccess);
        if (parsed.GetValue(Cluster) is { } cluster) options.Cluster = cluster;
        if (parsed.GetValue(ApiPort) is { } api) options.ApiPort = api;
        if (parsed.GetValue(OpsPort) is { } ops) options.OperationsPort = ops;
        if (parsed.GetValue(GrpcPort) is { } grpc) options.GrpcPort = grpc;
        if (parsed.GetValue(AllocatorPort) is { } allocator) options.AllocatorPort = allocator;
        if (parsed.GetValue(AcceleratorPort) is { } accelerator) options.AcceleratorApiPort = accelerator;
        if (parsed.GetValue(KubernetesPort) is { } kubernetes) options.KubernetesPort = kubernetes;
        if (parsed.GetValue(NlbPort) is { } nlb) options.LoadBalancerPort = nlb;
        if (parsed.GetValue(SiloPort) is { } silo) options.SiloPort = silo;
        if (parsed.GetValue(DynamoDBPort) is { } dynamo) options.DynamoDBPort = dynamo;

        var faults = new LocalCloudOptionsValidator().Validate(null, options).Failures?.ToList() ?? [];
        if (isTour && options.SimulatedServers > 0) faults.Add("The tour plays on real servers: leave --simulated-servers out.");
        return faults.Count == 0 ? options : throw new OptionsValidationException(LocalCloudOptions.Section, typeof(LocalCloudOptions), faults);
    }
}
