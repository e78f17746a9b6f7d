namespace FleetSystem.FleetManager.Dashboard.Components;

/// <summary>The pages that were turned to reach a page: what is read in pages knows the way on, and not the way back. Immutable: it becomes the way to what is shown once that has been read.</summary>
public sealed class PageTrail
{
    private readonly IReadOnlyList<string> _cursors;

    /// <summary>The way to the first page.</summary>
    /// <param name="size">Rows of a page.</param>
    public PageTrail(int size)
        : this(size, [])
    {
    }

    private PageTrail(int size, IReadOnlyList<string> cursors) => (Size, _cursors) = (size, cursors);

    /// <summary>Rows of a page.</summary>
    public int Size { get; }

    /// <summary>What the page comes after; null for the first.</summary>
    public string? Current => HasPrevious ? _cursors[^1] : null;

    /// <summary>Whether there is a page before.</summary>
    public bool HasPrevious => _cursors.Count > 0;

    /// <summary>Rows before the page.</summary>
    public int Before => _cursors.Count * Size;

    /// <summary>The way to the next page.</summary>
    /// <param name="cursor">What it comes after.</param>
    public PageTrail Next(string cursor) => new(Size, [.. _cursors, cursor]);

    /// <summary>The way to the page before; of the first page the same.</summary>
    public PageTrail Previous() => HasPrevious ? new(Size, [.. _cursors.SkipLast(1)]) : this;
}
