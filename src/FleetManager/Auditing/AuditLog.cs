using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Auditing;

/// <summary>
/// The audit log of a grain, which operators change. The newest entries are part of the grain's state, so that a change and its entry are one write; older ones are
/// kept in pages of their own (<see cref="IAuditPageGrain"/>). Belongs to its grain and runs on its scheduler alone.
/// </summary>
/// <param name="log">Names the log: a region's its id; others have a prefix that no region's id can have.</param>
/// <param name="grains">Where the pages are.</param>
/// <param name="time">The clock.</param>
internal sealed class AuditLog(string log, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Entries of a page.</summary>
    public const int PageEntries = 50;

    /// <summary>Pages that are kept, besides the newest entries; older ones are deleted.</summary>
    public const int MaxPages = 40;

    // With this many entries in the grain's state the oldest go into a page.
    private const int FullTail = 2 * PageEntries;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Adds an entry to the state; it is there once the state is written.</summary>
    public void Append<T>(IAuditedState state, AuditKind kind, string subject, string by, string reason, T? before, T after)
        where T : class
    {
        var entry = new AuditEntry(
            ++state.AuditSequence, time.GetUtcNow(), kind, subject, by, reason, before is null ? null : JsonSerializer.Serialize(before, Json), JsonSerializer.Serialize(after, Json));
        state.Audit = [.. state.Audit, entry];
    }

    /// <summary>Adds an entry of what is done elsewhere.</summary>
    public void Append(IAuditedState state, AuditNote note) =>
        state.Audit = [.. state.Audit, new AuditEntry(++state.AuditSequence, time.GetUtcNow(), note.Kind, note.Subject, note.By, note.Reason, note.Before, note.After)];

    /// <summary>
    /// Moves the oldest entries into a page when there are many; the page is in the store before they leave the state, and writing it again
    /// changes nothing.
    /// </summary>
    public async Task TurnPageAsync(IAuditedState state)
    {
        if (state.Audit.Count < FullTail) return;
        var page = PageOf(state.Audit[0].Sequence);
        await Page(page).Write([.. state.Audit.Take(PageEntries)]);
        state.Audit = [.. state.Audit.Skip(PageEntries)];
        if (page >= MaxPages) await Page(page - MaxPages).Clear();
    }

    /// <summary>Entries with numbers below one, newest first.</summary>
    public async Task<AuditPage> ReadAsync(IAuditedState state, long before, int most)
    {
        var found = state.Audit.Where(entry => entry.Sequence < before).Reverse().Take(most + 1).ToList();
        var oldestInState = state.Audit.Count > 0 ? state.Audit[0].Sequence : state.AuditSequence + 1;
        var newestInPages = Math.Min(before, oldestInState) - 1;
        var oldestPage = Math.Max(0, PageOf(oldestInState - 1) - MaxPages + 1);
        for (var page = PageOf(newestInPages); newestInPages > 0 && page >= oldestPage && found.Count <= most; page--)
            found.AddRange((await Page(page).Read()).Where(entry => entry.Sequence <= newestInPages).Reverse().Take(most + 1 - found.Count));
        return new AuditPage([.. found.Take(most)], found.Count > most);
    }

    private static long PageOf(long sequence) => (sequence - 1) / PageEntries;

    private IAuditPageGrain Page(long page) => grains.GetGrain<IAuditPageGrain>(FormattableString.Invariant($"{log}/{page}"));
}
