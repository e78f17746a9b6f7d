using FleetSystem.FleetManager.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>A grain with a stored state.</summary>
public interface INoteGrain : IGrainWithStringKey
{
    Task<string> Read();

    Task Write(string text);
}

public sealed class NoteGrain([PersistentState("note")] IPersistentState<TestState> note) : Grain, INoteGrain
{
    public Task<string> Read() => Task.FromResult(note.State.Text);

    public Task Write(string text)
    {
        note.State = note.State with { Text = text };
        return note.WriteStateAsync();
    }
}

public sealed class SqliteSiloTests : IAsyncDisposable
{
    private readonly SqliteTestStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Silo_StartedAgain_FindsItsGrainsState()
    {
        await using (var first = await StartAsync(options => options.Path = _store.Path))
        {
            await first.Client.GetGrain<INoteGrain>("한국/1").Write("kept");
        }

        await using var second = await StartAsync(options => options.Path = _store.Path);
        var listed = new List<GrainId>();
        await foreach (var entry in second.Silos[0].ServiceProvider.GetRequiredService<IGrainStateIndex>().ListAsync("note", TestContext.Current.CancellationToken))
            listed.Add(entry.GrainId);

        var note = second.Client.GetGrain<INoteGrain>("한국/1");
        Assert.Equal([note.GetGrainId()], listed);
        Assert.Equal("kept", await note.Read());
        await note.Write("changed");
    }

    [Fact]
    public async Task Silo_DatabaseCannotBeOpened_DoesNotStartAndSaysWhy()
    {
        Directory.CreateDirectory(_store.Path);

        var e = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(options => options.Path = _store.Path));

        Assert.Contains($"The grain storage {_store.Path} (Storage:Sqlite:Path) cannot be opened: it is a folder", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_OptionsInvalid_DoesNotStartAndNamesEveryKey()
    {
        var e = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(options => options.MaxBatch = 0));

        var faults = Assert.IsType<OptionsValidationException>(e.GetBaseException()).Failures;
        Assert.Contains(faults, fault => fault.StartsWith("Storage:Sqlite:Path ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("Storage:Sqlite:MaxBatch ", StringComparison.Ordinal));
    }

    private static async Task<InProcessTestCluster> StartAsync(Action<SqliteStorageOptions> configure)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.AddSqliteGrainStorageAsDefault(configure));
        var cluster = builder.Build();
        try
        {
            await cluster.DeployAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
