namespace FleetSystem.FleetManager.Dashboard.Components;

/// <summary>The pages that were turned to reach the one shown: what is read in pages knows the way on, and not the way back.</summary>
/// <param name="size">Rows of a page.</param>
public sealed class PageTrail(int size)
{
    private readonly List<string> _cursors = [];

    /// <summary>What the page shown comes after; null for the first.</summary>
    public string? Current => _cursors.Count > 0 ? _cursors[^1] : null;

    /// <summary>Whether there is a page before.</summary>
    public bool HasPrevious => _cursors.Count > 0;

    /// <summary>Rows before the page shown.</summary>
    public int Before => _cursors.Count * size;

    /// <summary>Rows of a page.</summary>
    public int Size => size;

    /// <summary>Goes on.</summary>
    /// <param name="cursor">What the next page comes after.</param>
    public void Next(string cursor) => _cursors.Add(cursor);

    /// <summary>Goes back by one.</summary>
    public void Previous() => _cursors.RemoveAt(_cursors.Count - 1);

    /// <summary>Goes to the first.</summary>
    public void Restart() => _cursors.Clear();
}
