using System.Reflection;
using System.Runtime.Versioning;

namespace FleetSystem.GameClient.Tests;

/// <summary>What Unity asks of a library.</summary>
public sealed class AssemblyTests
{
    private static readonly Assembly Library = typeof(SessionTransport).Assembly;

    [Fact]
    public void References_Built_AreNetstandardAlone()
    {
        Assert.Equal("netstandard", Assert.Single(Library.GetReferencedAssemblies()).Name);
        Assert.Equal(".NETStandard,Version=v2.1", Library.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName);
    }

    [Fact]
    public void Types_Built_NeedNothingThatTheRuntimeLacks() =>
        Assert.DoesNotContain(Library.GetTypes(), type => type.Namespace == "System.Runtime.CompilerServices" && type.Name is "IsExternalInit" or "InlineArrayAttribute" or "RequiredMemberAttribute");
}
