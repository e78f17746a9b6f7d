using FleetSystem.FleetManager.Storage;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Storage;

public sealed class SqliteGrainStorageConformanceTests : GrainStorageConformance
{
    private readonly SqliteTestStore _store = new();

    protected override IGrainStateIndex Index => _store.Storage!;

    protected override CrashWriterTarget CrashWriter => CrashWriterTarget.Sqlite(_store.Path);

    protected override async Task DuringOutageAsync(Func<Task> action)
    {
        using (var other = _store.Connect())
        {
            SqliteDatabase.Execute(other, "BEGIN IMMEDIATE");
            await action();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DisposeAsync();
    }

    protected override async Task<IGrainStorage> OpenAsync() => await _store.OpenAsync(options => options.BusyTimeout = TimeSpan.FromMilliseconds(100));

    protected override Task CloseAsync() => _store.CloseAsync();
}
