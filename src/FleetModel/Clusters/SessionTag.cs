using System.Collections;
using System.Runtime.CompilerServices;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>A session's mark on the server that it claimed.</summary>
/// <param name="Session">The session.</param>
/// <param name="Incarnation">Its incarnation, from 1; 0 when the label has no such number.</param>
/// <param name="State">How far the game server has come with it.</param>
/// <param name="Shared">True when the server may host further sessions beside it: what befalls one is then not what befalls all.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionTag")]
public sealed record SessionTag(
    [property: Id(0)] string Session,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] SessionTagState State = SessionTagState.Claimed,
    [property: Id(3)] bool Shared = false)
{
    /// <summary>Number of the game server's wish for players for the session's free places; 0 when it has none.</summary>
    [Id(340)] public int Backfill { get; init; }

    /// <summary>Whether it is the mark of a session's incarnation.</summary>
    public bool IsOf(string session, int incarnation) => Incarnation == incarnation && Session == session;
}

/// <summary>How far a game server has come with a session that was put on it.</summary>
public enum SessionTagState : byte
{
    /// <summary>The game server has not said anything yet.</summary>
    Claimed,

    /// <summary>It has taken the session up.</summary>
    Acknowledged,

    /// <summary>It has ended the session by itself, and goes on with the others that it hosts.</summary>
    Ended,
}

/// <summary>The sessions of a server: none, one, or several where its fleet packs them. Equal by content; costs nothing while empty.</summary>
[GenerateSerializer, Immutable, Alias("fleet.SessionTags")]
[CollectionBuilder(typeof(SessionTags), nameof(Of))]
public readonly struct SessionTags : IReadOnlyList<SessionTag>, IEquatable<SessionTags>
{
    [Id(0)] private readonly SessionTag[]? _tags;

    private SessionTags(SessionTag[]? tags) => _tags = tags;

    /// <inheritdoc/>
    public int Count => _tags?.Length ?? 0;

    /// <inheritdoc/>
    public SessionTag this[int index] => _tags is null ? throw new ArgumentOutOfRangeException(nameof(index)) : _tags[index];

    /// <summary>The tags, in the order given.</summary>
    public static SessionTags Of(params ReadOnlySpan<SessionTag> tags) => new(tags.IsEmpty ? null : tags.ToArray());

    /// <summary>The tag of a session's incarnation, or null.</summary>
    public SessionTag? Find(string session, int incarnation)
    {
        foreach (var tag in _tags ?? [])
        {
            if (tag.IsOf(session, incarnation)) return tag;
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(SessionTags other) => (_tags ?? []).AsSpan().SequenceEqual(other._tags ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SessionTags other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Count == 0 ? 0 : HashCode.Combine(Count, _tags![0]);

    /// <summary>Equal by content.</summary>
    public static bool operator ==(SessionTags left, SessionTags right) => left.Equals(right);

    /// <summary>Different by content.</summary>
    public static bool operator !=(SessionTags left, SessionTags right) => !left.Equals(right);

    /// <summary>Enumerates the tags without allocating.</summary>
    public ReadOnlySpan<SessionTag>.Enumerator GetEnumerator() => new ReadOnlySpan<SessionTag>(_tags).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator<SessionTag> IEnumerable<SessionTag>.GetEnumerator() => ((IEnumerable<SessionTag>)(_tags ?? [])).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => (_tags ?? []).GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", (_tags ?? []).Select(tag => $"{tag.Session}/{tag.Incarnation} {tag.State}"));
}
