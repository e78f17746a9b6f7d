namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>How bad something is, worst last.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth knowing: somebody wants it so, or it is on its way back.</summary>
    Notice,

    /// <summary>It works, and less well than it should.</summary>
    Warning,

    /// <summary>Players feel it, or will soon.</summary>
    Critical,
}
