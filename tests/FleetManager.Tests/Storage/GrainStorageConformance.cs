using FleetSystem.FleetManager.Storage;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>
/// What every grain storage of this system must do. A provider's tests derive from it and say how to open and close the store;
/// closing and opening again must find the same data.
/// </summary>
public abstract class GrainStorageConformance : IAsyncLifetime
{
    protected const string Name = "session";

    protected IGrainStorage Storage { get; private set; } = null!;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Storage = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IGrainStorage> OpenAsync();

    protected abstract Task CloseAsync();

    /// <summary>The index over the store that is open.</summary>
    protected abstract IGrainStateIndex Index { get; }

    /// <summary>Makes every write fail while something is done; afterwards the store works again.</summary>
    protected abstract Task DuringOutageAsync(Func<Task> action);

    /// <summary>How another process opens the same store.</summary>
    protected abstract CrashWriterTarget CrashWriter { get; }

    [Fact]
    public async Task ReadState_NothingStored_GivesDefaultStateWithoutETag()
    {
        var state = await ReadAsync(Grain("absent"));

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal("", state.State.Text);
    }

    [Fact]
    public async Task ReadState_AfterRowIsGone_ResetsWhatTheCallerHeld()
    {
        var held = new TestGrainState(new TestState { Text = "stale" }, "7.7");

        await Storage.ReadStateAsync(Name, Grain("gone"), held);

        Assert.False(held.RecordExists);
        Assert.Null(held.ETag);
        Assert.Equal("", held.State.Text);
    }

    [Fact]
    public async Task WriteState_New_IsReadBackWithEveryMember()
    {
        var written = new TestState
        {
            Text = "a\u0000b\n\"\\ 한국어 😀 <&>",
            Number = int.MinValue,
            Phase = TestPhase.Allocated,
            At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(9)),
            Players = [new TestPlayer("p1", 0.1), new TestPlayer("p2", double.PositiveInfinity)],
            Attributes = { ["Map Name"] = "사막", [""] = "" },
        };

        var state = await CreateAsync(Grain("whole"), written);
        var read = await ReadAsync(Grain("whole"));

        Assert.True(state.RecordExists);
        Assert.True(read.RecordExists);
        Assert.Equal(state.ETag, read.ETag);
        Assert.Equivalent(written, read.State, strict: true);
    }

    [Fact]
    public async Task WriteState_Update_ReplacesStateAndETag()
    {
        var state = await CreateAsync(Grain("update"), "first");
        var first = state.ETag;
        state.State = new TestState { Text = "second" };

        await Storage.WriteStateAsync(Name, Grain("update"), state);
        var read = await ReadAsync(Grain("update"));

        Assert.NotEqual(first, state.ETag);
        Assert.Equal(state.ETag, read.ETag);
        Assert.Equal("second", read.State.Text);
    }

    [Fact]
    public async Task WriteState_StoreReopened_IsStillThere()
    {
        var state = await CreateAsync(Grain("kept"), "kept");

        await CloseAsync();
        Storage = await OpenAsync();
        var read = await ReadAsync(Grain("kept"));

        Assert.Equal("kept", read.State.Text);
        Assert.Equal(state.ETag, read.ETag);
        await Storage.WriteStateAsync(Name, Grain("kept"), state);
    }

    [Fact]
    public async Task WriteState_StaleETag_IsRefusedAndChangesNothing()
    {
        var state = await CreateAsync(Grain("stale"), "first");
        var stale = new TestGrainState(new TestState { Text = "lost" }, state.ETag);
        state.State = new TestState { Text = "second" };
        await Storage.WriteStateAsync(Name, Grain("stale"), state);
        var before = stale.ETag;

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync(Name, Grain("stale"), stale));

        Assert.Equal(before, stale.ETag);
        Assert.Equal("second", (await ReadAsync(Grain("stale"))).State.Text);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("not an etag of this store")]
    [InlineData("")]
    public async Task WriteState_UnknownETag_IsRefused(string etag)
    {
        var state = new TestGrainState(new TestState { Text = "x" }, etag);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync(Name, Grain("unknown"), state));

        Assert.False((await ReadAsync(Grain("unknown"))).RecordExists);
    }

    [Fact]
    public async Task WriteState_ETagOfAnotherGrain_IsRefused()
    {
        var other = await CreateAsync(Grain("other"), "other");
        await CreateAsync(Grain("mine"), "mine");
        var state = new TestGrainState(new TestState { Text = "x" }, other.ETag);

        // Unlucky stores number versions per grain; then the ETag is simply right and the write is an update.
        if (other.ETag != (await ReadAsync(Grain("mine"))).ETag)
            await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync(Name, Grain("mine"), state));

        Assert.Equal("other", (await ReadAsync(Grain("other"))).State.Text);
    }

    [Fact]
    public async Task WriteState_NewOverExisting_IsRefused()
    {
        await CreateAsync(Grain("existing"), "first");

        await Assert.ThrowsAsync<InconsistentStateException>(() => CreateAsync(Grain("existing"), "second"));

        Assert.Equal("first", (await ReadAsync(Grain("existing"))).State.Text);
    }

    [Fact]
    public async Task ClearState_CurrentETag_RemovesTheState()
    {
        var state = await CreateAsync(Grain("clear"), "x");

        await Storage.ClearStateAsync(Name, Grain("clear"), state);

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.False((await ReadAsync(Grain("clear"))).RecordExists);
    }

    [Fact]
    public async Task ClearState_StaleETag_IsRefusedAndKeepsTheState()
    {
        var state = await CreateAsync(Grain("clear-stale"), "first");
        var stale = new TestGrainState(new TestState(), state.ETag);
        await Storage.WriteStateAsync(Name, Grain("clear-stale"), state);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync(Name, Grain("clear-stale"), stale));

        Assert.True((await ReadAsync(Grain("clear-stale"))).RecordExists);
    }

    [Fact]
    public async Task ClearState_NoETag_NeedsAbsence()
    {
        await CreateAsync(Grain("clear-existing"), "first");

        await Storage.ClearStateAsync(Name, Grain("clear-absent"), new TestGrainState(new TestState()));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.ClearStateAsync(Name, Grain("clear-existing"), new TestGrainState(new TestState())));

        Assert.True((await ReadAsync(Grain("clear-existing"))).RecordExists);
    }

    [Fact]
    public async Task WriteState_ClearedAndCreatedAgain_OldETagStaysInvalid()
    {
        var state = await CreateAsync(Grain("again"), "first");
        var old = new TestGrainState(new TestState { Text = "lost" }, state.ETag);
        await Storage.ClearStateAsync(Name, Grain("again"), state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync(Name, Grain("again"), old));
        await CreateAsync(Grain("again"), "second");

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync(Name, Grain("again"), old));

        Assert.Equal("second", (await ReadAsync(Grain("again"))).State.Text);
    }

    [Fact]
    public async Task WriteState_StateNames_AreApart()
    {
        await CreateAsync(Grain("names"), "session");
        var other = new TestGrainState(new TestState { Text = "fleet" });

        await Storage.WriteStateAsync("fleet", Grain("names"), other);
        await Storage.ClearStateAsync("fleet", Grain("names"), other);

        Assert.Equal("session", (await ReadAsync(Grain("names"))).State.Text);
    }

    [Fact]
    public async Task WriteState_SameETagAtOnce_OneWins()
    {
        var state = await CreateAsync(Grain("race"), "start");
        var writers = Enumerable.Range(0, 64)
            .Select(i => new TestGrainState(new TestState { Number = i }, state.ETag))
            .ToList();

        var outcomes = await Task.WhenAll(writers.Select(writer => TryWriteAsync(Grain("race"), writer)));

        var winner = Assert.Single(writers.Zip(outcomes), pair => pair.Second).First;
        var read = await ReadAsync(Grain("race"));
        Assert.Equal(winner.State.Number, read.State.Number);
        Assert.Equal(winner.ETag, read.ETag);
    }

    [Fact]
    public async Task WriteState_CreatedAtOnce_OneWins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64)
            .Select(i => TryWriteAsync(Grain("create-race"), new TestGrainState(new TestState { Number = i }))));

        Assert.Single(outcomes, won => won);
    }

    [Fact]
    public async Task WriteState_CountersWithRetry_LoseNoIncrement()
    {
        const int Writers = 16, Increments = 20;
        await CreateAsync(Grain("counter"), new TestState());

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => IncrementAsync(Grain("counter"), Increments))));

        Assert.Equal(Writers * Increments, (await ReadAsync(Grain("counter"))).State.Number);
    }

    [Fact]
    public async Task WriteState_UnusualKeys_AreKeptApart()
    {
        string[] keys = ["a", "A", "ä", "a\u0308", "세션-1", "세션-2", "😀", "a/b", "a b", "a'b\"c;--", "%", "_", new string('k', 500)];
        foreach (var key in keys)
            await CreateAsync(Grain(key), key);

        foreach (var key in keys)
            Assert.Equal(key, (await ReadAsync(Grain(key))).State.Text);
        Assert.Equal(keys.Length, (await ListAsync(Name)).Count);
    }

    [Fact]
    public async Task WriteState_300KilobyteStates_AreReadBack()
    {
        var random = new Random(3);
        var texts = Enumerable.Range(0, 20).Select(_ => string.Create(300_000, random, static (chars, r) =>
        {
            foreach (ref var c in chars)
                c = (char)r.Next('a', 'z' + 1);
        })).ToList();

        await Task.WhenAll(texts.Select((text, i) => CreateAsync(Grain($"large-{i}"), text)));

        for (var i = 0; i < texts.Count; i++)
            Assert.Equal(texts[i], (await ReadAsync(Grain($"large-{i}"))).State.Text);
    }

    [Fact]
    public async Task ReadState_WhileOthersWrite_SeesOnlyWholeStates()
    {
        await CreateAsync(Grain("torn"), new TestState { Number = 0, Text = "0" });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var writer = Task.Run(() => IncrementAsync(Grain("torn"), 300), Cancelled);
        var last = 0;

        while (!writer.IsCompleted)
        {
            var read = await ReadAsync(Grain("torn"));
            Assert.InRange(read.State.Number, last, 300);
            last = read.State.Number;
        }

        await writer;
        Assert.Equal(300, (await ReadAsync(Grain("torn"))).State.Number);
    }

    [Fact]
    public async Task WriteState_ProcessKilled_KeepsAllThatWasAcknowledged()
    {
        await CloseAsync();
        var acknowledged = new List<string>();
        using (var process = CrashWriter.Start())
        {
            while (await process.StandardOutput.ReadLineAsync(Cancelled) is { } line)
            {
                if (line.Split(' ') is ["acknowledged", var key])
                    acknowledged.Add(key);
                if (acknowledged.Count == 2_000)
                    process.Kill(); // SIGKILL; the lines that it still got out are read until the end.
            }

            await process.WaitForExitAsync(Cancelled);
            Assert.NotEqual(0, process.ExitCode);
        }

        Storage = await OpenAsync();

        Assert.True(acknowledged.Count >= 2_000, $"The writer ended after {acknowledged.Count} writes.");
        foreach (var key in acknowledged)
        {
            var read = new TestGrainState();
            await Storage.ReadStateAsync("crash", Grain(key), read);
            Assert.True(read.RecordExists, $"{key} was acknowledged and is lost.");
            Assert.Equal(Tests.Storage.CrashWriter.TextOf(key), read.State.Text);
        }
    }

    [Fact]
    public async Task WriteState_DuringAnOutage_FailsAndGoesOnAfterwards()
    {
        var state = await CreateAsync(Grain("outage"), "before");
        var etag = state.ETag;
        state.State = new TestState { Text = "during" };

        await DuringOutageAsync(async () =>
        {
            var fault = await Assert.ThrowsAnyAsync<OrleansException>(() => Storage.WriteStateAsync(Name, Grain("outage"), state));
            Assert.IsNotType<InconsistentStateException>(fault);
            await Assert.ThrowsAnyAsync<OrleansException>(() => CreateAsync(Grain("outage-new"), "during"));
        });

        // The grain kept its ETag; nobody wrote in between, so it may simply try again.
        Assert.Equal(etag, state.ETag);
        await Storage.WriteStateAsync(Name, Grain("outage"), state);
        Assert.Equal("during", (await ReadAsync(Grain("outage"))).State.Text);
        Assert.False((await ReadAsync(Grain("outage-new"))).RecordExists);
    }

    [Fact]
    public async Task WriteState_CountersThroughAnOutage_LoseNoAcknowledgedIncrement()
    {
        var (acknowledged, attempted) = (0, 0);
        await CreateAsync(Grain("outage-counter"), new TestState());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => CountAsync(stop.Token), Cancelled)).ToList();

        await UntilAsync(() => Volatile.Read(ref acknowledged) >= 20);
        await DuringOutageAsync(() =>
        {
            var from = Volatile.Read(ref attempted);
            return UntilAsync(() => Volatile.Read(ref attempted) >= from + 8);
        });
        var after = Volatile.Read(ref acknowledged);
        await UntilAsync(() => Volatile.Read(ref acknowledged) >= after + 20);
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        Assert.InRange((await ReadAsync(Grain("outage-counter"))).State.Number, acknowledged, attempted);

        async Task CountAsync(CancellationToken stopping)
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    var state = await ReadAsync(Grain("outage-counter"));
                    state.State = state.State with { Number = state.State.Number + 1 };
                    Interlocked.Increment(ref attempted);
                    await Storage.WriteStateAsync(Name, Grain("outage-counter"), state, stopping);
                    Interlocked.Increment(ref acknowledged);
                }
                catch (Exception fault) when (fault is OrleansException or OperationCanceledException)
                {
                    // A conflict, the outage or the end.
                }
            }
        }

        async Task UntilAsync(Func<bool> reached)
        {
            while (!reached())
            {
                Cancelled.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task List_StatesWithAnEnd_AreLeftOut()
    {
        await CreateAsync(Grain("open"), new TestState());
        var closed = await CreateAsync(Grain("closed"), new TestState());
        closed.State = new TestState { ExpiresAt = DateTimeOffset.UnixEpoch.AddYears(200) };
        await Storage.WriteStateAsync(Name, Grain("closed"), closed);

        Assert.Equal([Grain("open")], (await ListAsync(Name)).Select(entry => entry.GrainId));
        Assert.True((await ReadAsync(Grain("closed"))).RecordExists);

        // Opened again, it is listed again.
        closed.State = new TestState();
        await Storage.WriteStateAsync(Name, Grain("closed"), closed);
        Assert.Equal(2, (await ListAsync(Name)).Count);
    }

    [Fact]
    public async Task List_ManyStates_NamesEachOnceWithItsETag()
    {
        var states = new Dictionary<GrainId, string>();
        for (var i = 0; i < 700; i++)
            states[Grain($"list-{i * 7919 % 700}")] = "";
        await Task.WhenAll(states.Keys.ToList().Select(async id => states[id] = (await CreateAsync(id, "x")).ETag!));
        await Storage.WriteStateAsync("fleet", Grain("not-listed"), new TestGrainState(new TestState()));

        var listed = await ListAsync(Name);

        Assert.Equal(states.Count, listed.Count);
        Assert.Equal(states, listed.ToDictionary(entry => entry.GrainId, entry => entry.ETag));
    }

    [Fact]
    public async Task List_FromBehindAnyOfThem_TheRestInTheSameOrder()
    {
        for (var i = 0; i < 40; i++) await CreateAsync(Grain($"part-{i}"), "x");
        var all = (await ListAsync(Name)).ConvertAll(entry => entry.GrainId);

        for (var known = 0; known < all.Count; known += 7)
        {
            var rest = new List<GrainId>();
            await foreach (var entry in Index.ListAsync(Name, all[known], Cancelled)) rest.Add(entry.GrainId);
            Assert.Equal(all.Skip(known + 1), rest);
        }
    }

    [Fact]
    public async Task List_FromBehindOneThatIsGone_TheRestInTheSameOrder()
    {
        for (var i = 0; i < 20; i++) await CreateAsync(Grain($"part-{i}"), "x");
        var all = (await ListAsync(Name)).ConvertAll(entry => entry.GrainId);
        await Storage.ClearStateAsync(Name, all[9], await ReadAsync(all[9]));

        var rest = new List<GrainId>();
        await foreach (var entry in Index.ListAsync(Name, all[9], Cancelled)) rest.Add(entry.GrainId);

        Assert.Equal(all.Skip(10), rest);
    }

    [Fact]
    public async Task List_NothingStored_IsEmpty() => Assert.Empty(await ListAsync("nobody"));

    protected static GrainId Grain(string key) => GrainId.Create("session", key);

    protected Task<TestGrainState> CreateAsync(GrainId id, string text) => CreateAsync(id, new TestState { Text = text });

    protected async Task<TestGrainState> CreateAsync(GrainId id, TestState value)
    {
        var state = new TestGrainState(value);
        await Storage.WriteStateAsync(Name, id, state);
        return state;
    }

    protected async Task<TestGrainState> ReadAsync(GrainId id)
    {
        var state = new TestGrainState();
        await Storage.ReadStateAsync(Name, id, state);
        return state;
    }

    protected async Task<List<GrainStateEntry>> ListAsync(string stateName)
    {
        var entries = new List<GrainStateEntry>();
        await foreach (var entry in Index.ListAsync(stateName, Cancelled))
            entries.Add(entry);
        return entries;
    }

    private async Task IncrementAsync(GrainId id, int times)
    {
        while (times > 0)
        {
            var state = await ReadAsync(id);
            state.State = state.State with { Number = state.State.Number + 1 };
            if (await TryWriteAsync(id, state))
                times--;
        }
    }

    private async Task<bool> TryWriteAsync(GrainId id, TestGrainState state)
    {
        try
        {
            await Storage.WriteStateAsync(Name, id, state);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }
}
