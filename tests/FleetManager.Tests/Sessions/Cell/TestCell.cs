using System.Security.Cryptography;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using FleetSystem.SiloHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;

namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>
/// A silo with the FleetManager's own services over clusters in memory. It has many regions that know nothing of each other, so that each
/// test gets its own (<see cref="NewLane"/>), and one clock that stands still unless somebody waits for something through the cell.
/// </summary>
internal sealed class TestCell : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("fleetsystem-cell-").FullName;
    private readonly int _regions;
    private readonly short _silos;
    private readonly Action<FleetManagerOptions>? _configure;
    private readonly Action<ISiloBuilder>? _store;
    private readonly Action<FleetSystemOptions>? _system;
    private InProcessTestCluster? _orleans;
    private IGrainFactory? _grains;
    private int _lanes;

    public TestCell(
        int regions, Action<FleetManagerOptions>? configure = null, Action<ISiloBuilder>? store = null, short silos = 1, Action<FleetSystemOptions>? system = null)
    {
        (_regions, _configure, _store, _silos, _system) = (regions, configure, store, silos, system);
        Agones = new FakeAgones(Clock);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    // Starts at the real time: Orleans' membership compares both.
    // Reading it moves it by a tick: Orleans waits until a time in a loop, and the last part of a millisecond, which Task.Delay rounds away, would
    // never pass on a clock that stands still while it wakes those who wait.
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow()) { AutoAdvanceAmount = TimeSpan.FromTicks(1) };

    public FakeAgones Agones { get; }

    public TestGrainStorage Store { get; } = new();

    public RecordedLogs Logs { get; } = new();

    public RecordedQueues Queues { get; } = new();

    public FakeControlPlane Accelerators { get; } = new();

    public string KeyFile => Path.Combine(_directory, "join.pem");

    public string DatabaseFile => Path.Combine(_directory, "cell.db");

    public IGrainFactory Grains => _grains ?? _orleans!.Client;

    public InProcessTestCluster Orleans => _orleans!;

    public async Task StartAsync()
    {
        var builder = new InProcessTestClusterBuilder(_silos);
        builder.ConfigureSilo((_, silo) =>
        {
            FleetManagerHost.AddServices(silo.Services, new ConfigurationBuilder().Build());
            silo.UseSiloZone("");
            silo.Services.AddSingleton<TimeProvider>(Clock);
            silo.Services.AddSingleton<IAgonesClusterFactory>(Agones);
            silo.Services.AddSingleton<IAcceleratorControlPlane>(Accelerators);
            silo.Services.AddSingleton(Queues);
            silo.Services.Configure<FleetSystemOptions>(ConfigureCell);
            silo.Services.Configure<FleetManagerOptions>(options =>
            {
                options.JoinTokenKeyFile = KeyFile;
                _configure?.Invoke(options);
            });
            if (_store is not null) _store(silo);
            else
            {
                silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => Store);
                silo.Services.AddSingleton<IGrainStateIndex>(Store);
            }

            silo.Configure<Orleans.Configuration.ClusterMembershipOptions>(membership =>
            {
                // The clock leaps ahead of the one by which the membership table is written.
                membership.NumMissedTableIAmAliveLimit = 1_000_000;

                // Nobody else is there to say that a silo is dead.
                membership.NumVotesForDeathDeclaration = 1;
                membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            });
            FleetManagerHost.AddLoops(silo.Services);
            silo.Services.AddLogging(logs => logs.AddProvider(Logs).SetMinimumLevel(LogLevel.Warning));
        });
        _orleans = builder.Build();

        // Orleans itself waits by the cell's clock here and there.
        try
        {
            await Wait(Task.WhenAny(_orleans.DeployAsync())).Unwrap();
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"The silo did not start. Its last words:{Environment.NewLine}{Logs.Last(20)}", fault);
        }

        // Else it depends on the moment which routes a test's first session has.
        var views = _orleans.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<IEdge>()).ToList();
        await Until(() => views.All(view => Enumerable.Range(0, _regions).All(number => view.View(new Lane(this, number).Region).Accelerator is not null)), "every silo has every port mapping", TimeSpan.FromMilliseconds(50));
    }

    /// <summary>Kills the silo that runs a grain; the others find out by themselves, and calls are made through one of them from now on.</summary>
    public async Task KillSiloOfAsync(IAddressable grain)
    {
        var address = await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        var victim = _orleans!.Silos.Single(silo => silo.SiloAddress.Equals(address));
        _grains = _orleans.Silos.First(silo => silo != victim).ServiceProvider.GetRequiredService<IGrainFactory>();
        await Wait(Task.WhenAny(_orleans.KillSiloAsync(victim))).Unwrap();
    }

    /// <summary>Stops the silo as a machine does that loses its power: nothing is written any more.</summary>
    public async Task KillAsync()
    {
        await Wait(Task.WhenAny(_orleans!.KillSiloAsync(_orleans.Silos[0]))).Unwrap();
        await Wait(Task.WhenAny(_orleans.DisposeAsync().AsTask())).Unwrap();
        (_orleans, _grains) = (null, null);
    }

    /// <summary>A region that no other test uses, with three zones and no servers.</summary>
    public Lane NewLane()
    {
        var number = Interlocked.Increment(ref _lanes) - 1;
        return number < _regions ? new Lane(this, number) : throw new InvalidOperationException($"The cell has {_regions} regions only.");
    }

    /// <summary>Lets time pass until something is done.</summary>
    public async Task<T> Wait<T>(Task<T> task, TimeSpan? step = null)
    {
        await Until(() => task.IsCompleted, "a task ends", step, task);
        return await task;
    }

    /// <summary>Lets time pass until something holds.</summary>
    public async Task Until(Func<bool> holds, string what, TimeSpan? step = null, Task? wake = null)
    {
        var late = Clock.GetUtcNow() + LongestWait;
        while (!holds())
        {
            if (Clock.GetUtcNow() > late) throw new TimeoutException($"Waited {LongestWait} of the cell's time for this: {what}. The silo's last words:{Environment.NewLine}{Logs.Last(20)}");
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Clock.Advance(step ?? TimeSpan.FromMilliseconds(5));

            // Not a wait for a result: it leaves the processor to the silo between two steps of its clock.
            var turn = Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            await (wake is null ? turn : Task.WhenAny(turn, wake));
        }
    }

    /// <summary>Lets so much time pass.</summary>
    public Task Pass(TimeSpan span, TimeSpan? step = null)
    {
        var end = Clock.GetUtcNow() + span;
        return Until(() => Clock.GetUtcNow() >= end, $"{span} passes", step);
    }

    public async ValueTask DisposeAsync()
    {
        if (_orleans is not null) await _orleans.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private void ConfigureCell(FleetSystemOptions options)
    {
        options.Cell = "test";
        for (var i = 0; i < _regions; i++)
        {
            var lane = new Lane(this, i);
            options.Regions.Add(new RegionOptions
            {
                Id = lane.Region,
                Zones = [lane.ZoneA, lane.ZoneB, lane.ZoneC],
                Accelerator = new AcceleratorOptions { Arn = $"arn:aws:globalaccelerator::1:accelerator/{lane.Region}" },
                StandardAccelerator = new StandardAcceleratorOptions { Arn = "arn:aws:globalaccelerator::1:accelerator/api", Endpoints = [new() { EndpointId = "nlb" }] },
                NetworkLoadBalancer = new NetworkLoadBalancerOptions { Address = "nlb.example", Port = 9000 },
            });
            options.Clusters.Add(new ClusterOptions { Id = lane.Blue.Id, Region = lane.Region, Priority = 0 });
            options.Clusters.Add(new ClusterOptions { Id = lane.Green.Id, Region = lane.Region, Priority = 1 });
        }

        options.Fleets.Add(new FleetOptions { Id = "arena" });
        options.Fleets.Add(new FleetOptions { Id = "fragile", LostServer = LostServerPolicy.Fail });
        options.Fleets.Add(new FleetOptions { Id = "rooms", Packing = new PackingOptions { Counter = "rooms" } });
        options.Fleets.Add(new FleetOptions { Id = "tables", Packing = new PackingOptions { List = "sessions", WhenEmpty = EmptyServerPolicy.Keep } });
        options.Fleets.Add(new FleetOptions { Id = "strict", ZonePolicy = ZonePolicy.Require });
        options.Fleets.Add(new FleetOptions { Id = "even", ZonePolicy = ZonePolicy.Spread, MaxZoneShare = 0.5 });
        options.Fleets.Add(new FleetOptions { Id = "crowded", MaxWaiting = 2 });
        _system?.Invoke(options);
    }
}
