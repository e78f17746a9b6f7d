namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// Numbers for the strings that tickets bring, so that rules compare numbers. What nobody holds any more is forgotten: players choose these
/// strings, and a pool lives for weeks.
/// </summary>
internal sealed class TextInterner
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Stack<int> _free = new();
    private string[] _texts = new string[16];
    private int[] _holders = new int[16];
    private int _count;

    /// <summary>Strings that are held.</summary>
    public int Count => _ids.Count;

    /// <summary>The number of a string, held once more.</summary>
    public int Hold(string text)
    {
        if (_ids.TryGetValue(text, out var id))
        {
            _holders[id]++;
            return id;
        }

        id = _free.TryPop(out var free) ? free : _count++;
        if (id == _texts.Length)
        {
            Array.Resize(ref _texts, id * 2);
            Array.Resize(ref _holders, id * 2);
        }

        (_texts[id], _holders[id]) = (text, 1);
        _ids.Add(text, id);
        return id;
    }

    /// <summary>Lets go of a string once.</summary>
    public void Release(int id)
    {
        if (--_holders[id] > 0) return;
        _ids.Remove(_texts[id]);
        _texts[id] = null!;
        _free.Push(id);
    }
}
