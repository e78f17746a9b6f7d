using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>
/// A GameServer while it is read, from the object itself or from an allocation's answer: both spell labels, annotations, ports, state,
/// address and node alike. One is used over and over by one reader.
/// </summary>
internal sealed class ServerDraft(StringPool pool, PortNames portNames)
{
    // The session's id begins with the last two letters of the prefix.
    private static readonly int SharedSessionAt = AgonesKeys.SharedSessionPrefix.IndexOf('/', StringComparison.Ordinal) + 1;

    private static readonly FrozenDictionary<string, GameServerState> States =
        Enum.GetValues<GameServerState>().ToFrozenDictionary(state => state.ToString(), StringComparer.Ordinal);

    private readonly List<ServerPort> _ports = [];
    private readonly List<(string Session, int Incarnation)> _shared = [];
    private readonly List<string> _sharedReady = [];
    private readonly List<string> _backfills = [];

    public string? Name { get; set; }
    public string Uid { get; set; } = "";
    public bool Deleting { get; set; }
    private string Fleet { get; set; } = "";
    private string Zone { get; set; } = "";
    private bool NodeLabelled { get; set; }
    private string Node { get; set; } = "";
    private string Address { get; set; } = "";
    private string? Session { get; set; }
    private int Incarnation { get; set; }
    private string? SessionReady { get; set; }
    private string Version { get; set; } = "";
    private string AgonesVersion { get; set; } = "";
    public string State { get; private set; } = "";

    /// <summary>The valid ones of its ports; changes with the next server read.</summary>
    public IReadOnlyList<ServerPort> Ports => _ports;

    public void Clear()
    {
        _ports.Clear();
        _shared.Clear();
        _sharedReady.Clear();
        _backfills.Clear();
        (Name, Uid, Deleting, Fleet, Zone, Node, Address) = (null, "", false, "", "", "", "");
        (Session, Incarnation, SessionReady, State, NodeLabelled, Version, AgonesVersion) = (null, 0, null, "", false, "", "");
    }

    /// <summary>Reads the value of <c>labels</c>.</summary>
    public void ReadLabels(ref Utf8JsonReader reader)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals(AgonesKeys.Fleet)) Fleet = JsonFields.String(ref reader, pool) ?? "";
            else if (reader.ValueTextEquals(AgonesKeys.Zone)) Zone = JsonFields.String(ref reader, pool) ?? "";
            else if (reader.ValueTextEquals(AgonesKeys.Node)) NodeLabelled = !string.IsNullOrEmpty(JsonFields.String(ref reader, pool));
            else if (reader.ValueTextEquals(AgonesKeys.Session)) Session = NullIfEmpty(JsonFields.String(ref reader));
            else if (reader.ValueTextEquals(AgonesKeys.Incarnation)) Incarnation = Number(JsonFields.String(ref reader, pool));
            else if (JsonFields.NameStartsWith(ref reader, AgonesKeys.SharedSessionPrefix)) ReadShared(ref reader);
            else JsonFields.SkipValue(ref reader);
        }
    }

    /// <summary>Reads the value of <c>annotations</c>.</summary>
    public void ReadAnnotations(ref Utf8JsonReader reader)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals(AgonesKeys.SessionReady)) SessionReady = NullIfEmpty(JsonFields.String(ref reader));
            else if (JsonFields.NameStartsWith(ref reader, AgonesKeys.SharedSessionReadyPrefix)) _sharedReady.Add(JsonFields.String(ref reader) ?? "");
            else if (reader.ValueTextEquals(AgonesKeys.SdkVersion)) AgonesVersion = JsonFields.String(ref reader, pool) ?? "";
            else if (reader.ValueTextEquals(AgonesKeys.Backfill) || JsonFields.NameStartsWith(ref reader, AgonesKeys.SharedBackfillPrefix)) _backfills.Add(JsonFields.String(ref reader) ?? "");
            else JsonFields.SkipValue(ref reader);
        }
    }

    /// <summary>Reads the value of <c>spec</c>: the image of the game server's container.</summary>
    public void ReadSpec(ref Utf8JsonReader reader) => Version = ServerImage.Read(ref reader, pool);

    /// <summary>Reads the field of <c>status</c> that the reader stands on; false when it is none of those known here.</summary>
    public bool ReadStatusField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("state"u8)) State = JsonFields.String(ref reader, pool) ?? "";
        else if (reader.ValueTextEquals("address"u8)) Address = JsonFields.String(ref reader, pool) ?? "";
        else if (reader.ValueTextEquals("nodeName"u8)) Node = JsonFields.String(ref reader, pool) ?? "";
        else if (reader.ValueTextEquals("ports"u8)) ReadPorts(ref reader);
        else return false;
        return true;
    }

    /// <summary>The snapshot. A state that is not known here is <see cref="GameServerState.Unknown"/>.</summary>
    public GameServerSnapshot ToSnapshot() => new()
    {
        Name = Name ?? throw new InvalidOperationException("A GameServer without a name has no snapshot."),
        Uid = Uid,
        Fleet = Fleet,
        State = States.GetValueOrDefault(State),
        Node = Node,
        ZoneLabel = Zone,
        NodeLabelled = NodeLabelled,
        Address = Address,
        Port = portNames.Choose(Fleet, _ports),
        Sessions = Sessions(),
        Deleting = Deleting,
        Version = Version,
        AgonesVersion = AgonesVersion,
    };

    private void ReadShared(ref Utf8JsonReader reader)
    {
        var session = reader.GetString()![SharedSessionAt..];
        _shared.Add((session, Number(JsonFields.String(ref reader, pool))));
    }

    private SessionTags Sessions()
    {
        if (_shared.Count == 0 && Session is null) return [];
        var tags = new List<SessionTag>(_shared.Count + 1);
        if (Session is { } only) tags.Add(new SessionTag(only, Incarnation, SessionAcknowledgement.Read(SessionReady, only, Incarnation)) { Backfill = BackfillOf(only, Incarnation) });
        foreach (var (session, incarnation) in _shared) tags.Add(new SessionTag(session, incarnation, SharedState(session, incarnation), Shared: true) { Backfill = BackfillOf(session, incarnation) });
        return [.. tags];
    }

    private int BackfillOf(string session, int incarnation)
    {
        var newest = 0;
        foreach (var text in _backfills) newest = Math.Max(newest, BackfillMark.Read(text, session, incarnation));
        return newest;
    }

    private SessionTagState SharedState(string session, int incarnation)
    {
        foreach (var text in _sharedReady)
        {
            if (SessionAcknowledgement.Read(text, session, incarnation) is not SessionTagState.Claimed and var state) return state;
        }

        return SessionTagState.Claimed;
    }

    private void ReadPorts(ref Utf8JsonReader reader)
    {
        _ports.Clear();
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartArray)) return;
        while (JsonFields.NextObject(ref reader))
        {
            var (name, port) = ("", 0);
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("name"u8)) name = JsonFields.String(ref reader, pool) ?? "";
                else if (reader.ValueTextEquals("port"u8)) port = JsonFields.Int(ref reader);
                else JsonFields.SkipValue(ref reader);
            }

            if (port is > 0 and <= 65535) _ports.Add(new ServerPort(name, port));
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
