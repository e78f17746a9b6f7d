using System;

namespace FleetSystem.GameClient;

/// <summary>Time as this library knows it, in place of TimeProvider, which netstandard2.1 does not have. Tests bring their own.</summary>
internal interface IClock
{
    /// <summary>Time since some moment in the past; never goes back.</summary>
    TimeSpan Now { get; }

    /// <summary>Runs an action once, after a time, on a thread of the pool. Disposing what is returned calls it off.</summary>
    IDisposable After(TimeSpan due, Action action);

    /// <summary>Runs an action again and again. Runs may overlap where one takes longer than the interval.</summary>
    IDisposable Every(TimeSpan interval, Action action);
}
